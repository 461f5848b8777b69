"""Convolutions of groups of channels."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import partial

from backends.numpy.kernels.fast.calls import Call
from backends.numpy.kernels.fast.depthwise import TapOrder, convolve_depthwise
from backends.numpy.kernels.fast.maps import Maps
from backends.numpy.layers.convolution import Convolution, bias_first
from backends.numpy.layers.geometry import reached, window_counts
from backends.numpy.runtime.buffers import Halo
from backends.numpy.runtime.planner import Site, Value
from backends.numpy.runtime.store import Shapes, Store

WIDE = 32  # channels that groups are taken together up to


@dataclass(frozen=True, slots=True)
class Depthwise:
    """A convolution of each channel by itself, with the weights at `path`."""

    path: str
    stride: tuple[int, int] = (1, 1)
    padding: Halo = (0, 0, 0, 0)
    dilation: tuple[int, int] = (1, 1)
    apart = True

    def volume(self, sources: Sequence[Value], shapes: Shapes) -> tuple[int, int, int]:
        outputs, _, *kernel = shapes[f"{self.path}.weight"]
        high, wide = window_counts(sources[0], kernel, self.stride, self.padding, self.dilation)
        return high, wide, outputs

    def halo(self, source: Value, target: Value, shapes: Shapes) -> Halo:
        kernel = shapes[f"{self.path}.weight"][2:]
        return reached(source, target, kernel, self.stride, self.padding, self.dilation)

    def calls(self, site: Site) -> list[Call]:
        share = site.own()
        if share is None:
            return []
        return convolve_depthwise(
            site.sources[0],
            site.target,
            site.weights.packed(f"{self.path}.weight", TapOrder()),
            stride=self.stride,
            before=(self.padding[0], self.padding[2]),
            dilation=self.dilation,
            share=share,
            then=partial(bias_first, site, site.weights.get(f"{self.path}.bias")),
            scratch=site.scratch,
        )


@dataclass(frozen=True, slots=True)
class GroupedConvolution:
    """A convolution whose groups of channels do not see each other.

    One after the other, narrow ones several at once: products with zeros are cheaper than copies
    of a few channels and calls for each.
    """

    path: str
    groups: int
    stride: tuple[int, int] = (1, 1)
    padding: Halo = (0, 0, 0, 0)
    dilation: tuple[int, int] = (1, 1)
    apart = True

    def one(self) -> Convolution:
        return Convolution(self.path, self.stride, self.padding, self.dilation)

    def volume(self, sources: Sequence[Value], shapes: Shapes) -> tuple[int, int, int]:
        return self.one().volume(sources, shapes)

    def halo(self, source: Value, target: Value, shapes: Shapes) -> Halo:
        return self.one().halo(source, target, shapes)

    def calls(self, site: Site) -> list[Call]:
        outputs, inputs = site.weights.shapes[f"{self.path}.weight"][:2]
        count = min(
            each
            for each in range(1, self.groups + 1)
            if self.groups % each == 0 and inputs * self.groups // each <= max(WIDE, inputs)
        )
        stores = site.weights.parts(self.path, count, self.groups // count)
        volumes = (inputs * self.groups // count, outputs // count)
        return [
            call
            for number, store in enumerate(stores)
            for call in self.one().calls(self.of(site, number, store, *volumes))
        ]

    def of(self, site: Site, number: int, store: Store, inputs: int, outputs: int) -> Site:
        """Where some groups work: slices of channels, and their filters."""
        then = tuple(
            (each[0], part_of_channels(each[1], number * outputs, outputs))
            if isinstance(each, tuple)
            else each
            for each in site.then
        )
        return replace(
            site,
            sources=(part_of_channels(site.sources[0], number * inputs, inputs),),
            target=part_of_channels(site.target, number * outputs, outputs),
            then=then,
            weights=store,
        )


def part_of_channels(maps: Maps, first: int, channels: int) -> Maps:
    """Some of the channels of maps."""
    return Maps(maps.buffer, maps.halo, maps.channel + first, channels)
