"""Pooling: over a window, over PyTorch's adaptive bins, over the whole volume."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from fractions import Fraction
from typing import Any, ClassVar

from compiler.arguments import Padding, Rounding, Sides, Window, flag, padding, window, word
from compiler.op import Kept, Op, Place, Reach, ShapeError
from compiler.ops.padded import fitted, is_poolable, padded
from compiler.volume import Volume
from compiler.windows import extent, reaches, sides, slide

ROUNDING = ("floor", "ceil", "strict")


def _stride_like_window(given: Mapping[str, Any]) -> dict[str, Any]:
    return {} if "stride" in given else {"stride": given.get("k", (2, 2))}


def _refuse_wide_padding(pad: Sides, k: Window, dilation: Window) -> None:
    """A window that lies in the padding alone has nothing to pool."""
    spans = [extent(size, step) for size, step in zip(k, dilation, strict=True)]
    if max(pad[:2]) >= spans[0] or max(pad[2:]) >= spans[1]:
        title = f"padding of {max(pad)} leaves whole {k[0]}x{k[1]} windows in the padding"
        raise ShapeError("E0312", title, "pool with less padding than the window")


@dataclass(frozen=True)
class MaxPool(Op):
    """The largest value in each window; padding never wins."""

    name: ClassVar[str] = "POOL"
    aliases: ClassVar[tuple[str, ...]] = ("MAXPOOL",)
    k: Window = window((2, 2))
    stride: Window = window((2, 2))
    pad: Padding = padding((0, 0, 0, 0))
    dilation: Window = window((1, 1))
    round: Rounding = word("floor", *ROUNDING)

    @classmethod
    def sketch(cls, given: Mapping[str, Any], place: Place) -> dict[str, Any]:
        return _stride_like_window(given)

    def usual(self) -> Mapping[str, Any]:
        return {"stride": self.k}

    def sides(self, volume: Volume) -> Sides:
        return sides(volume, self.k, self.stride, self.pad, self.dilation)

    def shape(self, inputs: tuple[Volume, ...]) -> Volume:
        (volume,) = inputs
        _refuse_wide_padding(self.sides(volume), self.k, self.dilation)
        h, w = slide(volume, self.k, self.stride, self.pad, self.dilation, self.round)
        return Volume(h, w, volume.c)

    def reach(self, inputs: tuple[Volume, ...]) -> tuple[Reach, Reach]:
        return reaches(inputs[0], self.k, self.stride, self.pad, self.dilation)

    def kept(self, inputs: tuple[Volume, ...], output: Volume, learns: tuple[bool, ...]) -> Kept:
        """Where the largest values stood, and what was pooled: for its size."""
        pooled = self.pooled(inputs[0], output)
        if pooled is None:
            return Kept(inputs=(0,), indices=output.values)
        return Kept(values=pooled, indices=output.values)

    def pooled(self, volume: Volume, output: Volume) -> int | None:
        """Values of the volume with padding that PyTorch's pooling does not take; None where it
        takes it."""
        around = self.sides(volume)
        if is_poolable(around, self.k):
            return None
        if self.round == "ceil":
            around = fitted(volume, output, around, self.k, self.stride, self.dilation)
        return padded(volume, around)


@dataclass(frozen=True)
class MinPool(MaxPool):
    """The smallest value in each window; padding never wins."""

    name: ClassVar[str] = "MINPOOL"
    aliases: ClassVar[tuple[str, ...]] = ()

    def kept(self, inputs: tuple[Volume, ...], output: Volume, learns: tuple[bool, ...]) -> Kept:
        """As POOL of the negated values, which are a volume of their own."""
        pooled = self.pooled(inputs[0], output)
        return Kept(values=pooled or inputs[0].values, indices=output.values)


@dataclass(frozen=True)
class AvgPool(Op):
    """The mean of each window; `count_pad` says whether padding counts as zeros (PyTorch: yes)."""

    name: ClassVar[str] = "AVGPOOL"
    k: Window = window((2, 2))
    stride: Window = window((2, 2))
    pad: Padding = padding((0, 0, 0, 0))
    round: Rounding = word("floor", *ROUNDING)
    count_pad: bool = flag(True)

    @classmethod
    def sketch(cls, given: Mapping[str, Any], place: Place) -> dict[str, Any]:
        return _stride_like_window(given)

    def usual(self) -> Mapping[str, Any]:
        return {"stride": self.k}

    def sides(self, volume: Volume) -> Sides:
        return sides(volume, self.k, self.stride, self.pad, (1, 1))

    def shape(self, inputs: tuple[Volume, ...]) -> Volume:
        (volume,) = inputs
        _refuse_wide_padding(self.sides(volume), self.k, (1, 1))
        h, w = slide(volume, self.k, self.stride, self.pad, (1, 1), self.round)
        return Volume(h, w, volume.c)

    def reach(self, inputs: tuple[Volume, ...]) -> tuple[Reach, Reach]:
        return reaches(inputs[0], self.k, self.stride, self.pad, (1, 1))

    def kept(self, inputs: tuple[Volume, ...], output: Volume, learns: tuple[bool, ...]) -> Kept:
        """What was pooled: for its size. Where padding does not count, also how much does."""
        around = self.sides(inputs[0])
        if is_poolable(around, self.k):
            return Kept(inputs=(0,))
        wide = around
        if self.round == "ceil":
            wide = fitted(inputs[0], output, around, self.k, self.stride, (1, 1))
        divides = not self.count_pad or wide != around
        return Kept(values=padded(inputs[0], wide), constants=output.h * output.w if divides else 0)


@dataclass(frozen=True)
class GlobalAvgPool(Op):
    """The mean of each channel (Lin et al., Network In Network, 2013)."""

    name: ClassVar[str] = "GAP"
    sees_everything: ClassVar[bool] = True

    def shape(self, inputs: tuple[Volume, ...]) -> Volume:
        return Volume(1, 1, inputs[0].c)


@dataclass(frozen=True)
class GlobalMaxPool(GlobalAvgPool):
    """The largest value of each channel."""

    name: ClassVar[str] = "GMP"

    def kept(self, inputs: tuple[Volume, ...], output: Volume, learns: tuple[bool, ...]) -> Kept:
        return Kept(inputs=(0,), indices=output.values)


def _bins(volume: Volume, size: Window) -> tuple[Reach, Reach]:
    """The widest bin, and the mean distance between bins."""
    high, wide = (
        Reach(
            max(-(-(i + 1) * total // out) - i * total // out for i in range(out)),
            Fraction(total, out),
            Fraction(0),
        )
        for total, out in zip(volume.spatial, size, strict=True)
    )
    return high, wide


@dataclass(frozen=True)
class AdaptiveAvgPool(Op):
    """The mean of PyTorch's bins, floor(i*H/size) to ceil((i+1)*H/size)."""

    name: ClassVar[str] = "ADAPTIVE_AVGPOOL"
    size: Window = window()

    def shape(self, inputs: tuple[Volume, ...]) -> Volume:
        return Volume(*self.size, inputs[0].c)

    def is_identity(self, inputs: tuple[Volume, ...]) -> bool:
        return inputs[0].spatial == self.size

    def reach(self, inputs: tuple[Volume, ...]) -> tuple[Reach, Reach]:
        return _bins(inputs[0], self.size)

    def kept(self, inputs: tuple[Volume, ...], output: Volume, learns: tuple[bool, ...]) -> Kept:
        """One bin is a mean, which keeps nothing."""
        return Kept() if self.size == (1, 1) else Kept(inputs=(0,))


@dataclass(frozen=True)
class AdaptiveMaxPool(AdaptiveAvgPool):
    """The largest value of PyTorch's bins."""

    name: ClassVar[str] = "ADAPTIVE_MAXPOOL"

    def kept(self, inputs: tuple[Volume, ...], output: Volume, learns: tuple[bool, ...]) -> Kept:
        return Kept(inputs=(0,), indices=output.values)
