"""Tiles: parts of a layer that are small enough for a core's cache."""

from collections.abc import Iterator
from typing import NamedTuple

import numpy as np

from backends.numpy.kernels.fast.maps import Maps, Share
from backends.numpy.kernels.types import Array


class Tile(NamedTuple):
    """Half-open ranges of images and rows; a tile has whole rows."""

    images: tuple[int, int]
    rows: tuple[int, int]

    @property
    def height(self) -> int:
        return self.rows[1] - self.rows[0]

    @property
    def number(self) -> int:
        """How many images."""
        return self.images[1] - self.images[0]


def tiles(share: Share, width: int, pixels: int, unit: int = 1) -> Iterator[Tile]:
    """Cut a share into tiles of about so many pixels: whole images, or bands of rows of one image.

    unit: bands begin at its multiples, counted from the share's first row.
    """
    (first, end), (top, bottom) = share.images, share.rows
    rows = bottom - top
    if rows * width <= pixels:
        step = pixels // (rows * width)
        for image in range(first, end, step):
            yield Tile((image, min(image + step, end)), share.rows)
        return
    units = -(-rows // unit)
    bands = -(-units // max(1, pixels // (width * unit)))
    height = -(-units // bands) * unit
    for image in range(first, end):
        for row in range(top, bottom, height):
            yield Tile((image, image + 1), (row, min(row + height, bottom)))


def part_of(tile: Tile, channels: tuple[int, int], maps: Maps) -> Array:
    """A tile's values: images x rows x width x channels."""
    return maps.inner[slice(*tile.images), slice(*tile.rows), :, slice(*channels)]


def strided(array: Array, shape: tuple[int, ...], strides: tuple[int, ...]) -> Array:
    """A view of other axes; it begins where the array does, and may look beyond its edges."""
    view: Array = np.lib.stride_tricks.as_strided(array, shape, strides)
    return view
