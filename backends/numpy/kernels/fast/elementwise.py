"""Layers that compute each value from those at its place."""

from collections.abc import Callable, Sequence
from functools import partial

import numpy as np

from backends.numpy.kernels.fast.calls import Call
from backends.numpy.kernels.fast.finishing import Activation, Merge, Then, finishing, overwrites
from backends.numpy.kernels.fast.maps import Maps, Share
from backends.numpy.kernels.fast.scratch import Scratch
from backends.numpy.kernels.fast.tiles import part_of, tiles
from backends.numpy.kernels.types import Array

VALUES_OF_TILE = 131_072


def apply_then(
    source: Maps, target: Maps, share: Share, then: Then, scratch: Scratch
) -> list[Call]:
    """The calls that do `then` to maps and write to others, or to the same; a copy if nothing."""
    calls: list[Call] = []
    own = share.channels[1] - share.channels[0]
    for tile in tiles(share, target.width, pixels_of_tile(target, own)):
        look = partial(part_of, tile, share.channels)
        calls += finishing(look(source), look(target), then(look), scratch, keep=True)
    return calls


def merge_maps(
    sources: Sequence[Maps],
    target: Maps,
    function: np.ufunc,
    share: Share,
    then: Then,
    scratch: Scratch,
) -> list[Call]:
    """The calls that merge maps; those of one pixel, or of one channel, are spread over others."""
    volume = (target.height, target.width, target.channels)
    alike = all((each.height, each.width, each.channels) == volume for each in sources)
    calls: list[Call] = []
    own = share.channels[1] - share.channels[0]
    for tile in tiles(share, target.width, pixels_of_tile(target, own)):
        look = partial(part_of, tile, share.channels)
        out = look(target)
        if alike:
            first, *rest = map(look, sources)
            merges: list[Activation | Merge] = [(function, other) for other in rest]
            calls += finishing(first, out, [*merges, *then(look)], scratch, keep=True)
            continue
        views = [spread_part(maps, target, look, tile.images) for maps in sources]
        after = then(look)
        late: list[Activation | Merge] = [(function, view) for view in views[2:]]
        made = scratch.take(0, *out.shape) if overwrites(out, [*late, *after]) else out
        calls.append(partial(function, views[0], views[1], out=made))
        calls += [partial(function, made, view, out=made) for view in views[2:]]
        calls += finishing(made, out, after, scratch)
    return calls


def pixels_of_tile(target: Maps, channels: int) -> int:
    """At most one image's: NumPy cannot tell that several in an arena do not overlap."""
    return max(1, min(VALUES_OF_TILE // channels, target.height * target.width))


def spread_part(
    maps: Maps, target: Maps, look: Callable[[Maps], Array], images: tuple[int, int]
) -> Array:
    """What a tile sees of maps that may be smaller than the target, for NumPy to broadcast."""
    if maps.channels != target.channels:
        whole = Maps(maps.buffer, maps.halo, maps.channel, 1)
        return look(whole)[..., :1]
    if (maps.height, maps.width) == (target.height, target.width):
        return look(maps)
    return maps.inner[slice(*images), :, :, :]
