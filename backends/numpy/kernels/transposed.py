"""Transposed convolution: the gradient of a convolution, used to make maps larger."""

import numpy as np

from backends.numpy.kernels.types import Array


def conv_transpose2d(
    x: Array,
    weight: Array,
    bias: Array | None,
    *,
    stride: tuple[int, int] = (1, 1),
    padding: tuple[int, int] = (0, 0),
    output_padding: tuple[int, int] = (0, 0),
    groups: int = 1,
) -> Array:
    """Spread N x C x H x W maps by C x O/groups x kh x kw filters into N x O x OH x OW.

    As torch.nn.functional.conv_transpose2d: OH = (H - 1) * stride - 2 * padding + kh +
    output_padding. bias holds O values, or is None. Every pixel becomes a kh x kw patch of each
    output map (one matrix product an image); patches lie stride apart and are added where they
    overlap; padding cuts the edges off (Dumoulin and Visin, "A guide to convolution arithmetic for
    deep learning", 2016).
    """
    n, c, h, w = x.shape
    kh, kw = weight.shape[2:]
    outputs = groups * weight.shape[1]
    filters = weight.reshape(groups, c // groups, -1).transpose(0, 2, 1)
    pixels = x.reshape(n, groups, c // groups, h * w)
    tall = (h - 1) * stride[0] + kh + output_padding[0]
    wide = (w - 1) * stride[1] + kw + output_padding[1]
    canvas = np.zeros((n, outputs, tall, wide), np.float32)
    for image in range(n):
        patches = np.matmul(filters, pixels[image]).reshape(outputs, kh, kw, h, w)
        for row in range(kh):
            rows = slice(row, row + (h - 1) * stride[0] + 1, stride[0])
            for column in range(kw):
                columns = slice(column, column + (w - 1) * stride[1] + 1, stride[1])
                canvas[image, :, rows, columns] += patches[:, row, column]
    if bias is not None:
        canvas += bias[:, np.newaxis, np.newaxis]
    top, left = padding
    return canvas[:, :, top : tall - top, left : wide - left]
