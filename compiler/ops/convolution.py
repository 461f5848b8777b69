"""Convolutions. Weights are in PyTorch's layouts."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from fractions import Fraction
from math import gcd
from typing import Any, ClassVar

from compiler.arguments import (
    Padding,
    Rounding,
    Sides,
    Window,
    flag,
    padding,
    whole,
    window,
    word,
)
from compiler.op import Keeps, Kept, Op, Place, Reach, ShapeError, Weight
from compiler.ops.groups import nearest_divisor
from compiler.ops.padded import fitted, is_even, padded
from compiler.volume import Volume
from compiler.windows import reaches, sides, slide


def _need_divisible(groups: int, inputs: int, outputs: int) -> None:
    for what, channels in (("input", inputs), ("output", outputs)):
        if channels % groups:
            title = f"groups={groups} does not divide the {what} of {channels} channels"
            near = nearest_divisor(gcd(inputs, outputs), groups)
            raise ShapeError("E0306", title, f"groups={near} divides input and output")


def _with_bias(weight: tuple[int, ...], out: int, bias: bool) -> tuple[Weight, ...]:
    weights = (Weight("weight", weight, "weight"),)
    return (*weights, Weight("bias", (out,), "bias")) if bias else weights


def _kept(volume: Volume, around: Sides) -> Kept:
    return Kept(inputs=(0,)) if is_even(around) else Kept(values=padded(volume, around))


@dataclass(frozen=True)
class Conv(Op):
    """Convolution with `out` filters: O x C/groups x kH x kW."""

    name: ClassVar[str] = "CONV"
    out: int = whole()
    k: Window = window((3, 3))
    stride: Window = window((1, 1))
    pad: Padding = padding("half")
    dilation: Window = window((1, 1))
    groups: int = whole(1)
    bias: bool = flag(True)
    round: Rounding = word("floor", "floor", "ceil", "strict")

    @classmethod
    def sketch(cls, given: Mapping[str, Any], place: Place) -> dict[str, Any]:
        """As VGG: 64 filters at full size, twice as many at half the height, 512 at most."""
        if "out" in given or place.incoming is None or place.input is None:
            return {}
        return {"out": max(1, min(512, 64 * place.input.h // place.incoming.h))}

    def sides(self, volume: Volume) -> Sides:
        return sides(volume, self.k, self.stride, self.pad, self.dilation)

    def shape(self, inputs: tuple[Volume, ...]) -> Volume:
        (volume,) = inputs
        _need_divisible(self.groups, volume.c, self.out)
        h, w = slide(volume, self.k, self.stride, self.pad, self.dilation, self.round)
        return Volume(h, w, self.out)

    def weights(self, inputs: tuple[Volume, ...]) -> tuple[Weight, ...]:
        (volume,) = inputs
        return _with_bias((self.out, volume.c // self.groups, *self.k), self.out, self.bias)

    def macs(self, inputs: tuple[Volume, ...], output: Volume) -> int:
        return output.values * self.k[0] * self.k[1] * (inputs[0].c // self.groups)

    def kept(self, inputs: tuple[Volume, ...], output: Volume, learns: tuple[bool, ...]) -> Kept:
        around = self.sides(inputs[0])
        if self.round == "ceil":
            around = fitted(inputs[0], output, around, self.k, self.stride, self.dilation)
        return _kept(inputs[0], around)

    def reach(self, inputs: tuple[Volume, ...]) -> tuple[Reach, Reach]:
        return reaches(inputs[0], self.k, self.stride, self.pad, self.dilation)


@dataclass(frozen=True)
class DepthwiseConv(Op):
    """Each channel convolved by itself, with `multiplier` filters: C*multiplier x 1 x kH x kW."""

    name: ClassVar[str] = "DWCONV"
    k: Window = window((3, 3))
    stride: Window = window((1, 1))
    pad: Padding = padding("half")
    dilation: Window = window((1, 1))
    multiplier: int = whole(1)
    bias: bool = flag(True)

    def sides(self, volume: Volume) -> Sides:
        return sides(volume, self.k, self.stride, self.pad, self.dilation)

    def shape(self, inputs: tuple[Volume, ...]) -> Volume:
        (volume,) = inputs
        h, w = slide(volume, self.k, self.stride, self.pad, self.dilation, "floor")
        return Volume(h, w, volume.c * self.multiplier)

    def weights(self, inputs: tuple[Volume, ...]) -> tuple[Weight, ...]:
        out = inputs[0].c * self.multiplier
        return _with_bias((out, 1, *self.k), out, self.bias)

    def macs(self, inputs: tuple[Volume, ...], output: Volume) -> int:
        return output.values * self.k[0] * self.k[1]

    def kept(self, inputs: tuple[Volume, ...], output: Volume, learns: tuple[bool, ...]) -> Kept:
        return _kept(inputs[0], self.sides(inputs[0]))

    def reach(self, inputs: tuple[Volume, ...]) -> tuple[Reach, Reach]:
        return reaches(inputs[0], self.k, self.stride, self.pad, self.dilation)


@dataclass(frozen=True)
class TransposedConv(Op):
    """Transposed convolution: C x O/groups x kH x kW.

    The output is (in-1)*stride - 2*pad + k + out_pad high and wide.
    """

    name: ClassVar[str] = "TCONV"
    keeps: ClassVar[Keeps] = "input"
    out: int = whole()
    k: Window = window((2, 2))
    stride: Window = window((2, 2))
    pad: Window = window((0, 0), minimum=0)
    out_pad: Window = window((0, 0), minimum=0)
    groups: int = whole(1)
    bias: bool = flag(True)

    def shape(self, inputs: tuple[Volume, ...]) -> Volume:
        (volume,) = inputs
        _need_divisible(self.groups, volume.c, self.out)
        if any(extra >= step for extra, step in zip(self.out_pad, self.stride, strict=True)):
            raise ShapeError("E0311", "out_pad must be smaller than the stride")
        h, w = (
            (volume.spatial[axis] - 1) * self.stride[axis]
            - 2 * self.pad[axis]
            + self.k[axis]
            + self.out_pad[axis]
            for axis in (0, 1)
        )
        if h < 1 or w < 1:
            raise ShapeError("E0303", f"the padding leaves nothing of the output: {h}x{w}")
        return Volume(h, w, self.out)

    def weights(self, inputs: tuple[Volume, ...]) -> tuple[Weight, ...]:
        (volume,) = inputs
        return _with_bias((volume.c, self.out // self.groups, *self.k), self.out, self.bias)

    def macs(self, inputs: tuple[Volume, ...], output: Volume) -> int:
        return inputs[0].values * self.k[0] * self.k[1] * (self.out // self.groups)

    def reach(self, inputs: tuple[Volume, ...]) -> tuple[Reach, Reach]:
        """An output value is made of the inputs whose windows cover it: ceil(k/stride) at most."""
        high, wide = (
            Reach(-(-k // stride), Fraction(1, stride), Fraction(k - 1 - pad, stride))
            for k, stride, pad in zip(self.k, self.stride, self.pad, strict=True)
        )
        return high, wide
