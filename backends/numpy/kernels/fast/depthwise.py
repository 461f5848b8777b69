"""Depthwise convolution as sums of products of rows."""

from dataclasses import dataclass
from functools import partial

import numpy as np

from backends.numpy.kernels.fast.calls import Call
from backends.numpy.kernels.fast.columns import RESULTS, windows_of
from backends.numpy.kernels.fast.finishing import Then, finishing
from backends.numpy.kernels.fast.maps import Maps, Share
from backends.numpy.kernels.fast.scratch import Scratch
from backends.numpy.kernels.fast.tiles import Tile, part_of, strided, tiles
from backends.numpy.kernels.types import Array

TILE = 65_536  # values of a tile, 256 KB
RUN = 4_096  # values of a row that are taken at once


@dataclass(frozen=True, slots=True)
class TapOrder:
    """The order of one filter a channel: C x 1 x kh x kw becomes kh x kw x C."""

    def pack(self, weight: Array) -> Array:
        return np.ascontiguousarray(weight[:, 0].transpose(1, 2, 0))

    def unpack(self, packed: Array, shape: tuple[int, ...]) -> Array:
        return packed.transpose(2, 0, 1).reshape(shape)


def convolve_depthwise(
    source: Maps,
    target: Maps,
    filters: Array,
    *,
    stride: tuple[int, int],
    before: tuple[int, int],
    dilation: tuple[int, int],
    share: Share,
    then: Then,
    scratch: Scratch,
) -> list[Call]:
    """The calls that convolve each of C maps with its own filter; filters is kh x kw x C.

    np.einsum multiplies and adds without a sum in between. With stride 1 the pixels of a row are
    one run, with filters repeated along it (Howard et al., "MobileNets", 2017).
    """
    kernel = (filters.shape[0], filters.shape[1])
    channels = slice(*share.channels)
    own = np.ascontiguousarray(filters[..., channels])
    part = Maps(source.buffer, source.halo, source.channel + share.channels[0], own.shape[2])
    calls: list[Call] = []
    for tile in tiles(share, target.width, max(1, TILE // own.shape[2])):
        look = partial(part_of, tile, share.channels)
        out = look(target)
        made = scratch.take(RESULTS, *out.shape)
        for image in range(tile.number):
            alone = Tile((tile.images[0] + image, tile.images[0] + image + 1), tile.rows)
            seen = windows_of(part, alone, target.width, kernel, stride, before, dilation)[0]
            calls += sums_of(seen, own, made[image])
        calls += finishing(made, out, then(look), scratch)
    return calls


def sums_of(seen: Array, filters: Array, made: Array) -> list[Call]:
    """Multiply rows x width x kh x kw x C windows by kh x kw x C filters, for rows x width x C."""
    rows, width, high, wide, channels = seen.shape
    row, pixel, down, right, unit = seen.strides
    if pixel != channels * unit:
        windows = seen.transpose(0, 2, 3, 1, 4)
        return [partial(np.einsum, "hrswc,rsc->hwc", windows, filters, out=made)]
    length = width * channels
    runs = strided(seen, (rows, high, wide, length), (row, down, right, unit))
    repeated = np.tile(filters, width)
    flat = made.reshape(rows, length)
    step = -(-length // max(1, length // RUN))
    step = -(-step // 16) * 16
    return [
        partial(
            np.einsum,
            "hrsn,rsn->hn",
            runs[..., start : start + step],
            np.ascontiguousarray(repeated[..., start : start + step]),
            out=flat[:, start : start + step],
        )
        for start in range(0, length, step)
    ]
