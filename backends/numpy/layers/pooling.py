"""Pooling of windows, and of whole maps."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial

import numpy as np

from backends.numpy.kernels.fast.calls import Call
from backends.numpy.kernels.fast.finishing import Activation, Merge
from backends.numpy.kernels.fast.maps import Maps
from backends.numpy.kernels.fast.pools import pool_maps, whole_maps
from backends.numpy.kernels.pooling import pooled_counts
from backends.numpy.kernels.types import Array
from backends.numpy.layers.geometry import pooled
from backends.numpy.runtime.buffers import Halo
from backends.numpy.runtime.planner import Site, Value
from backends.numpy.runtime.store import Shapes

EMPTY = {"maximum": -np.inf, "minimum": np.inf, "add": 0.0}


@dataclass(frozen=True, slots=True)
class Pool:
    """The largest (np.maximum) or smallest (np.minimum) value of each window."""

    function: np.ufunc
    kernel: tuple[int, int]
    stride: tuple[int, int]
    padding: Halo = (0, 0, 0, 0)
    ceil: bool = False
    apart = True

    def volume(self, sources: Sequence[Value], shapes: Shapes) -> tuple[int, int, int]:
        return (
            *pooled(sources[0], self.kernel, self.stride, self.padding, self.ceil),
            sources[0].channels,
        )

    def halo(self, source: Value, target: Value, shapes: Shapes) -> Halo:
        return (0, 0, 0, 0)

    def calls(self, site: Site) -> list[Call]:
        return pool_calls(self, site, site.operations)


@dataclass(frozen=True, slots=True)
class MeanPool(Pool):
    """The mean of each window; count_pad: zeros of the padding count as values."""

    count_pad: bool = True

    def calls(self, site: Site) -> list[Call]:
        maps, source = site.target, site.sources[0]
        top, bottom, left, right = self.padding
        rows = pooled_counts(
            source.height, self.kernel[0], self.stride[0], top, bottom, maps.height, self.count_pad
        )
        columns = pooled_counts(
            source.width, self.kernel[1], self.stride[1], left, right, maps.width, self.count_pad
        )
        parts = (1 / np.outer(rows, columns)).astype(np.float32)[np.newaxis, :, :, np.newaxis]
        whole = np.repeat(parts, maps.channels, axis=3)
        whole = np.broadcast_to(whole, (site.images, *whole.shape[1:]))
        weighing = Maps(whole, (0, 0, 0, 0), 0, maps.channels)
        return pool_calls(self, site, partial(weighed_first, site, weighing))


def weighed_first(
    site: Site, weighing: Maps, look: Callable[[Maps], Array]
) -> list[Activation | Merge]:
    return [(np.multiply, look(weighing)), *site.operations(look)]


def pool_calls(
    pool: Pool,
    site: Site,
    then: Callable[[Callable[[Maps], Array]], Sequence[Activation | Merge]],
) -> list[Call]:
    share = site.own()
    if share is None:
        return []
    return pool_maps(
        site.sources[0],
        site.target,
        pool.function,
        kernel=pool.kernel,
        stride=pool.stride,
        before=(pool.padding[0], pool.padding[2]),
        empty=EMPTY[pool.function.__name__],
        share=share,
        then=then,
        scratch=site.scratch,
    )


@dataclass(frozen=True, slots=True)
class GlobalPool:
    """The largest value (np.maximum) or the mean (np.add) of all of a channel."""

    function: np.ufunc
    apart = True

    def volume(self, sources: Sequence[Value], shapes: Shapes) -> tuple[int, int, int]:
        return 1, 1, sources[0].channels

    def halo(self, source: Value, target: Value, shapes: Shapes) -> Halo:
        return (0, 0, 0, 0)

    def calls(self, site: Site) -> list[Call]:
        share = site.own("channels", 16)
        if share is None:
            return []
        source = site.sources[0]
        part = np.float32(1 / (source.height * source.width))
        mean: list[Merge] = [(np.multiply, np.full(source.channels, part, np.float32))]
        first = mean if self.function is np.add else []
        return whole_maps(
            source, site.target, self.function, first, share, site.operations, site.scratch
        )
