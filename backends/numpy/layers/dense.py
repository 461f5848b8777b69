"""Fully connected layers."""

from collections.abc import Sequence
from dataclasses import dataclass

from backends.numpy.kernels.fast.calls import Call
from backends.numpy.kernels.fast.dense import PixelOrder, multiply_dense
from backends.numpy.layers.convolution import biased
from backends.numpy.runtime.buffers import Halo
from backends.numpy.runtime.planner import Site, Value
from backends.numpy.runtime.store import Shapes


@dataclass(frozen=True, slots=True)
class Dense:
    """An FC layer with the weights at `path`, of all values of an image in the order C, H, W.

    Lanes divide its outputs, whatever the batch is: then each reads its own weights.
    """

    path: str
    apart = False

    def volume(self, sources: Sequence[Value], shapes: Shapes) -> tuple[int, int, int]:
        return 1, 1, shapes[f"{self.path}.weight"][0]

    def halo(self, source: Value, target: Value, shapes: Shapes) -> Halo:
        return (0, 0, 0, 0)

    def calls(self, site: Site) -> list[Call]:
        share = site.part("channels", site.lane, 64)
        if share is None:
            return []
        source, key = site.sources[0], f"{self.path}.weight"
        if source.height * source.width == 1:
            weight = site.weights[key]
        else:
            weight = site.weights.packed(key, PixelOrder(source.height, source.width))
        return multiply_dense(
            source,
            site.target,
            weight[slice(*share.channels)],
            share=share,
            then=biased(site, self.path, share),
            scratch=site.scratch,
        )
