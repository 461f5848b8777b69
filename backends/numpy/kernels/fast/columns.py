"""Convolution as matrix products of columns, tile by tile."""

from dataclasses import dataclass
from functools import partial

import numpy as np

from backends.numpy.kernels.fast.calls import Call
from backends.numpy.kernels.fast.choosing import Choice
from backends.numpy.kernels.fast.finishing import Then, finishing, overwrites
from backends.numpy.kernels.fast.maps import Maps, Share
from backends.numpy.kernels.fast.products import one_run, pack_blocks, products
from backends.numpy.kernels.fast.scratch import Scratch
from backends.numpy.kernels.fast.tiles import Tile, part_of, strided, tiles
from backends.numpy.kernels.types import Array

# Parts of the scratch.
COLUMNS = 0
RESULTS = 1
SUMS = 2


@dataclass(frozen=True, slots=True)
class ColumnBlocks:
    """The order of filters that columns are multiplied by: parts x O/block x depth x block.

    The depth, kh * kw * I, holds a pixel's channels together, as columns do.
    """

    block: int
    parts: int

    def pack(self, weight: Array) -> Array:
        """O x I x kh x kw in this order."""
        return pack_blocks(pack_filters(weight), self.block, self.parts)

    def unpack(self, packed: Array, shape: tuple[int, ...]) -> Array:
        outputs, inputs, high, wide = shape
        matrix = packed.transpose(0, 2, 1, 3).reshape(high, wide, inputs, outputs)
        return matrix.transpose(3, 2, 0, 1)


def pack_filters(weight: Array) -> Array:
    """O x I x kh x kw as a matrix, kh * kw * I x O."""
    return weight.transpose(2, 3, 1, 0).reshape(-1, len(weight))


def windows_of(
    source: Maps,
    tile: Tile,
    width: int,
    kernel: tuple[int, int],
    stride: tuple[int, int],
    before: tuple[int, int],
    dilation: tuple[int, int],
) -> Array:
    """The windows of a tile's pixels: images x rows x width x kh x kw x channels, a view.

    before: rows above and columns before the maps, which the halo holds.
    """
    around = source.around(*before)[slice(*tile.images), tile.rows[0] * stride[0] :]
    image, row, pixel, unit = around.strides
    return strided(
        around,
        (tile.number, tile.height, width, *kernel, source.channels),
        (image, stride[0] * row, stride[1] * pixel, dilation[0] * row, dilation[1] * pixel, unit),
    )


def convolve_columns(
    source: Maps,
    target: Maps,
    blocks: Array,
    *,
    kernel: tuple[int, int],
    stride: tuple[int, int],
    before: tuple[int, int],
    dilation: tuple[int, int],
    share: Share,
    choice: Choice,
    then: Then,
    scratch: Scratch,
) -> list[Call]:
    """The calls that convolve a share: copy windows into columns, multiply, finish, for each tile.

    blocks: parts x blocks x depth x block, as ColumnBlocks packs them, for the share's channels.
    Windows of one pixel are multiplied where they lie. The error against float64 is about 3e-7 of
    the largest value (Chellapilla, Puri and Simard, 2006).
    """
    calls: list[Call] = []
    for tile in tiles(share, target.width, choice.tile):
        seen = windows_of(source, tile, target.width, kernel, stride, before, dilation)
        look = partial(part_of, tile, share.channels)
        out = look(target)
        made = one_run(out)
        after = then(look)
        if made is None or (after and tile.number > 1) or overwrites(out, after):
            made = scratch.take(RESULTS, 1, out[..., 0].size, out.shape[3])
        left = one_run(seen[:, :, :, 0, 0]) if kernel == (1, 1) else None
        if left is None:
            left = scratch.take(COLUMNS, choice.parts, made.shape[1], blocks.shape[2])
            calls += copy_columns(left, seen)
        elif choice.parts > 1:
            left = cut_depth(left, choice.parts)
        if choice.parts > 1:
            sums = scratch.take(SUMS, choice.parts, *made.shape[1:])
            calls += products(left, blocks, sums, choice.rows)
            calls.append(partial(np.add.reduce, sums, 0, None, made[0]))
        else:
            calls += products(left, blocks, made, choice.rows)
        calls += finishing(made.reshape(out.shape), out, after, scratch)
    return calls


def copy_columns(columns: Array, seen: Array) -> list[Call]:
    """Copy windows into parts x pixels x depth: a part is all of a window, a row of it, one place
    of it, or some of the channels of its one pixel."""
    parts, _, depth = columns.shape
    images, height, width, high, wide, channels = seen.shape
    pixels = (images, height, width)
    if parts == 1:
        return [partial(np.copyto, columns.reshape(seen.shape), seen)]
    if parts == high * wide:
        places = columns.reshape(high, wide, *pixels, channels)
        return [partial(np.copyto, places, seen.transpose(3, 4, 0, 1, 2, 5))]
    if parts == high:
        rows = columns.reshape(high, *pixels, wide, channels)
        return [partial(np.copyto, rows, seen.transpose(3, 0, 1, 2, 4, 5))]
    split = strided(seen, (*pixels, parts, depth), (*seen.strides[:3], depth * 4, 4))
    return [partial(np.copyto, columns.reshape(parts, *pixels, depth), np.moveaxis(split, 3, 0))]


def cut_depth(left: Array, parts: int) -> Array:
    """View 1 x pixels x depth as parts x pixels x depth/parts."""
    _, pixels, depth = left.shape
    shape = (parts, pixels, depth // parts)
    return strided(left, shape, (depth // parts * 4, *left.strides[1:]))
