"""Batch normalisation at inference."""

import numpy as np

from backends.numpy.kernels.types import Array


def batch_norm_terms(
    mean: Array, var: Array, gamma: Array | None, beta: Array | None, eps: float
) -> tuple[Array, Array]:
    """Turn statistics and parameters, C values each, into a scale and a shift of C values.

    (x - mean) / sqrt(var + eps) * gamma + beta is x * scale + shift (Ioffe and Szegedy, "Batch
    Normalization", 2015). gamma = None stands for ones, beta = None for zeros. Computed in
    float64, as it is done once, and rounded to float32.
    """
    scale = 1.0 / np.sqrt(var.astype(np.float64) + eps)
    if gamma is not None:
        scale *= gamma
    shift = -mean * scale
    if beta is not None:
        shift += beta
    return scale.astype(np.float32), shift.astype(np.float32)


def scale_shift(x: Array, scale: Array, shift: Array) -> Array:
    """Multiply each channel of N x C or N x C x H x W by its scale and add its shift."""
    channels = (-1,) + (1,) * (x.ndim - 2)
    result = x * scale.reshape(channels)
    result += shift.reshape(channels)
    return result


def normalize(x: Array, *, mean: tuple[float, ...], std: tuple[float, ...]) -> Array:
    """Do (x - mean) / std on N x C or N x C x H x W, one number a channel or one for all.

    As torchvision.transforms.functional.normalize.
    """
    channels = (-1,) + (1,) * (x.ndim - 2)
    result = x - np.array(mean, np.float32).reshape(channels)
    result /= np.array(std, np.float32).reshape(channels)
    return result
