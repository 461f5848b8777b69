"""The graph: layers and what flows between them. The only file that knows networkx.

A node is an int with one frozen payload. An edge's key is the argument's index, so that
`ADD{ x | x }` keeps both of its edges and no reroute disturbs the order of arguments.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from typing import Any

import networkx as nx

from compiler.op import Op, Weight
from compiler.volume import Volume
from dsl import syntax
from dsl.source import Span


@dataclass(frozen=True, slots=True)
class Fold:
    """A batch norm or SCALE that was folded into a layer: its path and operator.

    `bias`: the layer had a bias of its own before the fold. `before`: the norm stood before the
    layer, not behind it. `volume`: what flowed into the norm, where that is not what the layer
    gives; the layer's channels are those from `first` on.
    """

    path: str
    op: Op
    bias: bool
    before: bool = False
    volume: Volume | None = None
    first: int = 0

    def weights(self, output: Volume) -> tuple[Weight, ...]:
        """The norm's own, behind a layer of this output."""
        return self.op.weights((self.volume or output,))


@dataclass(frozen=True, slots=True)
class Condition:
    """A condition of the program, and whether it held."""

    expression: syntax.Expression
    held: bool


@dataclass(frozen=True, slots=True)
class Call:
    """A block that was called, the path that the call opened ("" for a net's own body), and where
    it was called; None where that is not known, as in a saved report.

    Of the program, for code that is to keep its structure: `written`, the call; `declared`, the
    block; `names`, what its parameters and `let`s were; `conditions`, those of the block around it
    under which the call stands.
    """

    block: str
    scope: str
    span: Span | None = field(default=None, compare=False, repr=False)
    written: syntax.Call | None = field(default=None, compare=False, repr=False)
    declared: syntax.Block | None = field(default=None, compare=False, repr=False)
    names: Mapping[str, object] = field(default_factory=dict, compare=False, repr=False)
    conditions: tuple[Condition, ...] = field(default=(), compare=False, repr=False)


@dataclass(frozen=True, slots=True)
class Node:
    """A layer. `calls` are the block calls, outermost first, in which it was written; `given` are
    the arguments that the program gave, itself or by a `default`; `written` is its own call, and
    `conditions` are those of its block under which it stands there. `values`: what the program
    calls the value first, by the scope of the block that does ("" for the net itself)."""

    op: Op
    path: str
    span: Span
    shape: Volume
    calls: tuple[Call, ...] = ()
    fold: Fold | None = None
    given: tuple[str, ...] = ()
    written: syntax.Call | None = field(default=None, compare=False, repr=False)
    conditions: tuple[Condition, ...] = field(default=(), compare=False, repr=False)
    values: tuple[tuple[str, str], ...] = field(default=(), compare=False, repr=False)


@dataclass(frozen=True, slots=True)
class Output:
    """A node whose value the network returns; `train`: only in training, with its loss weight."""

    name: str
    node: int
    train: bool = False
    weight: float = 1.0


@dataclass(frozen=True, slots=True)
class Limit:
    """A line of the program's budget: an upper bound on a metric of the whole network, itself
    allowed unless `strict`."""

    metric: str
    bound: int | float
    strict: bool
    span: Span


@dataclass(frozen=True, slots=True)
class Optimizer:
    """What trains the network. `slots`: values that it keeps for each parameter; `assumed`: the
    program names none, and this one is usual."""

    name: str = "sgd with momentum"
    slots: int = 1
    assumed: bool = True

    def __str__(self) -> str:
        return f"{self.name} (assumed)" if self.assumed else self.name


ASSUMED = Optimizer()


@dataclass
class Graph:
    """A network. Passes copy it and change the copy.

    Nodes are numbered as they are added, after all that flows into them. So the order of numbers
    is one in which the network can be computed, and no sorting is needed.
    """

    name: str
    doc: str = ""
    params: dict[str, Any] = field(default_factory=dict)
    outputs: tuple[Output, ...] = ()
    budget: tuple[Limit, ...] = ()
    optimizer: Optimizer = ASSUMED
    _nodes: nx.MultiDiGraph[int] = field(default_factory=nx.MultiDiGraph, repr=False)
    _next: int = 0

    def __len__(self) -> int:
        return len(self._nodes)

    def __contains__(self, node: int) -> bool:
        return node in self._nodes

    def __getitem__(self, node: int) -> Node:
        payload: Node = self._nodes.nodes[node]["payload"]
        return payload

    def __iter__(self) -> Iterator[int]:
        """Nodes in an order in which they can be computed, stable from run to run."""
        return iter(self._nodes)

    def add(self, payload: Node, inputs: Iterable[int]) -> int:
        node = self._next
        self._next += 1
        self._nodes.add_node(node, payload=payload)
        for index, source in enumerate(inputs):
            self._nodes.add_edge(source, node, key=index)
        return node

    def inputs(self, node: int) -> tuple[int, ...]:
        """The nodes whose values flow in, in the order of the arguments."""
        edges = sorted(
            (index, source)
            for source in self._nodes.predecessors(node)
            for index in self._nodes.get_edge_data(source, node)
        )
        return tuple(source for _, source in edges)

    def input_shapes(self, node: int) -> tuple[Volume, ...]:
        return tuple(self[source].shape for source in self.inputs(node))

    def consumers(self, node: int) -> tuple[int, ...]:
        """The nodes into which the value flows; one that takes it twice stands twice."""
        return tuple(
            sorted(
                target
                for target in self._nodes.successors(node)
                for _ in self._nodes.get_edge_data(node, target)
            )
        )

    def is_output(self, node: int) -> bool:
        return any(output.node == node for output in self.outputs)

    def weights(self, node: int) -> tuple[Weight, ...]:
        return self[node].op.weights(self.input_shapes(node))

    def weight_shapes(self) -> dict[str, tuple[int, ...]]:
        """Every array that the layers own, under its key, such as `conv1.weight`."""
        return {
            f"{self[node].path}.{weight.name}": weight.shape
            for node in self
            for weight in self.weights(node)
        }

    def sources(self) -> tuple[int, ...]:
        """The INPUTs: the network's signature, whether its outputs need them or not."""
        return tuple(node for node in self if self[node].op.inputs == "none")

    def needed(self, outputs: Iterable[Output]) -> set[int]:
        """What some outputs are computed from, and all INPUTs."""
        waiting = [*(output.node for output in outputs), *self.sources()]
        found = set(waiting)
        while waiting:
            for source in self.inputs(waiting.pop()):
                if source not in found:
                    found.add(source)
                    waiting.append(source)
        return found

    def copy(self) -> Graph:
        return replace(self, _nodes=self._nodes.copy(), params=dict(self.params))

    def replace(self, node: int, payload: Node) -> None:
        self._nodes.nodes[node]["payload"] = payload

    def bypass(self, node: int) -> None:
        """Removes a node with one input; its consumers and outputs read that input instead."""
        (source,) = self.inputs(node)
        self.stand_in(node, source)

    def stand_in(self, node: int, other: int) -> None:
        """Removes a node; its consumers and outputs read another, which stands before it."""
        for _, target, key in list(self._nodes.out_edges(node, keys=True)):
            self._nodes.add_edge(other, target, key=key)
        self.outputs = tuple(
            replace(output, node=other) if output.node == node else output
            for output in self.outputs
        )
        self._nodes.remove_node(node)

    def absorb(self, node: int, source: int, payload: Node, inputs: Iterable[int]) -> None:
        """Removes a node whose one reader is `node`, which does its work too from now on."""
        self._nodes.remove_node(source)
        self._nodes.remove_edges_from(list(self._nodes.in_edges(node, keys=True)))
        self.replace(node, payload)
        for index, each in enumerate(inputs):
            self._nodes.add_edge(each, node, key=index)

    def remove(self, node: int) -> None:
        self._nodes.remove_node(node)
