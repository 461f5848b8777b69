"""Fully connected layers."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from backends.numpy.kernels.fast.calls import Call
from backends.numpy.kernels.fast.dense import multiply_dense, order_columns, pack_dense
from backends.numpy.kernels.types import Array
from backends.numpy.layers.convolution import biased
from backends.numpy.runtime.buffers import Halo
from backends.numpy.runtime.planner import Site, Value


@dataclass(frozen=True, slots=True)
class Dense:
    """An FC layer with the weights at `path`, of all values of an image in the order C, H, W.

    Lanes divide its outputs, whatever the batch is: then each reads its own weights.
    """

    path: str
    apart = False

    def volume(
        self, sources: Sequence[Value], weights: Mapping[str, Array]
    ) -> tuple[int, int, int]:
        return 1, 1, len(weights[f"{self.path}.weight"])

    def halo(self, source: Value, target: Value, weights: Mapping[str, Array]) -> Halo:
        return (0, 0, 0, 0)

    def calls(self, site: Site) -> list[Call]:
        share = site.part("channels", site.lane, 64)
        if share is None:
            return []
        source = site.sources[0]
        ordered = (self.path, source.height, source.width)
        if ordered not in site.packed:
            weight = site.weights[f"{self.path}.weight"]
            site.packed[ordered] = order_columns(weight, source.height, source.width)
        weight = site.packed[ordered][slice(*share.channels)]
        if site.images > 1:
            key = (*ordered, share.channels)
            if key not in site.packed:
                site.packed[key] = pack_dense(weight)
            weight = site.packed[key]
        return multiply_dense(
            source,
            site.target,
            weight,
            share=share,
            then=biased(site, self.path, share),
            scratch=site.scratch,
        )
