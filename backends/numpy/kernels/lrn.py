"""Local response normalisation."""

import numpy as np

from backends.numpy.kernels.types import Array


def local_response_norm(x: Array, *, size: int, alpha: float, beta: float, k: float) -> Array:
    """Divide N x C or N x C x H x W by (k + alpha / size * sum(x**2)) ** beta.

    The sum is over a window of `size` channels: size // 2 before, the value's own, and
    (size - 1) // 2 after. As torch.nn.functional.local_response_norm; AlexNet's paper
    (Krizhevsky et al., 2012) does not divide alpha by size.
    """
    channels = x.shape[1]
    squares = x * x
    sums = squares.copy()
    for distance in range(1, min(size // 2, channels - 1) + 1):
        sums[:, distance:] += squares[:, :-distance]
    for distance in range(1, min((size - 1) // 2, channels - 1) + 1):
        sums[:, :-distance] += squares[:, distance:]
    sums *= alpha / size
    sums += k
    np.power(sums, -beta, out=sums)
    sums *= x
    return sums
