"""What goes in and out of the arena: images, halos of zeros, results."""

from collections.abc import Sequence

import numpy as np

from backends.numpy.kernels.fast.maps import Maps
from backends.numpy.kernels.types import Array


class Feed:
    """An input of the net: N x C x H x W, which lanes copy into N x H x W x C maps."""

    def __init__(self, maps: Maps, staging: Array | None) -> None:
        self.maps = maps
        self.staging = staging
        self.images: Array | None = staging

    def take(self, images: Array) -> None:
        """Say what is copied next; with forked lanes it passes through memory that they share."""
        if self.staging is None:
            self.images = images
        else:
            np.copyto(self.staging, images)


class FeedKernel:
    """Copies a part of an input, channel by channel, so that rows are read as they lie."""

    def __init__(self, feed: Feed, images: tuple[int, int], rows: tuple[int, int]) -> None:
        self.feed = feed
        self.images = images
        self.rows = rows

    def run(self) -> None:
        given, rows = self.feed.images, slice(*self.rows)
        assert given is not None, "no input was given"
        target = self.feed.maps.inner
        if target.shape[3] > 16:
            part = slice(*self.images)
            np.copyto(target[part, rows], given[part, :, rows].transpose(0, 2, 3, 1))
            return
        for image in range(*self.images):
            for channel in range(target.shape[3]):
                np.copyto(target[image, rows, :, channel], given[image, channel, rows])


class HaloKernel:
    """Fills the halo of a buffer's images with zeros, which other values may have overwritten."""

    def __init__(self, buffer: Array, halo: tuple[int, int, int, int]) -> None:
        self.parts = halo_parts(buffer, halo)

    def run(self) -> None:
        for part in self.parts:
            part.fill(0.0)


def halo_parts(buffer: Array, halo: tuple[int, int, int, int]) -> Sequence[Array]:
    """Cut the halo into at most three views: the end of a row lies beside the start of the next."""
    images, height, width, channels = buffer.shape
    top, bottom, left, right = halo
    rows = height - top - bottom
    flat = np.lib.stride_tricks.as_strided(
        buffer, (images, height * width * channels), (buffer.strides[0], 4)
    )
    row = width * channels
    start = top * row + left * channels
    end = (top + rows - 1) * row + (width - right) * channels
    between = np.lib.stride_tricks.as_strided(
        flat[:, start + (width - left - right) * channels :],
        (images, rows - 1, (left + right) * channels),
        (buffer.strides[0], 4 * row, 4),
    )
    return [part for part in (flat[:, :start], between, flat[:, end:]) if part.size]


def result_of(maps: Maps, flat: bool) -> Array:
    """Copy what the net made: N x C x H x W, or N x C."""
    inner = maps.inner.transpose(0, 3, 1, 2)
    result = np.empty(inner.shape, np.float32)
    np.copyto(result, inner)
    return result.reshape(len(result), -1) if flat else result
