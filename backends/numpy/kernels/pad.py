"""Padding of feature maps."""

import numpy as np

from backends.numpy.kernels.types import Array


def pad(x: Array, sides: tuple[int, int, int, int], value: float = 0.0) -> Array:
    """Surround N x C x H x W maps by (top, bottom, left, right) rows and columns of one value.

    The result is N x C x H+top+bottom x W+left+right, and x itself (no copy) where no side is
    padded. As torch.nn.functional.pad(mode="constant"), which orders the sides otherwise.
    """
    if not any(sides):
        return x
    top, bottom, left, right = sides
    n, c, h, w = x.shape
    padded = np.full((n, c, top + h + bottom, left + w + right), value, np.float32)
    padded[:, :, top : top + h, left : left + w] = x
    return padded
