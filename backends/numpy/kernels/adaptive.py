"""Adaptive pooling: a given number of bins, whatever the size of the maps."""

import numpy as np

from backends.numpy.kernels.types import Array


def adaptive_avg_pool2d(x: Array, size: tuple[int, int]) -> Array:
    """Take the mean of each of OH x OW bins: N x C x H x W to N x C x OH x OW.

    As torch.nn.functional.adaptive_avg_pool2d; bins tells where a bin begins and ends.
    """
    rows = [x[:, :, start:end].mean(axis=2) for start, end in bins(x.shape[2], size[0])]
    maps = np.stack(rows, axis=2)
    columns = [maps[..., start:end].mean(axis=3) for start, end in bins(x.shape[3], size[1])]
    return np.stack(columns, axis=3)


def adaptive_max_pool2d(x: Array, size: tuple[int, int]) -> Array:
    """Take the largest value of each of OH x OW bins: N x C x H x W to N x C x OH x OW.

    As torch.nn.functional.adaptive_max_pool2d; bins tells where a bin begins and ends.
    """
    rows = [x[:, :, start:end].max(axis=2) for start, end in bins(x.shape[2], size[0])]
    maps = np.stack(rows, axis=2)
    columns = [maps[..., start:end].max(axis=3) for start, end in bins(x.shape[3], size[1])]
    return np.stack(columns, axis=3)


def bins(size: int, count: int) -> list[tuple[int, int]]:
    """Cut an axis into bins, each given by its start and its end.

    Bin number `at` goes from floor(at * size / count) to ceil((at + 1) * size / count): where count
    does not divide size, neighbours share a pixel; none is empty.
    """
    return [(at * size // count, -(-(at + 1) * size // count)) for at in range(count)]
