"""Normalisation by the statistics of the value itself: of positions, groups, channels."""

import math

import numpy as np

from backends.numpy.kernels.types import Array


def layer_norm(x: Array, weight: Array | None, bias: Array | None, *, eps: float) -> Array:
    """Normalise N x C or N x C x H x W over its C channels at each position.

    (x - mean) / sqrt(var + eps) * weight + bias, as torch.nn.LayerNorm of C channels (Ba, Kiros and
    Hinton, "Layer Normalization", 2016). weight and bias hold C values, or both are None.
    """
    result = normalized(x, (1,), eps)
    return result if weight is None or bias is None else scaled_shifted(result, weight, bias)


def group_norm(
    x: Array, weight: Array | None, bias: Array | None, *, groups: int, eps: float
) -> Array:
    """Normalise N x C or N x C x H x W over all values of each of its groups of C/groups channels.

    As torch.nn.GroupNorm (Wu and He, "Group Normalization", 2018); with C groups it is
    torch.nn.InstanceNorm2d (Ulyanov, Vedaldi and Lempitsky, 2016). weight and bias hold C values,
    or both are None. Raises ValueError where a group is one value, which would become 0.
    """
    parts = x.reshape(len(x), groups, math.prod(x.shape[1:]) // groups)
    if parts.shape[2] == 1:
        raise ValueError("one value cannot be normalised by itself: the maps are too small")
    result = normalized(parts, (2,), eps).reshape(x.shape)
    return result if weight is None or bias is None else scaled_shifted(result, weight, bias)


def normalized(x: Array, axes: tuple[int, ...], eps: float) -> Array:
    """Give x mean 0 and variance 1 along some axes; eps is added to the variance."""
    result: Array = x - x.mean(axis=axes, keepdims=True)
    variance = np.square(result).mean(axis=axes, keepdims=True)
    result /= np.sqrt(variance + np.float32(eps))
    return result


def scaled_shifted(x: Array, scale: Array, shift: Array) -> Array:
    """Multiply each channel of x by its scale and add its shift, in x itself."""
    channels = (-1,) + (1,) * (x.ndim - 2)
    x *= scale.reshape(channels)
    x += shift.reshape(channels)
    return x


def scale_channels(x: Array, scale: Array) -> Array:
    """Multiply each channel of N x C or N x C x H x W by its factor."""
    return x * scale.reshape((-1,) + (1,) * (x.ndim - 2))
