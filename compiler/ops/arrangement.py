"""What moves values, takes some of them, or spreads them; nothing is learned."""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction
from typing import ClassVar, Literal, TypeAlias

from compiler.arguments import Sides, Window, sides, whole, window, word
from compiler.op import Kept, Op, Reach, ShapeError
from compiler.ops.groups import need_divisible
from compiler.volume import Volume

Border: TypeAlias = Literal["zeros", "reflect", "replicate"]
Interpolation: TypeAlias = Literal["nearest", "bilinear"]


@dataclass(frozen=True)
class Slice(Op):
    """The channels from `from` on, up to and without `to`."""

    name: ClassVar[str] = "SLICE"
    from_: int = whole(minimum=0)
    to: int = whole()

    def shape(self, inputs: tuple[Volume, ...]) -> Volume:
        (volume,) = inputs
        if self.from_ >= self.to:
            title = f"the slice from {self.from_} to {self.to} is empty"
            raise ShapeError("E0311", title, "`to` is the first channel that is left out")
        if self.to > volume.c:
            title = f"the slice ends at channel {self.to} of {volume.c}"
            mend = f"the last channel is {volume.c - 1}, and to={volume.c} takes it in"
            raise ShapeError("E0311", title, mend)
        return Volume(volume.h, volume.w, self.to - self.from_, volume.flat)

    def passes_on(self, inputs: tuple[Volume, ...]) -> bool:
        return True


@dataclass(frozen=True)
class Shuffle(Op):
    """The channels of `groups` groups, one of each in turn (Zhang et al., ShuffleNet, 2017)."""

    name: ClassVar[str] = "SHUFFLE"
    groups: int = whole()

    def shape(self, inputs: tuple[Volume, ...]) -> Volume:
        (volume,) = inputs
        need_divisible(self.groups, volume.c)
        return volume if self.is_identity(inputs) else Volume(volume.h, volume.w, volume.c)

    def is_identity(self, inputs: tuple[Volume, ...]) -> bool:
        return self.groups in (1, inputs[0].c)

    def passes_on(self, inputs: tuple[Volume, ...]) -> bool:
        return self.is_identity(inputs)


@dataclass(frozen=True)
class Pad(Op):
    """Rows and columns around the volume: zeros, the volume mirrored at its border (which is not
    repeated), or the border repeated."""

    name: ClassVar[str] = "PAD"
    sides: Sides = sides()
    mode: Border = word("zeros", "zeros", "reflect", "replicate")

    def shape(self, inputs: tuple[Volume, ...]) -> Volume:
        (volume,) = inputs
        if self.is_identity(inputs):
            return volume
        top, bottom, left, right = self.sides
        widest = max(top, bottom), max(left, right)
        for axis, size, wide in zip(("height", "width"), volume.spatial, widest, strict=True):
            if self.mode == "reflect" and wide >= size:
                title = f"an input of {axis} {size} cannot be reflected {wide} wide"
                raise ShapeError("E0311", title, f"{size - 1} at most; or mode=replicate")
        return Volume(volume.h + top + bottom, volume.w + left + right, volume.c)

    def is_identity(self, inputs: tuple[Volume, ...]) -> bool:
        return not any(self.sides)

    def passes_on(self, inputs: tuple[Volume, ...]) -> bool:
        return self.is_identity(inputs)

    def kept(self, inputs: tuple[Volume, ...], output: Volume, learns: tuple[bool, ...]) -> Kept:
        """What is mirrored or repeated: for its size."""
        return Kept() if self.mode == "zeros" or not any(self.sides) else Kept(inputs=(0,))

    def reach(self, inputs: tuple[Volume, ...]) -> tuple[Reach, Reach]:
        top, _, left, _ = self.sides
        one = Fraction(1)
        return Reach(1, one, Fraction(top)), Reach(1, one, Fraction(left))


@dataclass(frozen=True)
class Crop(Op):
    """Without the rows and columns at its sides."""

    name: ClassVar[str] = "CROP"
    sides: Sides = sides()

    def shape(self, inputs: tuple[Volume, ...]) -> Volume:
        (volume,) = inputs
        if self.is_identity(inputs):
            return volume
        top, bottom, left, right = self.sides
        h, w = volume.h - top - bottom, volume.w - left - right
        if h < 1 or w < 1:
            rows, columns = top + bottom, left + right
            title = f"{rows} rows and {columns} columns less leave nothing of {volume}"
            mend = f"{volume.h - 1} rows and {volume.w - 1} columns at most, both sides together"
            raise ShapeError("E0303", title, mend)
        return Volume(h, w, volume.c)

    def is_identity(self, inputs: tuple[Volume, ...]) -> bool:
        return not any(self.sides)

    def passes_on(self, inputs: tuple[Volume, ...]) -> bool:
        return self.is_identity(inputs)

    def reach(self, inputs: tuple[Volume, ...]) -> tuple[Reach, Reach]:
        top, _, left, _ = self.sides
        one = Fraction(1)
        return Reach(1, one, Fraction(-top)), Reach(1, one, Fraction(-left))


@dataclass(frozen=True)
class Upsample(Op):
    """`factor` times as high and wide: each value repeated, or bilinear between pixel centres.

    Bilinear takes output i at (i + 1/2) / factor - 1/2 of the input, as PyTorch does without
    `align_corners`; beyond the outermost centres the border goes on.
    """

    name: ClassVar[str] = "UPSAMPLE"
    factor: Window = window((2, 2))
    mode: Interpolation = word("nearest", "nearest", "bilinear")

    def shape(self, inputs: tuple[Volume, ...]) -> Volume:
        (volume,) = inputs
        if self.is_identity(inputs):
            return volume
        return Volume(volume.h * self.factor[0], volume.w * self.factor[1], volume.c)

    def is_identity(self, inputs: tuple[Volume, ...]) -> bool:
        return self.factor == (1, 1)

    def passes_on(self, inputs: tuple[Volume, ...]) -> bool:
        return self.is_identity(inputs)

    def reach(self, inputs: tuple[Volume, ...]) -> tuple[Reach, Reach]:
        """Of the transposed convolution that does the same."""
        bilinear = self.mode == "bilinear"
        return _spread(self.factor[0], bilinear), _spread(self.factor[1], bilinear)


def _spread(factor: int, bilinear: bool) -> Reach:
    odd = factor % 2
    k, pad = (2 * factor - odd, (factor - odd) // 2) if bilinear else (factor, 0)
    return Reach(-(-k // factor), Fraction(1, factor), Fraction(k - 1 - pad, factor))


@dataclass(frozen=True)
class PixelShuffle(Op):
    """Each factor x factor channels as the pixels of one (Shi et al., Real-time single image
    super-resolution, 2016): channel c*factor^2 + i*factor + j is row i, column j of channel c."""

    name: ClassVar[str] = "PIXEL_SHUFFLE"
    factor: int = whole()

    def shape(self, inputs: tuple[Volume, ...]) -> Volume:
        (volume,) = inputs
        if self.is_identity(inputs):
            return volume
        square = self.factor**2
        if volume.c % square:
            title = f"{volume.c} channels do not divide into {self.factor}x{self.factor} pixels"
            near = max(1, volume.c // square) * square
            mend = f"a multiple of {square}, such as {near}: CONV({near}, 1) before it"
            raise ShapeError("E0311", title, mend)
        return Volume(volume.h * self.factor, volume.w * self.factor, volume.c // square)

    def is_identity(self, inputs: tuple[Volume, ...]) -> bool:
        return self.factor == 1

    def passes_on(self, inputs: tuple[Volume, ...]) -> bool:
        return self.is_identity(inputs)

    def reach(self, inputs: tuple[Volume, ...]) -> tuple[Reach, Reach]:
        return _spread(self.factor, False), _spread(self.factor, False)
