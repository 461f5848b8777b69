"""Windows on maps: how many there are, and how far they reach beyond the edges."""

from collections.abc import Sequence

from backends.numpy.kernels.pooled import pooled_size
from backends.numpy.runtime.buffers import Halo
from backends.numpy.runtime.planner import Value


def window_counts(
    source: Value,
    kernel: Sequence[int],
    stride: Sequence[int],
    padding: Halo,
    dilation: Sequence[int],
) -> tuple[int, int]:
    """Rows and columns of windows. padding: (top, bottom, left, right)."""
    top, bottom, left, right = padding
    extents = [apart * (taps - 1) + 1 for taps, apart in zip(kernel, dilation, strict=True)]
    high = (source.height + top + bottom - extents[0]) // stride[0] + 1
    wide = (source.width + left + right - extents[1]) // stride[1] + 1
    return high, wide


def reached(
    source: Value,
    target: Value,
    kernel: Sequence[int],
    stride: Sequence[int],
    padding: Halo,
    dilation: Sequence[int],
) -> Halo:
    """The rows and columns around the source that windows see, even past what rounding leaves."""
    top, _, left, _ = padding
    extents = [apart * (taps - 1) + 1 for taps, apart in zip(kernel, dilation, strict=True)]
    bottom = (target.height - 1) * stride[0] + extents[0] - top - source.height
    right = (target.width - 1) * stride[1] + extents[1] - left - source.width
    return top, max(0, bottom), left, max(0, right)


def pooled(
    source: Value,
    kernel: Sequence[int],
    stride: Sequence[int],
    padding: Halo,
    ceil: bool,
) -> tuple[int, int]:
    """Rows and columns of a pooling; with ceil a last window may reach out."""
    top, bottom, left, right = padding
    high = pooled_size(source.height, kernel[0], stride[0], 1, top, bottom, ceil)
    wide = pooled_size(source.width, kernel[1], stride[1], 1, left, right, ceil)
    return high, wide
