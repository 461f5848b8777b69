"""Convolutions of groups of channels."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from functools import partial

import numpy as np

from backends.numpy.kernels.fast.calls import Call
from backends.numpy.kernels.fast.depthwise import convolve_depthwise
from backends.numpy.kernels.fast.maps import Maps
from backends.numpy.kernels.types import Array
from backends.numpy.layers.convolution import Convolution, bias_first
from backends.numpy.layers.geometry import reached, window_counts
from backends.numpy.runtime.buffers import Halo
from backends.numpy.runtime.planner import Site, Value


@dataclass(frozen=True, slots=True)
class Depthwise:
    """A convolution of each channel by itself, with the weights at `path`."""

    path: str
    stride: tuple[int, int] = (1, 1)
    padding: Halo = (0, 0, 0, 0)
    dilation: tuple[int, int] = (1, 1)
    apart = True

    def volume(
        self, sources: Sequence[Value], weights: Mapping[str, Array]
    ) -> tuple[int, int, int]:
        outputs, _, *kernel = weights[f"{self.path}.weight"].shape
        high, wide = window_counts(sources[0], kernel, self.stride, self.padding, self.dilation)
        return high, wide, outputs

    def halo(self, source: Value, target: Value, weights: Mapping[str, Array]) -> Halo:
        kernel = weights[f"{self.path}.weight"].shape[2:]
        return reached(source, target, kernel, self.stride, self.padding, self.dilation)

    def calls(self, site: Site) -> list[Call]:
        share = site.own()
        if share is None:
            return []
        if self.path not in site.packed:
            filters = site.weights[f"{self.path}.weight"][:, 0].transpose(1, 2, 0)
            site.packed[self.path] = np.ascontiguousarray(filters)
        return convolve_depthwise(
            site.sources[0],
            site.target,
            site.packed[self.path],
            stride=self.stride,
            before=(self.padding[0], self.padding[2]),
            dilation=self.dilation,
            share=share,
            then=partial(bias_first, site, site.weights.get(f"{self.path}.bias")),
            scratch=site.scratch,
        )


@dataclass(frozen=True, slots=True)
class GroupedConvolution:
    """A convolution whose groups of channels do not see each other: one after the other."""

    path: str
    groups: int
    stride: tuple[int, int] = (1, 1)
    padding: Halo = (0, 0, 0, 0)
    dilation: tuple[int, int] = (1, 1)
    apart = True

    def one(self) -> Convolution:
        return Convolution(self.path, self.stride, self.padding, self.dilation)

    def volume(
        self, sources: Sequence[Value], weights: Mapping[str, Array]
    ) -> tuple[int, int, int]:
        return self.one().volume(sources, weights)

    def halo(self, source: Value, target: Value, weights: Mapping[str, Array]) -> Halo:
        return self.one().halo(source, target, weights)

    def calls(self, site: Site) -> list[Call]:
        return [
            call for group in range(self.groups) for call in self.one().calls(self.of(site, group))
        ]

    def of(self, site: Site, group: int) -> Site:
        """Where one group works: slices of channels, and its filters under the same names."""
        weight = site.weights[f"{self.path}.weight"]
        inputs, outputs = weight.shape[1], len(weight) // self.groups
        own = slice(group * outputs, (group + 1) * outputs)
        weights = {f"{self.path}.weight": weight[own]}
        bias = site.weights.get(f"{self.path}.bias")
        if bias is not None:
            weights[f"{self.path}.bias"] = bias[own]
        packed = site.groups.setdefault((self.path, group), {})
        then = tuple(
            (each[0], part_of_channels(each[1], group * outputs, outputs))
            if isinstance(each, tuple)
            else each
            for each in site.then
        )
        return replace(
            site,
            sources=(part_of_channels(site.sources[0], group * inputs, inputs),),
            target=part_of_channels(site.target, group * outputs, outputs),
            then=then,
            weights=weights,
            packed=packed,
        )


def part_of_channels(maps: Maps, first: int, channels: int) -> Maps:
    """Some of the channels of maps."""
    return Maps(maps.buffer, maps.halo, maps.channel + first, channels)
