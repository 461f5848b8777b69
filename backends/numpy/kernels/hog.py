"""Histograms of oriented gradients."""

import numpy as np
from numpy.lib.stride_tricks import sliding_window_view

from backends.numpy.kernels.types import Array


def hog(x: Array, *, cell: tuple[int, int], block: tuple[int, int], bins: int) -> Array:
    """Describe N x C x H x W maps by the directions of their edges (Dalal and Triggs, 2005).

    The result is N x K x BH x BW with BH = H // cell[0] - block[0] + 1: for each block of cells its
    K = block[0] * block[1] * bins numbers, in the order row, column, bin. As
    skimage.feature.hog(block_norm="L2-Hys").
    """
    histograms = cell_histograms(*strongest_gradient(x), cell, bins)
    seen = sliding_window_view(histograms, block, axis=(2, 3))
    n, _, high, wide = seen.shape[:4]
    values = seen.transpose(0, 4, 5, 1, 2, 3).reshape(n, -1, high, wide)
    clipped = np.minimum(unit_length(values), 0.2)
    return unit_length(clipped).astype(np.float32)


def strongest_gradient(x: Array) -> tuple[Array, Array]:
    """Give the gradient along rows and along columns of the channel where it is longest.

    x[i + 1] - x[i - 1], and 0 at the border: two N x H x W arrays.
    """
    down, along = np.zeros_like(x), np.zeros_like(x)
    down[:, :, 1:-1] = x[:, :, 2:] - x[:, :, :-2]
    along[..., 1:-1] = x[..., 2:] - x[..., :-2]
    strongest = np.hypot(down, along).argmax(axis=1)[:, np.newaxis]
    return (
        np.take_along_axis(down, strongest, 1)[:, 0],
        np.take_along_axis(along, strongest, 1)[:, 0],
    )


def cell_histograms(down: Array, along: Array, cell: tuple[int, int], bins: int) -> Array:
    """Let each pixel vote with the length of its gradient for its direction, from 0 to 180 degrees.

    N x H x W gradients become N x bins x H // cell[0] x W // cell[1] mean votes of a cell. A
    direction stands in one bin alone, and directions are compared in float64, as scikit-image does.
    """
    n, h, w = down.shape
    high, wide = h // cell[0], w // cell[1]
    degrees = np.rad2deg(np.arctan2(down, along, dtype=np.float64)) % 180.0
    lengths = np.hypot(down, along)
    edges = (180.0 / bins * np.arange(bins + 1)).astype(np.float32)
    result = np.empty((n, bins, high, wide), np.float32)
    for number in range(bins):
        inside = (degrees >= edges[number]) & (degrees < edges[number + 1])
        votes = np.where(inside, lengths, 0.0)[:, : high * cell[0], : wide * cell[1]]
        cells = votes.reshape(n, high, cell[0], wide, cell[1])
        result[:, number] = cells.mean(axis=(2, 4))
    return result


def unit_length(blocks: Array) -> Array:
    """Divide N x K x H x W by the length of its K values, in which nothing counts as 1e-5."""
    lengths = np.sqrt(np.square(blocks).sum(axis=1, keepdims=True) + 1e-10)
    result: Array = blocks / lengths
    return result
