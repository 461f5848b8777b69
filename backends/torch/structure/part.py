"""A part of a network that is a module of its own, seen from outside: one layer."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from compiler.op import Op, Weight
from compiler.volume import Volume


@dataclass(frozen=True)
class Part(Op):
    """The scope `path` of the program, which has weights; `output` flows out of it."""

    name: ClassVar[str] = "PART"

    path: str
    output: Volume

    def shape(self, inputs: tuple[Volume, ...]) -> Volume:
        return self.output

    def weights(self, inputs: tuple[Volume, ...]) -> tuple[Weight, ...]:
        return (Weight("weight", (), "weight"),)
