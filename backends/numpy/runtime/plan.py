"""A plan: the arena of one batch, and what each lane does, stage by stage."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

from backends.numpy.kernels.fast.calls import Call
from backends.numpy.kernels.fast.choosing import Recipe
from backends.numpy.kernels.fast.maps import Maps
from backends.numpy.kernels.fast.scratch import Scratch
from backends.numpy.kernels.types import Array
from backends.numpy.runtime.buffers import Buffer, arena_size, fitting, own_array, view_of
from backends.numpy.runtime.feeding import Feed, FeedKernel, HaloKernel, result_of
from backends.numpy.runtime.forked import ForkedLanes, shared_array
from backends.numpy.runtime.lanes import Lanes, Stage
from backends.numpy.runtime.planner import Planner, Site, Step, Value, cut
from backends.numpy.runtime.store import Store
from backends.numpy.runtime.tuning import Tuner


@dataclass(slots=True)
class Setup:
    """What all plans of a net share. `layers` tells a planner what is computed; `table` holds the
    buffers for the declared size; `tuned` is what was found to be the fastest."""

    layers: Callable[[Planner], None]
    table: Sequence[Buffer]
    weights: Store
    lanes: int = 1
    forked: bool = False
    exact: bool = False
    tune: bool = False
    tuned: dict[str, Recipe] = field(default_factory=dict)


class Plan:
    """Kernels for a batch of images of one size; image n lies n arenas after the first."""

    def __init__(self, setup: Setup, batch: int, shapes: Sequence[tuple[int, ...]]) -> None:
        inputs = [(height, width, channels) for channels, height, width in shapes]
        channels = [each.volume[2] for each in setup.table]
        planner = Planner(inputs, channels, setup.weights.shapes, setup.weights)
        if setup.tune:
            how = (setup.lanes, setup.forked, setup.exact, setup.tuned)
            planner.tuner = Tuner(setup.weights, channels, batch, *how)
        setup.layers(planner)
        planner.finish()
        table = fitting(planner.slots, setup.table)
        arena = (shared_array if setup.forked else own_array)((batch, arena_size(table)))
        self.batch = batch
        self.halos = [each.halo for each in table]
        self.buffers = [view_of(arena, each) for each in table]
        self.feeds = [_feed(self.maps(value), setup.forked) for value in planner.feeds]
        self.outputs = [(name, self.maps(value), flat) for name, value, flat in planner.outputs]
        stages = self._stages(setup, planner, table)
        self.lanes = ForkedLanes(stages) if setup.forked else Lanes(stages)

    def run(self, inputs: Sequence[Array]) -> dict[str, Array]:
        for feed, images in zip(self.feeds, inputs, strict=True):
            feed.take(images)
        self.lanes.run()
        return {name: result_of(maps, flat) for name, maps, flat in self.outputs}

    def close(self) -> None:
        self.lanes.close()

    def maps(self, value: Value) -> Maps:
        buffer, halo = self.buffers[value.buffer], self.halos[value.buffer]
        return Maps(buffer, halo, value.channel, value.channels)

    def _stages(self, setup: Setup, planner: Planner, table: Sequence[Buffer]) -> list[Stage]:
        """What the lanes do at each level, and after which levels they wait for one another."""
        own = self.batch >= setup.lanes
        lanes = [self._levels(setup, planner, table, lane) for lane in range(setup.lanes)]
        return [
            Stage(work, not (own and all(planner.apart(each) for each in (level, level + 1))))
            for level, work in enumerate(zip(*lanes, strict=True))
        ]

    def _levels(
        self, setup: Setup, planner: Planner, table: Sequence[Buffer], lane: int
    ) -> list[list[Call]]:
        """What one lane does at each level."""
        levels: list[list[Call]] = [[] for _ in range(planner.levels)]
        own = self.batch >= setup.lanes
        images = cut(self.batch, lane, setup.lanes) if own else (0, self.batch)
        for number, fill in self._fills(table, images):
            if own or number % setup.lanes == lane:
                levels[planner.slots[number].first].append(fill.run)
        for feed in self.feeds:
            height = feed.maps.height
            rows = (0, height) if own else cut(height, lane, setup.lanes)
            levels[0].append(FeedKernel(feed, images, rows).run)
        scratch = Scratch()
        for step in planner.steps:
            site = self._site(setup, step, lane, scratch)
            levels[step.target.level] += step.layer.calls(site)
        return levels

    def _fills(
        self, table: Sequence[Buffer], images: tuple[int, int]
    ) -> list[tuple[int, HaloKernel]]:
        """Halos that other buffers lie over; others keep the zeros of a fresh arena."""
        sizes = [arena_size([each]) for each in table]
        spans = [(each.offset, size) for each, size in zip(table, sizes, strict=True)]
        return [
            (number, HaloKernel(self.buffers[number][slice(*images)], each.halo))
            for number, each in enumerate(table)
            if any(each.halo)
            and any(
                start < spans[number][1] and each.offset < end
                for other, (start, end) in enumerate(spans)
                if other != number
            )
        ]

    def _site(self, setup: Setup, step: Step, lane: int, scratch: Scratch) -> Site:
        return Site(
            sources=tuple(map(self.maps, step.sources)),
            target=self.maps(step.target),
            then=tuple(
                (each[0], self.maps(each[1])) if isinstance(each, tuple) else each
                for each in step.then
            ),
            images=self.batch,
            lane=lane,
            lanes=setup.lanes,
            weights=setup.weights,
            scratch=scratch,
            exact=setup.exact,
        )


def _feed(maps: Maps, forked: bool) -> Feed:
    images, channels = len(maps.buffer), maps.channels
    shape = (images, channels, maps.height, maps.width)
    return Feed(maps, shared_array(shape) if forked else None)
