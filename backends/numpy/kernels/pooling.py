"""Pooling: the largest, smallest or mean value of each window."""

import numpy as np

from backends.numpy.kernels.pooled import pool_windows
from backends.numpy.kernels.types import Array


def max_pool2d(
    x: Array,
    *,
    kernel: tuple[int, int],
    stride: tuple[int, int],
    padding: tuple[int, int, int, int] = (0, 0, 0, 0),
    dilation: tuple[int, int] = (1, 1),
    ceil: bool = False,
) -> Array:
    """Take the largest value of each window: N x C x H x W to N x C x OH x OW.

    As torch.nn.functional.max_pool2d (padding never wins), but with one padding a side: (top,
    bottom, left, right). pooled_size tells OH, OW and what ceil does.
    """
    return pool_windows(x, np.maximum, -np.inf, kernel, stride, padding, dilation, ceil)


def min_pool2d(
    x: Array,
    *,
    kernel: tuple[int, int],
    stride: tuple[int, int],
    padding: tuple[int, int, int, int] = (0, 0, 0, 0),
    dilation: tuple[int, int] = (1, 1),
    ceil: bool = False,
) -> Array:
    """Take the smallest value of each window, otherwise as max_pool2d."""
    return pool_windows(x, np.minimum, np.inf, kernel, stride, padding, dilation, ceil)


def avg_pool2d(
    x: Array,
    *,
    kernel: tuple[int, int],
    stride: tuple[int, int],
    padding: tuple[int, int, int, int] = (0, 0, 0, 0),
    ceil: bool = False,
    count_pad: bool = True,
) -> Array:
    """Take the mean of each window: N x C x H x W to N x C x OH x OW.

    As torch.nn.functional.avg_pool2d, but with one padding a side: (top, bottom, left, right).
    With count_pad (count_include_pad) the zeros of the padding count as values, but never what
    ceil adds beyond it; without, the mean is over the pixels of x alone.
    """
    top, bottom, left, right = padding
    sums = pool_windows(x, np.add, 0.0, kernel, stride, padding, (1, 1), ceil)
    rows = pooled_counts(x.shape[2], kernel[0], stride[0], top, bottom, sums.shape[2], count_pad)
    columns = pooled_counts(x.shape[3], kernel[1], stride[1], left, right, sums.shape[3], count_pad)
    sums /= np.outer(rows, columns).astype(np.float32)
    return sums


def pooled_counts(
    size: int, kernel: int, stride: int, near: int, far: int, count: int, count_pad: bool
) -> list[int]:
    """Count the positions of each window along an axis that a mean divides by."""
    first, end = (-near, size + far) if count_pad else (0, size)
    starts = range(-near, -near + count * stride, stride)
    return [min(start + kernel, end) - max(start, first) for start in starts]
