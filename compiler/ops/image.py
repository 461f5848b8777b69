"""Preprocessing of images as part of a network; nothing is learned."""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction
from typing import ClassVar

from compiler.arguments import Window, numbers, whole, window
from compiler.op import Kept, Op, Reach, ShapeError
from compiler.volume import Volume


@dataclass(frozen=True)
class Normalize(Op):
    """(x - mean) / std; a number for all channels, or one for each."""

    name: ClassVar[str] = "NORMALIZE"
    in_place: ClassVar[bool] = True
    mean: tuple[float, ...] = numbers()
    std: tuple[float, ...] = numbers(positive=True)

    def shape(self, inputs: tuple[Volume, ...]) -> Volume:
        (volume,) = inputs
        for name, given in (("mean", self.mean), ("std", self.std)):
            if len(given) not in (1, volume.c):
                title = f"{len(given)} numbers of `{name}` for {volume.c} channels"
                raise ShapeError("E0311", title, "one for each channel, or one for all of them")
        return volume


@dataclass(frozen=True)
class Hog(Op):
    """Histogram of oriented gradients (Dalal and Triggs, 2005), as scikit-image computes it with
    `block_norm="L2-Hys"`.

    At each pixel the channel with the longest gradient (x[i+1] - x[i-1], 0 at the border) votes
    with that length for one of `bins` directions from 0 to 180 degrees. A cell's histogram is the
    mean of the votes of its pixels; the histograms v of a block become v / sqrt(sum v^2 + eps^2),
    of it min(v, 0.2), of it again v / sqrt(sum v^2 + eps^2), eps = 1e-5. They are the block's
    channels, in the order row, column, bin. Rows and columns beyond the last whole cell do not
    vote. In training a gradient flows through the lengths, not through the choice of bins.
    """

    name: ClassVar[str] = "HOG"
    cell: Window = window((8, 8))
    block: Window = window((2, 2))
    bins: int = whole(9)

    def shape(self, inputs: tuple[Volume, ...]) -> Volume:
        (volume,) = inputs
        high, wide = self._cells(volume)
        if high < self.block[0] or wide < self.block[1]:
            least = self.cell[0] * self.block[0], self.cell[1] * self.block[1]
            title = f"a block of HOG is {least[0]}x{least[1]}, larger than its input of {volume}"
            raise ShapeError("E0303", title, "smaller cells, smaller blocks, or a larger input")
        channels = self.block[0] * self.block[1] * self.bins
        return Volume(high - self.block[0] + 1, wide - self.block[1] + 1, channels)

    def kept(self, inputs: tuple[Volume, ...], output: Volume, learns: tuple[bool, ...]) -> Kept:
        """The directions of the gradients, each pixel's bin, and of the blocks their values before
        each of the three steps, and both lengths."""
        high, wide = self._cells(inputs[0])
        pixels = high * self.cell[0] * wide * self.cell[1]
        lengths = 2 * output.h * output.w
        return Kept(
            values=2 * pixels * inputs[0].c + 3 * output.values + lengths,
            indices=pixels,
        )

    def reach(self, inputs: tuple[Volume, ...]) -> tuple[Reach, Reach]:
        """The cells of a block, and the neighbours of their pixels."""
        high, wide = (
            Reach(cell * block + 2, Fraction(cell), Fraction(1))
            for cell, block in zip(self.cell, self.block, strict=True)
        )
        return high, wide

    def _cells(self, volume: Volume) -> tuple[int, int]:
        return volume.h // self.cell[0], volume.w // self.cell[1]
