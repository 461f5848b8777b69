"""How a layer's work is divided between lanes."""

from collections.abc import Callable
from typing import TypeVar

from backends.numpy.kernels.fast.choosing import Recipe
from backends.numpy.kernels.fast.maps import Share
from backends.numpy.runtime.planner import Site

Chosen = TypeVar("Chosen")


def axes_of(site: Site, units: dict[str, int]) -> list[str]:
    """What lanes may divide: a batch of at least as many images as lanes is cut by images."""
    return ["images"] if site.images >= site.lanes else list(units)


def first_share(site: Site, axis: str, unit: int) -> Share:
    """The part of the first lane for which something is left."""
    parts = (site.part(axis, lane, unit) for lane in range(site.lanes))
    return next(part for part in parts if part is not None)


def best_share(
    site: Site,
    units: dict[str, int],
    estimate: Callable[[Share], tuple[float, Chosen]],
    recipe: Recipe | None = None,
) -> tuple[Share, Chosen, float] | None:
    """This lane's part by rows or by channels, whichever is done sooner or the recipe has, and what
    was chosen there.

    units: what is cut by, by axis.
    """
    axes = axes_of(site, units)
    if recipe is not None and recipe.axis in axes:
        axes = [recipe.axis]
    best: tuple[float, Share | None, Chosen | None] | None = None
    for axis in axes:
        parts = [site.part(axis, lane, units.get(axis, 1)) for lane in range(site.lanes)]
        made = [estimate(part) if part else None for part in parts]
        slowest = max(each[0] for each in made if each)
        if best is None or slowest < best[0]:
            mine = made[site.lane]
            best = (slowest, parts[site.lane], mine[1] if mine else None)
    if best is None or best[1] is None or best[2] is None:
        return None
    return best[1], best[2], best[0]
