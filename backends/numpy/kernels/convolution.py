"""Convolution as matrix multiplication (im2col)."""

import numpy as np

from backends.numpy.kernels.depthwise import depthwise_conv2d
from backends.numpy.kernels.pad import pad
from backends.numpy.kernels.types import Array
from backends.numpy.kernels.windows import windows

COLUMN_BYTES = 4 * 2**20


def conv2d(
    x: Array,
    weight: Array,
    bias: Array | None,
    *,
    stride: tuple[int, int] = (1, 1),
    padding: tuple[int, int, int, int] = (0, 0, 0, 0),
    dilation: tuple[int, int] = (1, 1),
    groups: int = 1,
) -> Array:
    """Convolve N x C x H x W maps with O x C/groups x kh x kw filters into N x O x OH x OW.

    As torch.nn.functional.conv2d (a cross-correlation: filters are not flipped), but with one
    padding a side: (top, bottom, left, right). bias holds O values, or is None.

    Each window is copied into a column, so that all filters at all pixels are one matrix product,
    groups x O/groups x K by groups x K x pixels with K = C/groups * kh * kw (Chellapilla, Puri and
    Simard, "High Performance Convolutional Neural Networks for Document Processing", 2006). The
    columns repeat each pixel kh * kw times: only a band of rows that takes about COLUMN_BYTES is
    made at a time. A 1x1 filter needs no columns: the maps are the matrix.
    """
    outputs, _, *kernel = weight.shape
    if groups == x.shape[1] and groups > 1:
        return depthwise_conv2d(x, weight, bias, stride=stride, padding=padding, dilation=dilation)
    x = pad(x, padding)
    if groups == 1 and kernel == [1, 1]:
        return pointwise_conv2d(x[:, :, :: stride[0], :: stride[1]], weight, bias)

    seen = windows(x, (kernel[0], kernel[1]), stride, dilation)
    n, c, h, w = seen.shape[:4]
    depth = c // groups * kernel[0] * kernel[1]
    filters = weight.reshape(groups, outputs // groups, depth)
    result = np.empty((n, groups, outputs // groups, h * w), np.float32)
    rows = max(1, min(h, COLUMN_BYTES // (4 * groups * depth * w)))
    columns = np.empty(groups * depth * rows * w, np.float32)
    for image in range(n):
        for top in range(0, h, rows):
            band = seen[image, :, top : top + rows].transpose(0, 3, 4, 1, 2)
            column = columns[: band.size].reshape(band.shape)
            np.copyto(column, band)
            pixels = result[image, :, :, top * w : (top + rows) * w]
            np.matmul(filters, column.reshape(groups, depth, -1), out=pixels)
            if bias is not None:
                pixels += bias.reshape(groups, -1, 1)
    return result.reshape(n, outputs, h, w)


def pointwise_conv2d(x: Array, weight: Array, bias: Array | None) -> Array:
    """Convolve N x C x H x W maps with O x C x 1 x 1 filters: one matrix product an image.

    (Lin, Chen and Yan, "Network In Network", 2013.)
    """
    n, c, h, w = x.shape
    outputs = len(weight)
    result: Array = np.matmul(weight.reshape(outputs, c), x.reshape(n, c, h * w))
    if bias is not None:
        result += bias[:, np.newaxis]
    return result.reshape(n, outputs, h, w)
