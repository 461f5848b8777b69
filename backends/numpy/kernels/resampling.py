"""Scaling of photographs, byte for byte as Pillow does it."""

import math

import numpy as np
from numpy.typing import NDArray

Pixels = NDArray[np.uint8]
FRACTION = 22  # bits behind the point of a share: 8 for the pixel and 2 to spare are left of 32


def resample(pixels: Pixels, height: int, width: int) -> Pixels:
    """Scale height x width x channels, bilinearly; where it becomes smaller over all that it covers
    (Pillow's Resampling.BILINEAR, torchvision's antialias=True).

    First the rows, then the columns, each rounded to bytes, in whole numbers, as Pillow's
    Resample.c has it; where the height shrinks much more than the width the columns first, as
    Pillow does from version 13 on. The results are the same bytes.
    """
    rows, columns = pixels.shape[:2]
    lengths = {1: width, 0: height}
    if rows > height and rows - height > 2 * (columns - width):
        lengths = {0: height, 1: width}
    for axis, length in lengths.items():
        if length != pixels.shape[axis]:
            pixels = resample_axis(pixels, length, axis)
    return pixels


def resample_axis(pixels: Pixels, length: int, axis: int) -> Pixels:
    """Scale one axis, 0 or 1, of height x width x channels to a length."""
    size = pixels.shape[axis]
    first, shares = resampling_shares(size, length)
    high, wide, channels = pixels.shape
    shape = (length, wide, channels) if axis == 0 else (high, length, channels)
    side = (-1, 1, 1) if axis == 0 else (1, -1, 1)
    total = np.full(shape, 1 << (FRACTION - 1), np.int32)
    for tap, share in enumerate(shares.T):
        # Beyond the edge the share is 0, whatever pixel is taken.
        taken = np.take(pixels, np.minimum(first + tap, size - 1), axis)
        total += taken * share.reshape(side)
    return (total >> FRACTION).astype(np.uint8)


def resampling_shares(size: int, length: int) -> tuple[NDArray[np.int64], NDArray[np.int32]]:
    """Give, for each of `length` places, the first of `size` pixels it is made of, and the shares
    of that pixel and those behind it, in units of 2^-FRACTION: length x pixels."""
    scale = size / length
    reach = max(scale, 1.0)
    centre = (np.arange(length) + 0.5) * scale
    first = np.maximum((centre - reach + 0.5).astype(np.int64), 0)
    last = np.minimum((centre + reach + 0.5).astype(np.int64), size)
    pixel = first[:, np.newaxis] + np.arange(2 * math.ceil(reach) + 1)
    distance = np.abs((pixel - centre[:, np.newaxis] + 0.5) * (1.0 / reach))
    weight = np.where(pixel < last[:, np.newaxis], np.maximum(1.0 - distance, 0.0), 0.0)
    weight /= np.cumsum(weight, axis=1)[:, -1:]  # added one after the other, as Pillow does
    return first, (weight * (1 << FRACTION) + 0.5).astype(np.int32)
