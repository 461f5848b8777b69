"""Where a network begins."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar, Literal

from compiler.arguments import volume
from compiler.op import Op
from compiler.volume import Volume


@dataclass(frozen=True)
class Input(Op):
    """A volume from outside: an image of 224x224x3 where nothing else is said."""

    name: ClassVar[str] = "INPUT"
    inputs: ClassVar[Literal["none", "one", "merge"]] = "none"
    volume: Volume = volume(Volume(224, 224, 3))

    def shape(self, inputs: tuple[Volume, ...]) -> Volume:
        return self.volume
