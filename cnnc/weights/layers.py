"""Layers with weights, of a program and of a file, in a form in which they can be compared."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from math import prod

from cnnc.weights.stored import COUNTER, Part, Vertex
from compiler.graph import Graph

Shape = tuple[int, ...]
DIGITS = re.compile(r"(\d+)")


@dataclass(frozen=True, slots=True)
class Layer:
    """`shapes`: of its arrays, by what each is called in PyTorch (`weight`, `running_mean`)."""

    name: str
    shapes: Mapping[str, Shape]

    @property
    def signature(self) -> tuple[tuple[str, Shape], ...]:
        """Equal for layers one of which may have the weights of the other.

        FC over a volume is a convolution with a window of its size, and the other way round.
        """
        return tuple(sorted((role, flat(shape)) for role, shape in self.shapes.items()))


def fits(ours: Shape, theirs: Shape) -> bool:
    """Whether an array can be taken as it is, or as FC in the place of a convolution."""
    return ours == theirs or (2 in (len(ours), len(theirs)) and flat(ours) == flat(theirs))


def flat(shape: Shape) -> Shape:
    return shape if len(shape) < 2 else (shape[0], prod(shape[1:]))


def of_program(graph: Graph) -> tuple[Layer, ...]:
    """In the order of the program."""
    made = ((graph[node].path, graph.weights(node)) for node in graph)
    return tuple(
        Layer(path, {each.name: each.shape for each in weights})
        for path, weights in made
        if weights
    )


def of_file(parts: Iterable[Part]) -> tuple[Layer, ...]:
    """In the order of the file, without the counters that PyTorch's batch norms keep."""
    found: dict[str, dict[str, Shape]] = {}
    for part in parts:
        if part.role != COUNTER:
            found.setdefault(part.layer, {})[part.role] = part.shape
    return tuple(Layer(name, shapes) for name, shapes in found.items())


def by_name(layers: Iterable[Layer]) -> tuple[Layer, ...]:
    """Sorted as people number: `layer2` before `layer10`."""
    return tuple(sorted(layers, key=lambda each: _numbered(each.name)))


def _numbered(name: str) -> list[tuple[int, str]]:
    pieces = DIGITS.split(name)
    return [(int(each), "") if each.isdigit() else (-1, each) for each in pieces]


def vertices(graph: Graph) -> tuple[Vertex, ...]:
    """The program as files of Keras and ONNX say it: layers with weights, merges and inputs."""
    made: list[Vertex] = []
    at: dict[int, int] = {}
    for node in graph:
        inputs = tuple(at[source] for source in graph.inputs(node))
        for each in _vertex(graph, node, inputs):
            made.append(each)
            inputs = (len(made) - 1,)
        at[node] = inputs[0]
    return tuple(made)


def _vertex(graph: Graph, node: int, inputs: tuple[int, ...]) -> Iterator[Vertex]:
    if not inputs:
        yield Vertex("input", ())
    elif graph.weights(node):
        yield Vertex("layer", inputs, graph[node].path)
    elif len(inputs) > 1:
        yield Vertex("concat" if graph[node].op.name == "CONCAT" else "merge", inputs)
