"""The windows that a convolution sees."""

from numpy.lib.stride_tricks import sliding_window_view

from backends.numpy.kernels.types import Array


def windows(
    x: Array, kernel: tuple[int, int], stride: tuple[int, int], dilation: tuple[int, int]
) -> Array:
    """View N x C x H x W maps as N x C x OH x OW x kh x kw: one kh x kw window an output pixel.

    The view is read-only and copies nothing: overlapping windows share their pixels. Windows that
    would reach over the edge are left out, OH = (H - dilation * (kh - 1) - 1) // stride + 1.
    """
    extent = tuple(step * (taps - 1) + 1 for step, taps in zip(dilation, kernel, strict=True))
    view: Array = sliding_window_view(x, extent, axis=(2, 3))
    return view[:, :, :: stride[0], :: stride[1], :: dilation[0], :: dilation[1]]
