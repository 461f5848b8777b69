"""Convolution: by columns, or by squares, as the layer's line says."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from functools import partial

import numpy as np

from backends.numpy.kernels.fast.calls import Call
from backends.numpy.kernels.fast.choosing import (
    Choice,
    Recipe,
    Squares,
    Work,
    apart_from,
    choices,
    choose,
    seconds,
    square_choices,
    squares_seconds,
)
from backends.numpy.kernels.fast.columns import ColumnBlocks, convolve_columns
from backends.numpy.kernels.fast.finishing import Activation, Merge
from backends.numpy.kernels.fast.maps import Maps, Share
from backends.numpy.kernels.fast.transforms import SquareBlocks, winograd_error
from backends.numpy.kernels.fast.winograd import convolve_winograd
from backends.numpy.kernels.types import Array
from backends.numpy.layers.geometry import reached, window_counts
from backends.numpy.layers.sharing import axes_of, best_share, first_share
from backends.numpy.runtime.buffers import Halo
from backends.numpy.runtime.planner import Site, Value
from backends.numpy.runtime.store import Shapes

WORST = 1e-4  # of the largest value; filters that may lose more go by columns
# What lanes divide, in so many together.
BY_COLUMNS = {"rows": 1, "channels": 16}
WORTH = 3  # recipes of one algorithm and one division that are worth a trial


@dataclass(frozen=True, slots=True)
class Convolution:
    """A convolution with the weights at `path`. padding: (top, bottom, left, right)."""

    path: str
    stride: tuple[int, int] = (1, 1)
    padding: Halo = (0, 0, 0, 0)
    dilation: tuple[int, int] = (1, 1)
    recipe: Recipe | None = None
    apart = True

    def volume(self, sources: Sequence[Value], shapes: Shapes) -> tuple[int, int, int]:
        outputs, _, *kernel = shapes[f"{self.path}.weight"]
        high, wide = window_counts(sources[0], kernel, self.stride, self.padding, self.dilation)
        return high, wide, outputs

    def halo(self, source: Value, target: Value, shapes: Shapes) -> Halo:
        kernel = shapes[f"{self.path}.weight"][2:]
        return reached(source, target, kernel, self.stride, self.padding, self.dilation)

    def calls(self, site: Site) -> list[Call]:
        key = f"{self.path}.weight"
        shape = site.weights.shapes[key]
        found = best_share(site, BY_COLUMNS, partial(self.estimate, site, shape), self.recipe)
        if found is None:
            return []
        share, choice, _ = found
        return convolve_columns(
            site.sources[0],
            site.target,
            own_blocks(site, key, ColumnBlocks(choice.block, choice.parts), share.channels),
            kernel=(shape[2], shape[3]),
            stride=self.stride,
            before=(self.padding[0], self.padding[2]),
            dilation=self.dilation,
            share=share,
            choice=choice,
            then=biased(site, self.path, share),
            scratch=site.scratch,
        )

    def recipes(self, site: Site) -> list[Recipe]:
        """What may be quicker than the model's choice, which is the first."""
        shape = site.weights.shapes[f"{self.path}.weight"]
        found: list[tuple[float, Recipe]] = []
        for axis in axes_of(site, BY_COLUMNS):
            work = self.work(site, shape, first_share(site, axis, BY_COLUMNS.get(axis, 1)))
            best = sorted((seconds(work, each), each) for each in choices(work))[:WORTH]
            found += [(time, Recipe(0, axis, tuple(each))) for time, each in best]
        return [recipe for _, recipe in sorted(found)]

    def made_by(self, recipe: Recipe) -> "Convolution":
        return replace(self, recipe=recipe)

    def estimate(self, site: Site, shape: tuple[int, ...], share: Share) -> tuple[float, Choice]:
        """The time of a share and how it is done."""
        work = self.work(site, shape, share)
        choice = choose(work, self.recipe)
        return seconds(work, choice), choice

    def work(self, site: Site, shape: tuple[int, ...], share: Share) -> Work:
        _, inputs, high, wide = shape
        (first, last), (top, bottom), (start, end) = share
        source = site.sources[0]
        plain = (high, wide) == (1, 1) and self.stride == (1, 1)
        depth = inputs * high * wide
        splits: tuple[int, ...] = (1,)
        if depth >= 512:
            splits = (1, high, high * wide) if high > 1 else (1, 2, 4, 8)
        return Work(
            pixels=(last - first) * (bottom - top) * site.target.width,
            width=site.target.width,
            depth=depth,
            channels=end - start,
            copies=not plain or any(source.halo),
            run=wide * inputs,
            passes=1 + len(site.then),
            splits=tuple(each for each in splits if depth % each == 0),
            apart=end - start < site.target.buffer.shape[3],
        )


@dataclass(frozen=True, slots=True)
class SquareConvolution:
    """A 3x3 convolution of stride 1 that makes square x square results at once, 2 or 4.

    By columns where the net is to be exact, or where its weights would lose too much.
    """

    path: str
    padding: Halo
    square: int
    recipe: Recipe | None = None
    apart = True

    def by_columns(self) -> Convolution:
        return Convolution(self.path, padding=self.padding)

    def volume(self, sources: Sequence[Value], shapes: Shapes) -> tuple[int, int, int]:
        return self.by_columns().volume(sources, shapes)

    def halo(self, source: Value, target: Value, shapes: Shapes) -> Halo:
        """Squares reach beyond the last results."""
        top, _, left, _ = self.padding
        high = -(-target.height // self.square) * self.square + 2
        wide = -(-target.width // self.square) * self.square + 2
        return top, high - top - source.height, left, wide - left - source.width

    def calls(self, site: Site) -> list[Call]:
        if site.exact or self.loses(site):
            return self.by_columns().calls(site)
        key = f"{self.path}.weight"
        estimate = partial(self.estimate, site, site.weights.shapes[key][1])
        found = best_share(site, self.units, estimate, self.recipe)
        if found is None:
            return []
        share, choice, _ = found
        bias = site.weights.get(f"{self.path}.bias")
        return convolve_winograd(
            site.sources[0],
            site.target,
            own_blocks(site, key, SquareBlocks(self.square, choice.block), share.channels),
            None if bias is None else bias[slice(*share.channels)],
            square=self.square,
            before=(self.padding[0], self.padding[2]),
            share=share,
            squares=choice.number,
            then=site.operations,
            scratch=site.scratch,
        )

    def loses(self, site: Site) -> bool:
        """Whether the weights cancel so much that columns are better."""
        tell = partial(winograd_error, square=self.square)
        return site.weights.fact(f"{self.path}.weight", self.square, tell) > WORST

    @property
    def units(self) -> dict[str, int]:
        """What lanes divide, in so many together."""
        return {"rows": self.square, "channels": 32}

    def recipes(self, site: Site) -> list[Recipe]:
        """What may be quicker than the model's choice: squares of both sides, and columns, which
        are all where the net is to be exact or the weights would lose too much."""
        found = self.by_columns().recipes(site)
        inputs = site.weights.shapes[f"{self.path}.weight"][1]
        for square in () if site.exact else (6 - self.square, self.square):
            each = replace(self, square=square)
            if not each.loses(site):
                found = [*each.by_squares(site, inputs), *found]
        return found

    def by_squares(self, site: Site, inputs: int) -> list[Recipe]:
        found: list[tuple[float, Recipe]] = []
        for axis in axes_of(site, self.units):
            share = first_share(site, axis, self.units.get(axis, 1))
            best = sorted(self.estimates(site, inputs, share))[:WORTH]
            found += [(time, Recipe(self.square, axis, tuple(each))) for time, each in best]
        return [recipe for _, recipe in sorted(found)]

    def made_by(self, recipe: Recipe) -> "SquareConvolution | Convolution":
        if recipe.square == 0:
            return self.by_columns().made_by(recipe)
        return replace(self, square=recipe.square, recipe=recipe)

    def estimate(self, site: Site, inputs: int, share: Share) -> tuple[float, Squares]:
        """The time of a share and how it is done."""
        made = self.estimates(site, inputs, share)
        if self.recipe is None:
            return min(made)
        recipe = self.recipe
        return min(made, key=lambda each: apart_from(recipe, each[1]))

    def estimates(self, site: Site, inputs: int, share: Share) -> list[tuple[float, Squares]]:
        """The time of each way to do a share."""
        (first, last), (top, bottom), (start, end) = share
        wide = -(-site.target.width // self.square)
        squares = (last - first) * -(-(bottom - top) // self.square) * wide
        side, outputs = self.square + 2, end - start
        passes = len(site.then)
        return [
            (squares_seconds(squares, inputs, outputs, side, passes, choice), choice)
            for choice in square_choices(squares, wide, inputs, outputs, side)
        ]


def own_blocks(
    site: Site, key: str, order: ColumnBlocks | SquareBlocks, channels: tuple[int, int]
) -> Array:
    """A share's blocks of a layer's filters, of which all are packed together unless a block would
    reach over the edge of the share."""
    start, end = channels
    if site.weights.shapes[key][0] % order.block or start % order.block:
        return site.weights.packed(key, order, channels)
    return site.weights.packed(key, order)[:, start // order.block : end // order.block]


def biased(
    site: Site, path: str, share: Share
) -> Callable[[Callable[[Maps], Array]], Sequence[Activation | Merge]]:
    """What follows the products of a share: the bias, if there is one, and the rest."""
    bias = site.weights.get(f"{path}.bias")
    return partial(bias_first, site, None if bias is None else bias[slice(*share.channels)])


def bias_first(
    site: Site, bias: Array | None, look: Callable[[Maps], Array]
) -> list[Activation | Merge]:
    rest = site.operations(look)
    return rest if bias is None else [(np.add, bias), *rest]
