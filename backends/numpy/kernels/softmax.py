"""Softmax over the channels."""

import numpy as np

from backends.numpy.kernels.types import Array


def softmax(x: Array) -> Array:
    """exp(x) / sum(exp(x)) over axis 1 of N x C or N x C x H x W, as torch.softmax(x, dim=1)."""
    result: Array = np.exp(x - x.max(axis=1, keepdims=True))
    result /= result.sum(axis=1, keepdims=True)
    return result


def log_softmax(x: Array) -> Array:
    """The logarithm of softmax, exact where softmax itself is too small for float32."""
    shifted: Array = x - x.max(axis=1, keepdims=True)
    shifted -= np.log(np.exp(shifted).sum(axis=1, keepdims=True))
    return shifted
