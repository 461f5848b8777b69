"""Layers that compute each pixel from those at its place: activations, norms, merges."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial

import numpy as np

from backends.numpy.kernels.fast.calls import Call
from backends.numpy.kernels.fast.elementwise import apply_then, merge_maps
from backends.numpy.kernels.fast.finishing import Activation, Merge
from backends.numpy.kernels.fast.maps import Maps, Share
from backends.numpy.kernels.fast.norms import normalise_pixels
from backends.numpy.kernels.types import Array
from backends.numpy.runtime.buffers import Halo
from backends.numpy.runtime.planner import Site, Value
from backends.numpy.runtime.store import Shapes


@dataclass(frozen=True, slots=True)
class Through:
    """The values that flow in; what follows is done to them. By itself it is a copy."""

    apart = True

    def volume(self, sources: Sequence[Value], shapes: Shapes) -> tuple[int, int, int]:
        return sources[0].height, sources[0].width, sources[0].channels

    def halo(self, source: Value, target: Value, shapes: Shapes) -> Halo:
        return (0, 0, 0, 0)

    def calls(self, site: Site) -> list[Call]:
        share = site.own()
        if share is None:
            return []
        source, target, scratch = site.sources[0], site.target, site.scratch
        return apply_then(source, target, share, site.operations, scratch)


@dataclass(frozen=True, slots=True)
class ScaleShift(Through):
    """x * scale + shift, a channel's own, with the weights at `path`: a batch norm."""

    path: str

    def calls(self, site: Site) -> list[Call]:
        share = site.own()
        if share is None:
            return []
        scale = site.weights[f"{self.path}.scale"]
        shift = site.weights[f"{self.path}.shift"]
        first = [(np.multiply, scale), (np.add, shift)]
        then = partial(others_first, first, site)
        return apply_then(site.sources[0], site.target, share, then, site.scratch)


@dataclass(frozen=True, slots=True)
class LayerNorm:
    """The channels of each pixel with mean 0 and variance 1, then the weights at `path`."""

    path: str
    eps: float
    affine: bool = True
    apart = True

    def volume(self, sources: Sequence[Value], shapes: Shapes) -> tuple[int, int, int]:
        return sources[0].height, sources[0].width, sources[0].channels

    def halo(self, source: Value, target: Value, shapes: Shapes) -> Halo:
        return (0, 0, 0, 0)

    def calls(self, site: Site) -> list[Call]:
        share = site.own()
        if share is None:
            return []
        weights = site.weights
        return normalise_pixels(
            site.sources[0],
            site.target,
            (weights[f"{self.path}.weight"], weights[f"{self.path}.bias"]) if self.affine else None,
            self.eps,
            share=share,
            then=site.operations,
            scratch=site.scratch,
        )


def others_first(
    first: Sequence[Merge], site: Site, look: Callable[[Maps], Array]
) -> list[Activation | Merge]:
    return [*first, *site.operations(look)]


@dataclass(frozen=True, slots=True)
class Merging:
    """np.add, np.multiply or np.maximum of all that flows in; maps of one pixel, or of one channel,
    are spread over the others."""

    function: np.ufunc
    apart = True

    def volume(self, sources: Sequence[Value], shapes: Shapes) -> tuple[int, int, int]:
        heights, widths, channels = zip(
            *((each.height, each.width, each.channels) for each in sources), strict=True
        )
        return max(heights), max(widths), max(channels)

    def halo(self, source: Value, target: Value, shapes: Shapes) -> Halo:
        return (0, 0, 0, 0)

    def calls(self, site: Site) -> list[Call]:
        share: Share | None = site.own()
        if share is None:
            return []
        return merge_maps(
            site.sources, site.target, self.function, share, site.operations, site.scratch
        )
