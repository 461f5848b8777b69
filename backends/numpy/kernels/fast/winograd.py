"""Convolution with 3x3 filters by Winograd's algorithm: fewer products, on transformed tiles."""

from functools import partial

import numpy as np

from backends.numpy.kernels.fast.calls import Call
from backends.numpy.kernels.fast.finishing import Then, finishing
from backends.numpy.kernels.fast.maps import Maps, Share
from backends.numpy.kernels.fast.scratch import Scratch
from backends.numpy.kernels.fast.tiles import Tile, strided, tiles
from backends.numpy.kernels.fast.transforms import COMBINATIONS, VALUES
from backends.numpy.kernels.types import Array


def convolve_winograd(
    source: Maps,
    target: Maps,
    blocks: Array,
    bias: Array | None,
    *,
    square: int,
    before: tuple[int, int],
    share: Share,
    squares: int,
    then: Then,
    scratch: Scratch,
) -> list[Call]:
    """The calls that convolve a share with 3x3 filters and stride 1.

    Each square x square results are made of (square + 2)^2 products, 2.25 (square 2) or 4 (square
    4) times fewer than one for each tap. Rows of the share begin at a multiple of the square; at
    the right and the lower edge squares reach beyond the maps, and so into the halo. squares: of
    one tile. The error against float64 is about 1e-6 (square 2) or 1e-5 (square 4) of the largest
    value.
    """
    transform = np.array(VALUES[square], np.float32)
    combine = np.array(COMBINATIONS[square], np.float32)
    side, wide = square + 2, -(-target.width // square)
    rows = (share.rows[0] // square, -(-share.rows[1] // square))
    _, count, inputs, block = blocks.shape
    outputs = count * block
    calls: list[Call] = []
    for tile in tiles(Share(share.images, rows, share.channels), wide, squares):
        slab, copying = slab_of(source, tile, before, square, wide, scratch)
        calls += copying
        first = scratch.take(0, *slab.shape)
        image, row, place, _ = first.strides
        gathered = strided(
            first,
            (side, side, tile.number, tile.height, wide, inputs),
            (place, inputs * 4, image, row, square * inputs * 4, 4),
        )
        number = tile.number * tile.height * wide
        values = scratch.take(1, side, side, number * inputs)
        turned = scratch.take(2, side, side, number * inputs)
        made = scratch.take(1, side * side, number, outputs)
        halves = scratch.take(2, side, square, number * outputs)
        results = scratch.take(1, square, square, number * outputs)
        left = turned.reshape(side * side, 1, number, inputs)
        split = made.reshape(side * side, number, count, block).transpose(0, 2, 1, 3)
        calls += [
            partial(np.matmul, transform, slab, first),
            partial(np.copyto, values.reshape(gathered.shape), gathered),
            partial(np.matmul, transform, values, turned),
            partial(np.matmul, left, blocks, split),
        ]
        if bias is not None:
            constant = made[side + 1]  # it is added, as it is, to every result of a square
            calls.append(partial(np.add, constant, bias, constant))
        calls += [
            partial(np.matmul, combine, made.reshape(side, side, -1), halves),
            partial(np.matmul, combine, halves.transpose(1, 0, 2), results.transpose(1, 0, 2)),
        ]
        shape = (square, square, tile.number, tile.height, wide, outputs)
        calls += scatter(results.reshape(shape), target, tile, share.channels, then, scratch)
    return calls


def slab_of(
    source: Maps, tile: Tile, before: tuple[int, int], square: int, wide: int, scratch: Scratch
) -> tuple[Array, list[Call]]:
    """View what a tile's squares see: images x rows of squares x (square + 2) x a row's values.

    Where the channels are a slice of a buffer's they are copied first.
    """
    around = source.around(*before)[slice(*tile.images), tile.rows[0] * square :]
    columns = wide * square + 2
    calls: list[Call] = []
    if around.strides[2] != source.channels * 4:
        seen = around[:, : tile.height * square + 2, :columns]
        copied = scratch.take(3, *seen.shape)
        calls.append(partial(np.copyto, copied, seen))
        around = copied
    image, row = around.strides[:2]
    shape = (tile.number, tile.height, square + 2, columns * source.channels)
    return strided(around, shape, (image, square * row, row, 4)), calls


def scatter(
    results: Array,
    target: Maps,
    tile: Tile,
    channels: tuple[int, int],
    then: Then,
    scratch: Scratch,
) -> list[Call]:
    """Finish squares and write them to the maps, those at the edges in part.

    results: square x square x images x rows x columns of squares x channels.
    """
    square, _, count, high, wide, outputs = results.shape
    top = tile.rows[0]
    whole_rows = min(tile.rows[1], target.height // square) - top
    whole_columns = target.width // square
    rest_high, rest_wide = target.height % square, target.width % square
    bands = [(0, max(whole_rows, 0), square), (max(whole_rows, 0), high, rest_high)]
    strips = [(0, whole_columns, square), (whole_columns, wide, rest_wide)]
    calls: list[Call] = []
    for first, last, inner_high in bands:
        for start, end, inner_wide in strips:
            if first >= last or start >= end:
                continue

            shape = (inner_high, inner_wide, count, last - first, end - start, outputs)
            corner = ((top + first) * square, start * square)
            look = partial(squares_of, tile.images, channels, shape, corner, square)
            part = results[:inner_high, :inner_wide, :, first:last, start:end]
            calls += finishing(part, look(target), then(look), scratch)
    return calls


def squares_of(
    images: tuple[int, int],
    channels: tuple[int, int],
    shape: tuple[int, ...],
    corner: tuple[int, int],
    square: int,
    maps: Maps,
) -> Array:
    """View maps as places of a square x images x rows x columns of squares x channels."""
    inner = maps.inner[slice(*images), corner[0] :, corner[1] :, slice(*channels)]
    image, row, pixel, unit = inner.strides
    return strided(inner, shape, (row, pixel, image, square * row, square * pixel, unit))
