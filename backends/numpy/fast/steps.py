"""The layers that the fast form computes: a graph without what only names a value anew."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from backends.values import needed
from compiler.graph import Graph, Node
from compiler.op import Op
from compiler.ops.fused import Fused
from compiler.ops.linear import Flatten, FullyConnected
from compiler.ops.pooling import AdaptiveAvgPool, AdaptiveMaxPool
from compiler.passes.fuse_elementwise import ACTIVATIONS
from compiler.volume import Volume


@dataclass(frozen=True, slots=True)
class Part:
    """What is done to each value of a layer before it is written: an operator, with the node of
    its other operand where it merges two. `named`: the node by which the graph reads that."""

    op: Op
    path: str
    other: int | None = None
    named: int | None = None


@dataclass(frozen=True, slots=True)
class Step:
    """A layer: `sources` are the nodes whose values it reads, in the order of its arguments, and
    `named` those by which the graph reads them, perhaps views of the former.

    `volumes` are theirs as the graph has them; what is flat lies as maps of one pixel, or, where
    FC layers alone read it, as the maps that were flattened.
    """

    number: int
    node: Node
    op: Op
    sources: tuple[int, ...]
    volumes: tuple[Volume, ...]
    named: tuple[int, ...]
    then: tuple[Part, ...] = ()

    @property
    def read(self) -> tuple[int, ...]:
        others = (part.other for part in self.then)
        return (*self.sources, *(other for other in others if other is not None))


@dataclass(frozen=True, slots=True)
class Steps:
    """`same`: for each node whose value another's is, where that one lies; `volumes`: how the
    values lie that are computed."""

    steps: tuple[Step, ...]
    same: Mapping[int, int]
    volumes: Mapping[int, Volume]


def steps(graph: Graph) -> Steps:
    """The layers that the outputs need, in the order of the graph."""
    alive = needed(graph, train=False)
    same: dict[int, int] = {}
    volumes: dict[int, Volume] = {}
    found: list[Step] = []
    for number in filter(alive.__contains__, graph):
        node, inputs = graph[number], graph.inputs(number)
        if inputs and _is_another(graph, number, alive):
            same[number] = same[inputs[0]]
            continue
        same[number] = number
        volumes[number] = Volume(node.shape.h, node.shape.w, node.shape.c)
        values = tuple(same[each] for each in inputs)
        op, then = _parts(node.op, inputs, same)
        if isinstance(op, ACTIVATIONS):
            then = (Part(op, node.path), *then)
        own = len(values) - sum(part.other is not None for part in then)
        shapes = graph.input_shapes(number)[:own]
        found.append(Step(number, node, op, values[:own], shapes, inputs[:own], then))
    return Steps(tuple(found), same, volumes)


def _parts(op: Op, inputs: tuple[int, ...], same: Mapping[int, int]) -> tuple[Op, tuple[Part, ...]]:
    """A layer's own operator, and what follows it with the other operands."""
    if not isinstance(op, Fused):
        return op, ()
    others = iter(inputs[len(inputs) - sum(part.merges for part in op.then) :])
    parts = []
    for part in op.then:
        other = next(others) if part.merges else None
        parts.append(Part(part.op, part.path, None if other is None else same[other], other))
    return op.first, tuple(parts)


def _is_another(graph: Graph, number: int, alive: set[int]) -> bool:
    """Whether a layer's value lies as the one that flows in does."""
    op, volumes = graph[number].op, graph.input_shapes(number)
    if isinstance(op, AdaptiveAvgPool | AdaptiveMaxPool):
        return False  # images of another size it does change
    if op.identity_at_inference or op.is_identity(volumes):
        return True
    if not isinstance(op, Flatten):
        return False
    return volumes[0].spatial == (1, 1) or _feeds_matrices(graph, number, alive)


def _feeds_matrices(graph: Graph, number: int, alive: set[int]) -> bool:
    """Whether FC layers alone read a value, whose weights can take its numbers in any order."""
    if graph.is_output(number):
        return False
    return all(
        isinstance(graph[reader].op, FullyConnected)
        or (_passes(graph, reader) and _feeds_matrices(graph, reader, alive))
        for reader in graph.consumers(number)
        if reader in alive
    )


def _passes(graph: Graph, number: int) -> bool:
    op = graph[number].op
    return op.identity_at_inference or isinstance(op, Flatten)
