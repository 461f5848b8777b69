"""Receptive field and jump of every layer (Araujo et al., Computing receptive fields, 2019)."""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction

from compiler.graph import Graph
from compiler.op import Reach


@dataclass(frozen=True, slots=True)
class Axis:
    """Along one axis, output value i sees the inputs `i * jump + first` to `i * jump + last`."""

    jump: Fraction = Fraction(1)
    first: Fraction = Fraction(0)
    last: Fraction = Fraction(0)

    @property
    def size(self) -> int:
        return int(self.last - self.first) + 1

    @property
    def start(self) -> Fraction:
        """The centre of what output value 0 sees; that of the first pixel is 1/2."""
        return (self.first + self.last + 1) / 2

    def through(self, reach: Reach) -> Axis:
        first = self.first - reach.near * self.jump
        last = self.last + (reach.size - 1 - reach.near) * self.jump
        return Axis(self.jump * reach.stride, first, last)

    def union(self, other: Axis) -> Axis:
        """What two branches see together; where their jumps differ, the larger one counts."""
        jump = max(self.jump, other.jump)
        return Axis(jump, min(self.first, other.first), max(self.last, other.last))


Field = tuple[Axis, Axis] | None


def receptive_fields(graph: Graph) -> dict[int, Field]:
    """For each node the field along height and width; None where a value sees the whole input."""
    fields: dict[int, Field] = {}
    for number in graph:
        op, inputs = graph[number].op, graph.inputs(number)
        if op.sees_everything:
            fields[number] = None
            continue
        seen: Field = (Axis(), Axis())
        for index, source in enumerate(inputs):
            field = fields[source]
            if index and seen is not None and field is not None:
                field = (seen[0].union(field[0]), seen[1].union(field[1]))
            seen = field if not index or seen is not None else None
        reach = op.reach(graph.input_shapes(number)) if seen is not None else None
        if seen is not None and reach is not None:
            seen = (seen[0].through(reach[0]), seen[1].through(reach[1]))
        fields[number] = seen
    return fields
