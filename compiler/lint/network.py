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
ONE = Fraction(1)
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
    def halvings(self) -> dict[int, tuple[Fraction, Fraction]]:
        """By which power of 2, from each layer on, height and width are divided in all at most."""
        found: dict[int, tuple[Fraction, Fraction]] = {}
        into: dict[int, tuple[Fraction, Fraction]] = {}  # the same, the layer's own step included
        for number in reversed(self.nodes):
            behind = [into[consumer] for consumer in self.consumers[number]]
            found[number] = behind[0] if len(behind) == 1 else _largest(behind)
            into[number] = self._halved(number, found[number])
        return found

    def _halved(self, number: int, behind: tuple[Fraction, Fraction]) -> tuple[Fraction, Fraction]:
        """What is behind a layer times its own step; nothing where no map of that size is left."""
        op = self.nodes[number].op
        if op.sees_everything or op.name.startswith("ADAPTIVE"):
            return ONE, ONE
        reach = op.reach(tuple(self.nodes[each].shape for each in self.sources[number]))
        if reach is None or (reach[0].stride == 1 and reach[1].stride == 1):
            return behind
        high, wide = (_twos(axis.stride) for axis in reach)
        return max(ONE, high * behind[0]), max(ONE, wide * behind[1])


def _largest(behind: list[tuple[Fraction, Fraction]]) -> tuple[Fraction, Fraction]:
    return max((ONE, *(each[0] for each in behind))), max((ONE, *(each[1] for each in behind)))


def _twos(step: Fraction) -> Fraction:
    """The power of 2 in a step: 4 of 12, 1 of 3, 1/2 of 1/2."""
    over, under = step.numerator, step.denominator
    return Fraction(over & -over, under & -under)


def pair(op: Op, name: str) -> tuple[int, int]:
    """An argument that is a window, of operators that have it."""
    high, wide = getattr(op, name)
    return int(high), int(wide)
