"""What stands in a body for layers that are not in it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from compiler.op import Op, Weight
from compiler.volume import Volume


@dataclass(frozen=True)
class Unread(Op):
    """What flows into a layer that nothing reads: not computed, but the layer has weights."""

    name: ClassVar[str] = "UNREAD"

    output: Volume

    def shape(self, inputs: tuple[Volume, ...]) -> Volume:
        return self.output


@dataclass(frozen=True)
class Part(Op):
    """A module of its own, seen from outside: the scope `path` of the program, which has weights;
    `output` flows out of it."""

    name: ClassVar[str] = "PART"

    path: str
    output: Volume

    def shape(self, inputs: tuple[Volume, ...]) -> Volume:
        return self.output

    def weights(self, inputs: tuple[Volume, ...]) -> tuple[Weight, ...]:
        return (Weight("weight", (), "weight"),)
