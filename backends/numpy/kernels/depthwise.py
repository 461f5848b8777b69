"""Depthwise convolution: every channel has filters of its own."""

import numpy as np

from backends.numpy.kernels.pad import pad
from backends.numpy.kernels.types import Array
from backends.numpy.kernels.windows import windows

CHANNEL_BYTES = 2**19


def depthwise_conv2d(
    x: Array,
    weight: Array,
    bias: Array | None,
    *,
    stride: tuple[int, int] = (1, 1),
    padding: tuple[int, int, int, int] = (0, 0, 0, 0),
    dilation: tuple[int, int] = (1, 1),
) -> Array:
    """Convolve each of C maps with its own m filters: N x C x H x W into N x C*m x OH x OW.

    weight is C*m x 1 x kh x kw, the m filters of a channel next to each other; bias holds C*m
    values, or is None; padding is (top, bottom, left, right). As torch.nn.functional.conv2d with
    groups = C (Howard et al., "MobileNets", 2017).

    The windows of a channel are the columns of a matrix, kh*kw x pixels, that its m x kh*kw
    filters multiply. So many channels are done at a time as fit in CHANNEL_BYTES, about what a
    core's cache holds.
    """
    outputs, _, *kernel = weight.shape
    seen = windows(pad(x, padding), (kernel[0], kernel[1]), stride, dilation)
    n, c, h, w = seen.shape[:4]
    taps = kernel[0] * kernel[1]
    filters = weight.reshape(c, outputs // c, taps)
    result = np.empty((n, c, outputs // c, h * w), np.float32)
    block = max(1, min(c, CHANNEL_BYTES // (4 * taps * h * w)))
    columns = np.empty((block, *kernel, h, w), np.float32)
    for image in range(n):
        for first in range(0, c, block):
            channels = slice(first, min(first + block, c))
            column = columns[: channels.stop - first]
            np.copyto(column, seen[image, channels].transpose(0, 3, 4, 1, 2))
            np.matmul(
                filters[channels], column.reshape(-1, taps, h * w), out=result[image, channels]
            )
    if bias is not None:
        result += bias.reshape(c, -1, 1)
    return result.reshape(n, outputs, h, w)
