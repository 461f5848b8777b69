"""Pooling of maps, rows before columns."""

from collections.abc import Sequence
from functools import partial

import numpy as np

from backends.numpy.kernels.fast.calls import Call
from backends.numpy.kernels.fast.finishing import Activation, Merge, Then, finishing
from backends.numpy.kernels.fast.maps import Maps, Share
from backends.numpy.kernels.fast.scratch import Scratch
from backends.numpy.kernels.fast.tiles import Tile, part_of, tiles
from backends.numpy.kernels.types import Array

POOLED = 65_536  # values of a tile


def pool_maps(
    source: Maps,
    target: Maps,
    function: np.ufunc,
    *,
    kernel: tuple[int, int],
    stride: tuple[int, int],
    before: tuple[int, int],
    empty: float,
    share: Share,
    then: Then,
    scratch: Scratch,
) -> list[Call]:
    """The calls that join each window's values by np.maximum, np.minimum or np.add.

    Windows end at the edge of the maps: what lies beyond is `empty`, which joins with nothing.
    """
    channels = share.channels[1] - share.channels[0]
    calls: list[Call] = []
    for tile in tiles(share, target.width, max(1, POOLED // channels)):
        look = partial(part_of, tile, share.channels)
        out = look(target)
        given = source.inner[slice(*tile.images), :, :, slice(*share.channels)]
        tall = scratch.take(0, tile.number, tile.height, source.width, channels)
        made = scratch.take(1, *out.shape)
        calls += joined(
            given, tall, function, 1, tile.rows[0], kernel[0], stride[0], before[0], empty
        )
        calls += joined(tall, made, function, 2, 0, kernel[1], stride[1], before[1], empty)
        calls += finishing(made, out, then(look), scratch)
    return calls


def joined(
    given: Array,
    made: Array,
    function: np.ufunc,
    axis: int,
    first: int,
    kernel: int,
    stride: int,
    before: int,
    empty: float,
) -> list[Call]:
    """Join `kernel` values along an axis, for each of the results from number `first` on."""
    length, count = given.shape[axis], made.shape[axis]
    inside = []  # for each tap, the results of which it lies on the maps
    for tap in range(kernel):
        offset = first * stride + tap - before
        start = max(0, -(offset // stride))
        end = min(count, (length - 1 - offset) // stride + 1)
        if start < end:
            inside.append((start, end, start * stride + offset))
    inside.sort(key=lambda each: (each[0], -each[1]))  # those of all results first
    taps = [
        (
            along(made, axis, start, end, 1),
            along(given, axis, low, low + (end - start - 1) * stride + 1, stride),
        )
        for start, end, low in inside
    ]
    calls: list[Call] = []
    if len(taps) > 1 and all(part.shape == made.shape for part, _ in taps[:2]):
        calls.append(partial(function, taps[0][1], taps[1][1], out=made))
        taps = taps[2:]
    else:
        calls.append(partial(np.copyto, made, np.float32(empty)))
    return calls + [partial(function, part, tap, out=part) for part, tap in taps]


def along(array: Array, axis: int, start: int, end: int, step: int) -> Array:
    """A slice along one axis."""
    index = [slice(None)] * array.ndim
    index[axis] = slice(start, end, step)
    return array[tuple(index)]


def whole_maps(
    source: Maps,
    target: Maps,
    function: np.ufunc,
    first: Sequence[Activation | Merge],
    share: Share,
    then: Then,
    scratch: Scratch,
) -> list[Call]:
    """The calls that join all values of an image's channel: over its rows, then over one row."""
    images, channels = slice(*share.images), slice(*share.channels)
    given = source.inner[images, :, :, channels]
    row = scratch.take(0, len(given), *given.shape[2:])
    made = scratch.take(1, len(given), 1, 1, given.shape[3])
    look = partial(part_of, Tile(share.images, (0, 1)), share.channels)
    own = [(each[0], each[1][channels]) if isinstance(each, tuple) else each for each in first]
    return [
        partial(function.reduce, given, 1, None, row),
        partial(function.reduce, row, 1, None, made[:, 0, 0]),
        *finishing(made, look(target), [*own, *then(look)], scratch),
    ]
