"""Fully connected layers, and what only arranges values for them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, ClassVar

from compiler.arguments import flag, volume, whole
from compiler.op import Keeps, Op, Place, ShapeError, Weight
from compiler.volume import Volume


@dataclass(frozen=True)
class FullyConnected(Op):
    """`out` dot products over the whole volume, flattened channel-major (C, H, W) as in PyTorch."""

    name: ClassVar[str] = "FC"
    keeps: ClassVar[Keeps] = "input"
    sees_everything: ClassVar[bool] = True
    out: int = whole()
    bias: bool = flag(True)

    @classmethod
    def sketch(cls, given: Mapping[str, Any], place: Place) -> dict[str, Any]:
        """4096 as in AlexNet and VGG; the last layer with weights has one output a class."""
        return {} if "out" in given else {"out": place.classes if place.is_head else 4096}

    def shape(self, inputs: tuple[Volume, ...]) -> Volume:
        return Volume(1, 1, self.out, flat=True)

    def weights(self, inputs: tuple[Volume, ...]) -> tuple[Weight, ...]:
        weight = Weight("weight", (self.out, inputs[0].values), "weight")
        return (weight, Weight("bias", (self.out,), "bias")) if self.bias else (weight,)

    def macs(self, inputs: tuple[Volume, ...], output: Volume) -> int:
        return inputs[0].values * self.out


@dataclass(frozen=True)
class Flatten(Op):
    """The volume as 1x1xC, channel-major: N x C when it runs."""

    name: ClassVar[str] = "FLATTEN"
    in_place: ClassVar[bool] = True
    is_view: ClassVar[bool] = True
    sees_everything: ClassVar[bool] = True

    def shape(self, inputs: tuple[Volume, ...]) -> Volume:
        return Volume(1, 1, inputs[0].values, flat=True)


@dataclass(frozen=True)
class Reshape(Op):
    """The same values, in PyTorch's order (C, H, W), as another volume."""

    name: ClassVar[str] = "RESHAPE"
    in_place: ClassVar[bool] = True
    is_view: ClassVar[bool] = True
    sees_everything: ClassVar[bool] = True
    volume: Volume = volume()

    def shape(self, inputs: tuple[Volume, ...]) -> Volume:
        if inputs[0].values != self.volume.values:
            title = (
                f"{inputs[0]} has {inputs[0].values:,} values and "
                f"{self.volume} has {self.volume.values:,}"
            )
            raise ShapeError("E0311", title)
        return self.volume
