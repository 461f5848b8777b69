"""Fully connected layers."""

from collections.abc import Iterator
from dataclasses import dataclass
from functools import partial

import numpy as np

from backends.numpy.kernels.fast.calls import Call
from backends.numpy.kernels.fast.finishing import Then, finishing
from backends.numpy.kernels.fast.maps import Maps, Share
from backends.numpy.kernels.fast.products import SMALL
from backends.numpy.kernels.fast.scratch import Scratch
from backends.numpy.kernels.fast.tiles import Tile, part_of, strided
from backends.numpy.kernels.types import Array

# Of the small products by which a batch is multiplied: inputs and outputs.
DEPTH = 1024
BLOCK = 32


@dataclass(frozen=True, slots=True)
class PixelOrder:
    """The order of a matrix whose inputs are maps: O x (C, H, W) becomes O x (H, W, C)."""

    height: int
    width: int

    def pack(self, weight: Array) -> Array:
        outputs = len(weight)
        maps = weight.reshape(outputs, -1, self.height, self.width)
        return np.ascontiguousarray(maps.transpose(0, 2, 3, 1)).reshape(outputs, -1)

    def unpack(self, packed: Array, shape: tuple[int, ...]) -> Array:
        pixels = packed.reshape(len(packed), self.height, self.width, -1)
        return pixels.transpose(0, 3, 1, 2).reshape(shape)


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

    weight is O x I, for the share's O, whatever the batch is: for one image memory's speed bounds
    it; few are multiplied by parts of it which OpenBLAS need not pack; many by all of it.
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
    elif images * DEPTH * BLOCK > SMALL:
        calls.append(partial(np.matmul, left, weight.T, made))
    else:
        calls += multiply_few(left, weight, made, scratch)
    return calls + finishing(made.reshape(out.shape), out, then(look), scratch)


def multiply_few(left: Array, weight: Array, made: Array, scratch: Scratch) -> list[Call]:
    """Multiply images x I by O x I, in products of DEPTH inputs and BLOCK outputs, and their rests.

    The parts of I are added up at the end.
    """
    images, inputs = left.shape
    outputs = len(weight)
    parts = -(-inputs // DEPTH)
    sums = scratch.take(2, parts, images, outputs) if parts > 1 else made[np.newaxis]
    away, row = left.strides[0], weight.strides[0]
    calls: list[Call] = []
    for first, depth, deep in cut_evenly(inputs, DEPTH):
        values = strided(left[:, first:], (deep, 1, images, depth), (depth * 4, 0, away, 4))
        for start, block, wide in cut_evenly(outputs, BLOCK):
            matrices = strided(
                weight[start:, first:],
                (deep, wide, depth, block),
                (depth * 4, block * row, 4, row),
            )
            results = strided(
                sums[first // DEPTH :, :, start:],
                (deep, wide, images, block),
                (sums.strides[0], block * 4, sums.strides[1], 4),
            )
            calls.append(partial(np.matmul, values, matrices, results))
    if parts > 1:
        calls.append(partial(np.add.reduce, sums, 0, None, made))
    return calls


def cut_evenly(length: int, size: int) -> Iterator[tuple[int, int, int]]:
    """Where parts begin, how long each is and how many they are: whole ones, then a rest."""
    whole, rest = divmod(length, size)
    if whole:
        yield 0, size, whole
    if rest:
        yield whole * size, rest, 1
