"""A network as the rules see it: its layers, and what follows from how they hang together."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from fractions import Fraction
from functools import cached_property

from compiler.graph import Graph, Node
from compiler.lint.program import Program
from compiler.op import Op
from compiler.volume import Volume

RECTIFIERS = ("RELU", "RELU6", "LEAKY_RELU", "PRELU")
PASSING = ("DROPOUT", "DROPOUT2D", "DROP_PATH", "ID", "FLATTEN", "RESHAPE")
LEARNING = ("CONV", "DWCONV", "TCONV", "FC")


@dataclass(frozen=True, eq=False)
class Network:
    """One net of a program, expanded and checked, with what training needs."""

    program: Program
    graph: Graph

    def __iter__(self) -> Iterator[tuple[int, Node]]:
        return iter(self.nodes.items())

    def __getitem__(self, number: int) -> Node:
        return self.nodes[number]

    @cached_property
    def nodes(self) -> dict[int, Node]:
        return {number: self.graph[number] for number in self.graph}

    @cached_property
    def sources(self) -> dict[int, tuple[int, ...]]:
        """What flows into each layer, in the order of arguments."""
        return {number: self.graph.inputs(number) for number in self.nodes}

    @cached_property
    def consumers(self) -> dict[int, list[int]]:
        """What each layer flows into."""
        found: dict[int, list[int]] = {number: [] for number in self.nodes}
        for number, sources in self.sources.items():
            for source in sources:
                found[source].append(number)
        return found

    def incoming(self, number: int) -> Volume:
        """What flows into a layer that takes one volume."""
        return self.nodes[self.sources[number][0]].shape

    def parameters(self, number: int) -> int:
        """What a layer learns: weights, biases, scales and shifts."""
        shapes = tuple(self.nodes[source].shape for source in self.sources[number])
        arrays = self.nodes[number].op.weights(shapes)
        return sum(each.size for each in arrays if each.role != "buffer")

    @cached_property
    def total(self) -> int:
        """What the network learns at inference: without the heads that only training has."""
        kept = self.graph.needed(each for each in self.graph.outputs if not each.train)
        return sum(self.parameters(number) for number in kept)

    @cached_property
    def later(self) -> frozenset[int]:
        """The layers with weights that others with weights come before."""
        found = set()
        for number, sources in self.sources.items():
            if any(each in found or self.nodes[each].op.name in LEARNING for each in sources):
                found.add(number)
        return frozenset(found)

    @cached_property
    def heads(self) -> frozenset[int]:
        """The last layers with weights before an output: their channels are the task's."""
        found = set()
        for output in self.graph.outputs:
            number = output.node
            while self.nodes[number].op.name not in LEARNING and len(self.sources[number]) == 1:
                (number,) = self.sources[number]
            found.add(number)
        return frozenset(found)

    @cached_property
    def trunk(self) -> frozenset[int]:
        """The layers that all values pass on their way: those in no branch."""
        last, found = -1, set()
        for number in self.nodes:
            if last <= number:
                found.add(number)
            last = max(last, *self.consumers[number], number)
        return frozenset(found)

    @cached_property
    def steps(self) -> dict[int, tuple[Fraction, Fraction]]:
        """By how much, from each layer on, height and width are divided in all at most."""
        found: dict[int, tuple[Fraction, Fraction]] = {}
        for number in reversed(self.nodes):
            high = wide = Fraction(1)
            for consumer in self.consumers[number]:
                by = self.strides(consumer)
                if by is not None:
                    high = max(high, by[0] * found[consumer][0])
                    wide = max(wide, by[1] * found[consumer][1])
            found[number] = high, wide
        return found

    def strides(self, number: int) -> tuple[Fraction, Fraction] | None:
        """The steps of a layer's windows; None where it leaves no map, or takes any size."""
        op = self.nodes[number].op
        if op.sees_everything or op.name.startswith("ADAPTIVE"):
            return None
        reach = op.reach(tuple(self.nodes[each].shape for each in self.sources[number]))
        return (Fraction(1), Fraction(1)) if reach is None else (reach[0].stride, reach[1].stride)


def pair(op: Op, name: str) -> tuple[int, int]:
    """An argument that is a window, of operators that have it."""
    high, wide = getattr(op, name)
    return int(high), int(wide)
