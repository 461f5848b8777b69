"""Contact sheets: the filters of a convolution, the maps of a layer."""

from __future__ import annotations

from math import ceil, sqrt

import numpy as np

from cnnc.imaging.photographs import Floats, Pixels
from cnnc.imaging.pictures import enlarged, factor

TILE = 48  # pixels of a tile's longer side, at the least
GAP = 2  # pixels between tiles
BETWEEN = (70, 110, 170)  # a blue, which no value in grey is


def filters_sheet(weights: Floats) -> Pixels:
    """Of O x I x kH x kW: a tile a filter in colour where I is 3, as Krizhevsky et al. (2012) show
    them, else a tile in grey for each of its I channels, a row a filter.

    One scale for all: grey is 0, black and white are the largest absolute value.
    """
    largest = float(np.abs(weights).max()) or 1.0
    unit = np.rint((weights / largest + 1) * 127.5).astype(np.uint8)
    filters, channels, high, wide = unit.shape
    if channels == 3:
        return sheet(unit.transpose(0, 2, 3, 1))
    columns = None if channels == 1 else channels
    return sheet(unit.reshape(filters * channels, high, wide, 1), columns)


def activations_sheet(maps: Floats) -> Pixels:
    """Of K x h x w: a tile a map. One scale for all: black is 0, or the least value where some are
    below it, white is the largest."""
    low, high = min(0.0, float(maps.min())), float(maps.max())
    unit = (maps - low) / (high - low) if high > low else np.zeros_like(maps)
    return sheet(np.rint(unit * 255).astype(np.uint8)[..., None])


def sheet(tiles: Pixels, columns: int | None = None) -> Pixels:
    """N x h x w x (1 or 3) side by side, row by row; nearly a square unless told otherwise."""
    number = len(tiles)
    columns = columns or ceil(sqrt(number))
    times = factor(tiles.shape[1:3], TILE)
    high, wide = tiles.shape[1] * times + GAP, tiles.shape[2] * times + GAP
    page = np.empty((ceil(number / columns) * high + GAP, columns * wide + GAP, 3), np.uint8)
    page[:] = BETWEEN
    for index, tile in enumerate(tiles):
        top, left = index // columns * high + GAP, index % columns * wide + GAP
        page[top : top + high - GAP, left : left + wide - GAP] = enlarged(tile, times)
    return page
