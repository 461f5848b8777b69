"""Layers that are computed as the plain form computes them, on N x C x H x W copies."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np

from backends.numpy.kernels.fast.calls import Call
from backends.numpy.kernels.fast.elementwise import apply_then
from backends.numpy.kernels.fast.maps import Maps, Share
from backends.numpy.kernels.types import Array
from backends.numpy.runtime.buffers import Halo
from backends.numpy.runtime.planner import Site, Value, cut
from backends.numpy.runtime.store import Shapes


@dataclass(frozen=True, slots=True)
class Plain:
    """A layer without a kernel of the fast form: a function of N x C x H x W values.

    Inputs that `flat` names by their numbers are N x C.
    """

    function: Callable[..., Array]
    flat: tuple[int, ...] = ()
    apart = True

    def volume(self, sources: Sequence[Value], shapes: Shapes) -> tuple[int, int, int]:
        """Found out by computing one image of zeros."""
        volumes = [(each.channels, each.height, each.width) for each in sources]
        zeros = [np.zeros((1, *volume), np.float32) for volume in volumes]
        with np.errstate(all="ignore"):
            made = self.function(*lowered(zeros, self.flat))
        channels, height, width = (*made.shape[1:], 1, 1)[:3]
        return height, width, channels

    def halo(self, source: Value, target: Value, shapes: Shapes) -> Halo:
        return (0, 0, 0, 0)

    def calls(self, site: Site) -> list[Call]:
        images = (0, site.images)
        if site.images >= site.lanes:
            images = cut(site.images, site.lane, site.lanes)
        elif site.lane:
            return []
        kernel = PlainKernel(self.function, self.flat, site.sources, site.target, images)
        if not site.then:
            return [kernel.run]
        whole = Share(images, (0, site.target.height), (0, site.target.channels))
        after = apply_then(site.target, site.target, whole, site.operations, site.scratch)
        return [kernel.run, *after]


class PlainKernel:
    """Copies to N x C x H x W, computes, and copies back."""

    def __init__(
        self,
        function: Callable[..., Array],
        flat: tuple[int, ...],
        sources: Sequence[Maps],
        target: Maps,
        images: tuple[int, int],
    ) -> None:
        part = slice(*images)
        self.function = function
        self.flat = flat
        self.views = [source.inner[part].transpose(0, 3, 1, 2) for source in sources]
        self.target = target.inner[part].transpose(0, 3, 1, 2)

    def run(self) -> None:
        values = [np.ascontiguousarray(view) for view in self.views]
        made = self.function(*lowered(values, self.flat))
        np.copyto(self.target, made.reshape(self.target.shape))


def lowered(values: Sequence[Array], flat: tuple[int, ...]) -> list[Array]:
    """Give the values that are flat as N x C."""
    pairs = enumerate(values)
    return [each.reshape(len(each), -1) if number in flat else each for number, each in pairs]
