"""Normalisation of pixels by the statistics of their own channels."""

from functools import partial

import numpy as np

from backends.numpy.kernels.fast.calls import Call
from backends.numpy.kernels.fast.finishing import Activation, Merge, Then, finishing
from backends.numpy.kernels.fast.maps import Maps, Share
from backends.numpy.kernels.fast.scratch import Scratch
from backends.numpy.kernels.fast.tiles import part_of, tiles
from backends.numpy.kernels.types import Array

VALUES_OF_NORM = 32_768  # of a tile, so that all passes find it in the cache


def normalise_pixels(
    source: Maps,
    target: Maps,
    affine: tuple[Array, Array] | None,
    eps: float,
    *,
    share: Share,
    then: Then,
    scratch: Scratch,
) -> list[Call]:
    """The calls that give the channels of each pixel mean 0 and variance 1, then weight and bias.

    eps is added to the variance. affine: weight and bias, C values each.
    """
    channels = source.channels
    averages = np.full((channels, 1), 1 / channels, np.float32)
    pixels = max(1, min(VALUES_OF_NORM // channels, target.height * target.width))
    calls: list[Call] = []
    for tile in tiles(share, target.width, pixels):
        look = partial(part_of, tile, share.channels)
        seen, out = look(source), look(target)
        values = scratch.take(0, *seen.shape)
        mean = scratch.take(1, *seen.shape[:-1], 1)
        variance = scratch.take(2, *seen.shape[:-1], 1)
        calls += [
            partial(np.matmul, seen, averages, mean),
            partial(np.subtract, seen, mean, values),
            partial(np.einsum, "...c,...c->...", values, values, out=variance[..., 0]),
            partial(np.multiply, variance, np.float32(1 / channels), variance),
            partial(np.add, variance, np.float32(eps), variance),
            partial(np.sqrt, variance, variance),
            partial(np.divide, values, variance, values),
        ]
        scaled: list[Activation | Merge] = []
        if affine is not None:
            scaled = [(np.multiply, affine[0]), (np.add, affine[1])]
        calls += finishing(values, out, [*scaled, *then(look)], scratch)
    return calls
