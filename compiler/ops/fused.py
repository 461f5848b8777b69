"""A layer with what is done to its values at once, while they are in a cache.

Passes make it, for backends that compute so; no program can write it.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from compiler.op import Op, Reach, Weight
from compiler.ops.merge import Add, Max, Mul
from compiler.volume import Volume

MERGES = (Add, Mul, Max)


@dataclass(frozen=True, slots=True)
class Part:
    """The path of a layer that became part of another, and its operator."""

    path: str
    op: Op

    @property
    def merges(self) -> bool:
        """Whether it takes another value."""
        return isinstance(self.op, MERGES)


@dataclass(frozen=True)
class Fused(Op):
    """`first`, and then one after another `then`: activations without weights, and ADD, MUL and MAX
    of two values, each of which takes the next of the further inputs as its other value."""

    name = "FUSED"
    first: Op
    then: tuple[Part, ...]

    @property
    def inputs(self) -> Literal["none", "one", "merge"]:  # type: ignore[override]  # of this layer
        return "merge" if any(part.merges for part in self.then) else self.first.inputs

    @property
    def in_place(self) -> bool:  # type: ignore[override]  # of this layer
        return self.first.in_place

    @property
    def accumulates(self) -> bool:  # type: ignore[override]  # of this layer
        return self.first.accumulates

    def of_first(self, inputs: tuple[Volume, ...]) -> tuple[Volume, ...]:
        """What flows into the first of the layers."""
        return inputs[: len(inputs) - sum(part.merges for part in self.then)]

    def shape(self, inputs: tuple[Volume, ...]) -> Volume:
        own = self.of_first(inputs)
        shape = self.first.shape(own)
        others = iter(inputs[len(own) :])
        for part in self.then:
            shape = part.op.shape((shape, next(others)) if part.merges else (shape,))
        return shape

    def weights(self, inputs: tuple[Volume, ...]) -> tuple[Weight, ...]:
        return self.first.weights(self.of_first(inputs))

    def macs(self, inputs: tuple[Volume, ...], output: Volume) -> int:
        return self.first.macs(self.of_first(inputs), output)

    def reach(self, inputs: tuple[Volume, ...]) -> tuple[Reach, Reach] | None:
        return self.first.reach(self.of_first(inputs))

    def __str__(self) -> str:
        return f"{self.first} then {', '.join(str(part.op) for part in self.then)}"


def first_of(op: Op) -> Op:
    """A layer's own operator, without what was made part of it."""
    return op.first if isinstance(op, Fused) else op
