"""Matrix products as many small ones, which OpenBLAS multiplies without packing them first."""

from functools import partial

import numpy as np

from backends.numpy.kernels.fast.calls import Call
from backends.numpy.kernels.fast.tiles import strided
from backends.numpy.kernels.types import Array

# Up to so many multiply-adds OpenBLAS takes its kernel for small matrices (interface/gemm.c and
# kernel/x86_64/sgemm_small_kernel_permit_skylakex.c, version 0.3).
SMALL = 1_000_000
MOST_ROWS = 256


def pack_blocks(matrix: Array, block: int, parts: int = 1) -> Array:
    """Cut depth x columns into parts x columns/block x depth/parts x block, each side by side."""
    depth, columns = matrix.shape
    cut = matrix.reshape(parts, depth // parts, columns // block, block)
    return np.ascontiguousarray(cut.transpose(0, 2, 1, 3), np.float32)


def products(left: Array, blocks: Array, out: Array, rows: int) -> list[Call]:
    """Multiply runs x pixels x depth by parts x columns/block x depth x block.

    There is one part for all runs, or one for each. out: runs x pixels x columns. Each inner
    product has so many rows; the last of a run may have fewer.
    """
    pixels = left.shape[1]
    rows = min(rows, pixels)
    whole = pixels // rows
    calls: list[Call] = []
    for start, number, height in ((0, whole, rows), (whole * rows, 1, pixels % rows)):
        if height and number:
            first = cut_pixels(left[:, start:], number, height, 1)
            result = cut_pixels(out[:, start:], number, height, blocks.shape[1])
            calls.append(partial(np.matmul, first, blocks[:, np.newaxis], result))
    return calls


def cut_pixels(array: Array, number: int, height: int, blocks: int) -> Array:
    """View runs x pixels x columns as runs x number x blocks x height x columns/blocks."""
    run, pixel, unit = array.strides
    block = array.shape[2] // blocks
    shape = (len(array), number, blocks, height, block)
    return strided(array, shape, (run, height * pixel, block * unit, pixel, unit))


def one_run(array: Array) -> Array | None:
    """View images x rows x width x channels as 1 x pixels x channels; None where a halo, or
    another image's arena, lies between two pixels."""
    images, height, width, channels = array.shape
    image, row, pixel, unit = array.strides
    rows_apart = height > 1 and row != width * pixel
    images_apart = images > 1 and image != height * width * pixel
    if rows_apart or images_apart:
        return None
    return strided(array, (1, images * height * width, channels), (0, pixel, unit))


def rows_of_products(pixels: int, depth: int, block: int) -> int:
    """Rows of each small product: as many as may be, and so that no rest is left where possible."""
    most = min(MOST_ROWS, SMALL // (depth * block), pixels)
    if most < 12:
        return pixels
    for rows in range(most, most // 2, -1):
        if pixels % rows == 0:
            return rows
    return most
