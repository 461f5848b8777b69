"""Fully connected layers."""

from functools import partial

import numpy as np

from backends.numpy.kernels.fast.calls import Call
from backends.numpy.kernels.fast.finishing import Then, finishing
from backends.numpy.kernels.fast.maps import Maps, Share
from backends.numpy.kernels.fast.products import products
from backends.numpy.kernels.fast.scratch import Scratch
from backends.numpy.kernels.fast.tiles import Tile, part_of, strided
from backends.numpy.kernels.types import Array

# Of the small products by which a batch is multiplied.
DEPTH = 512
BLOCK = 64


def order_columns(weight: Array, height: int, width: int) -> Array:
    """O x (C, H, W) as O x (H, W, C), as maps lie; the same where they are 1 x 1."""
    if height * width == 1:
        return weight
    outputs = len(weight)
    cut = weight.reshape(outputs, -1, height, width).transpose(0, 2, 3, 1)
    return np.ascontiguousarray(cut).reshape(outputs, -1)


def pack_dense(weight: Array) -> Array:
    """O x I for a batch: parts x O/BLOCK x DEPTH x BLOCK where that divides, else I x O."""
    outputs, inputs = weight.shape
    if inputs % DEPTH or outputs % BLOCK:
        return np.ascontiguousarray(weight.T)
    cut = weight.reshape(outputs // BLOCK, BLOCK, inputs // DEPTH, DEPTH)
    return np.ascontiguousarray(cut.transpose(2, 0, 3, 1))


def multiply_dense(
    source: Maps,
    target: Maps,
    weight: Array,
    *,
    share: Share,
    then: Then,
    scratch: Scratch,
) -> list[Call]:
    """The calls that multiply all values of each image by a matrix; target is N x 1 x 1 x O.

    weight has the share's rows of O: O x I for one image, which memory's speed bounds, else as
    pack_dense makes it.
    """
    look = partial(part_of, Tile(share.images, (0, 1)), share.channels)
    given, out = source.inner[slice(*share.images)], look(target)
    images, outputs = len(given), out.shape[3]
    calls: list[Call] = []
    size = given[0].size
    if given[0].flags.c_contiguous:
        left = strided(given, (images, size), (given.strides[0], 4))
    else:
        left = scratch.take(0, images, size)
        calls.append(partial(np.copyto, left.reshape(given.shape), given))
    made = scratch.take(1, images, outputs)
    if images == 1:
        calls.append(partial(np.matmul, weight, left[0], made[0]))
    elif weight.ndim == 2:
        calls.append(partial(np.matmul, left, weight, made))
    else:
        parts = len(weight)
        cut = strided(left, (parts, images, DEPTH), (DEPTH * 4, left.strides[0], 4))
        sums = scratch.take(2, parts, images, outputs)
        calls += products(cut, weight, sums, images)
        calls.append(partial(np.add.reduce, sums, 0, None, made))
    return calls + finishing(made.reshape(out.shape), out, then(look), scratch)
