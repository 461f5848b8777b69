"""Folding of normalisation into the layer beside it, once, when weights are loaded."""

import numpy as np

from backends.numpy.kernels.types import Array


def fold_batch_norm(
    weight: Array,
    bias: Array | None,
    scale: Array,
    shift: Array,
    *,
    channel_axis: int,
    groups: int = 1,
) -> tuple[Array, Array]:
    """Give the weight and bias of one layer that does layer(x) * scale + shift.

    scale and shift hold a value for each of O output channels (batch_norm_terms makes them).
    channel_axis is where the weight has its output channels: 0 in a convolution (O x C/groups x kh
    x kw) or a fully connected layer (O x C), 1 in a transposed convolution (C x O/groups x kh x
    kw), where rows of group g hold channels g * O/groups and on. bias = None stands for zeros.
    w' = w * scale and b' = b * scale + shift, in float64, rounded to float32.
    """
    wide = scale.astype(np.float64)
    if channel_axis == 0:
        factors = wide.reshape(-1, *(1,) * (weight.ndim - 1))
        scaled = weight * factors
    else:
        factors = wide.reshape(groups, 1, -1, *(1,) * (weight.ndim - 2))
        scaled = weight.reshape(groups, -1, *weight.shape[1:]) * factors
    offset = shift if bias is None else bias * wide + shift
    return scaled.astype(np.float32).reshape(weight.shape), offset.astype(np.float32)


def fold_norm_before(
    weight: Array, bias: Array | None, scale: Array, shift: Array, *, groups: int = 1
) -> tuple[Array, Array]:
    """Give the weight and bias of one layer that does layer(x * scale + shift).

    scale and shift hold a value for each of C input channels. weight is O x C/groups x kh x kw of a
    convolution without padding, or O x C*h*w of a fully connected layer. bias = None stands for
    zeros. w' = w * scale and b' = b + sum of w * shift, in float64, rounded to float32.
    """
    inputs = len(scale) // groups
    wide = weight.astype(np.float64).reshape(groups, len(weight) // groups, inputs, -1)
    offset = (wide * shift.reshape(groups, 1, inputs, 1)).sum((2, 3)).reshape(-1)
    if bias is not None:
        offset += bias
    scaled = wide * scale.reshape(groups, 1, inputs, 1)
    return scaled.astype(np.float32).reshape(weight.shape), offset.astype(np.float32)
