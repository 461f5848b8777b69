"""Global pooling: one value a map."""

from backends.numpy.kernels.types import Array


def global_avg_pool(x: Array) -> Array:
    """Take the mean of each map: N x C x H x W to N x C x 1 x 1 (Lin et al., 2013)."""
    mean: Array = x.mean(axis=(2, 3), keepdims=True)
    return mean


def global_max_pool(x: Array) -> Array:
    """Take the largest value of each map: N x C x H x W to N x C x 1 x 1."""
    largest: Array = x.max(axis=(2, 3), keepdims=True)
    return largest
