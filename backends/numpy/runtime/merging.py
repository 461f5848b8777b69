"""Merges of branches; ADD and MUL are NumPy's own + and *."""

import numpy as np

from backends.numpy.kernels.types import Array


def concat(*branches: Array) -> Array:
    """Put the channels of N x C or N x C x H x W values one after another."""
    return np.concatenate(branches, axis=1)


def maximum(*branches: Array) -> Array:
    """Take the largest of the branches, value by value (Goodfellow et al., "Maxout", 2013)."""
    result: Array = np.maximum(branches[0], branches[1])
    for branch in branches[2:]:
        np.maximum(result, branch, out=result)
    return result
