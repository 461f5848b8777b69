"""What all pooling shares: how many windows there are, and reducing each of them."""

import numpy as np

from backends.numpy.kernels.pad import pad
from backends.numpy.kernels.types import Array


def pooled_size(
    size: int, kernel: int, stride: int, dilation: int, near: int, far: int, ceil: bool
) -> int:
    """Count the windows along an axis of `size` pixels with near and far padding, as PyTorch does.

    A last window that does not fit is left out, or with ceil kept; but one that would start in
    the far padding, or beyond it, is never kept. Raises ValueError where no window fits.
    """
    room = size + near + far - dilation * (kernel - 1) - 1
    count = (-(-room // stride) if ceil else room // stride) + 1
    if count < 1:
        raise ValueError(f"a pooling window of {kernel} is larger than its padded maps of {size}")
    return count - 1 if ceil and (count - 1) * stride >= size + near else count


def pool_windows(
    x: Array,
    combine: np.ufunc,
    edge: float,
    kernel: tuple[int, int],
    stride: tuple[int, int],
    padding: tuple[int, int, int, int],
    dilation: tuple[int, int],
    ceil: bool,
) -> Array:
    """Reduce each window of N x C x H x W maps by a ufunc of two operands: N x C x OH x OW.

    padding is (top, bottom, left, right), filled with `edge`, which should be neutral for the
    ufunc. As a window is a rectangle, its rows are combined first and its columns afterwards:
    kh + kw operations a window in place of kh * kw.
    """
    top, bottom, left, right = padding
    (kh, kw), (down, along) = kernel, stride
    height = pooled_size(x.shape[2], kh, down, dilation[0], top, bottom, ceil)
    width = pooled_size(x.shape[3], kw, along, dilation[1], left, right, ceil)
    last_row = (height - 1) * down + dilation[0] * (kh - 1) + 1
    last_column = (width - 1) * along + dilation[1] * (kw - 1) + 1
    beyond = max(bottom, last_row - top - x.shape[2]), max(right, last_column - left - x.shape[3])
    x = pad(x, (top, beyond[0], left, beyond[1]), edge)
    taps = range(0, dilation[0] * kh, dilation[0])
    rows = combine_parts(
        [x[:, :, tap : tap + (height - 1) * down + 1 : down] for tap in taps], combine
    )
    taps = range(0, dilation[1] * kw, dilation[1])
    return combine_parts(
        [rows[..., tap : tap + (width - 1) * along + 1 : along] for tap in taps], combine
    )


def combine_parts(parts: list[Array], combine: np.ufunc) -> Array:
    """Combine arrays of one shape by a ufunc of two operands into a new array."""
    if len(parts) == 1:
        return parts[0].copy()
    result: Array = combine(parts[0], parts[1])
    for part in parts[2:]:
        combine(result, part, out=result)
    return result
