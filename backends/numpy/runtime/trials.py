"""Trials: how long a layer takes in each of several ways, in turns."""

import time
from collections.abc import Sequence
from functools import partial
from typing import NamedTuple

import numpy as np

from backends.numpy.kernels.fast.calls import Call
from backends.numpy.kernels.fast.maps import Maps
from backends.numpy.kernels.fast.scratch import Scratch
from backends.numpy.kernels.types import Array
from backends.numpy.runtime.buffers import Buffer, Halo, Slot, own_array, view_of
from backends.numpy.runtime.forked import ForkedLanes, shared_array
from backends.numpy.runtime.lanes import Lanes, Stage
from backends.numpy.runtime.planner import Layer, Operation, Site, Value, cut
from backends.numpy.runtime.store import Store

# Before each trial a lane reads so many floats, 8 MB: in a net the weights come from far, too.
COLD = 1 << 21
REPEATED = 3  # trials of a turn
TURNS = 6
EARLY = 2  # turns after which those that take longer than HOPELESS of the fastest are left out
HOPELESS = 1.5


class Case(NamedTuple):
    """A layer's surroundings: what it reads and makes, what follows, the batch and the lanes.

    channels: of each buffer, of which a value may have some.
    """

    sources: Sequence[Value]
    target: Value
    then: Sequence[Operation]
    weights: Store
    channels: Sequence[int]
    batch: int
    lanes: int
    forked: bool
    exact: bool


class Clock:
    """Notes the time when it is called."""

    def __init__(self) -> None:
        self.times: list[float] = []

    def note(self) -> None:
        self.times.append(time.perf_counter())


class Trial:
    """A layer by itself, on lanes as a net has them."""

    def __init__(self, layer: Layer, sites: Sequence[Site], forked: bool, cold: Array) -> None:
        self.clock = Clock()
        work = [layer.calls(site) for site in sites]
        work[0] = [self.clock.note, *work[0]]
        # Other memory is read, so that weights and values must be read anew.
        away = tuple([partial(np.add.reduce, cold)] for _ in sites)
        noting = tuple([self.clock.note] if site.lane == 0 else [] for site in sites)
        # What a lane made by itself, its rows of it mostly, it reads quickly.
        before = tuple([touching(site)] for site in sites)
        stages = [Stage(away), Stage(before), Stage(tuple(work)), Stage(noting)] * REPEATED
        self.lanes = ForkedLanes(stages) if forked else Lanes(stages)

    def seconds(self) -> float:
        """The time of the fastest of some runs, the lanes' last meeting with it."""
        self.clock.times = []
        self.lanes.run()
        times = self.clock.times
        pairs = zip(times[::2], times[1::2], strict=True)
        return min(end - start for start, end in pairs)


def touching(site: Site) -> Call:
    """Write a lane's images or rows of the first source, as the layer before it has."""
    source = site.sources[0]
    axis, length = (0, site.images) if site.images >= site.lanes else (1, source.height)
    part = slice(*cut(length, site.lane, site.lanes))
    values = source.inner[part] if axis == 0 else source.inner[:, part]
    return partial(np.add, values, np.float32(0), out=values)


def sites_of(case: Case, halo: Halo) -> list[Site]:
    """Where each lane works, on values other than zero in an arena made for this."""
    merged = [each[1] for each in case.then if isinstance(each, tuple)]
    buffers: list[Buffer] = []
    offset = 0
    values = (*case.sources, case.target, *merged)
    for number, value in enumerate(values):
        around: Halo = halo if number == 0 else (0, 0, 0, 0)
        channels = case.channels[value.buffer]
        buffers.append(Buffer(offset, (value.height, value.width, channels), around))
        offset += Slot(channels, value.height, value.width, around).size
    arena = (shared_array if case.forked else own_array)((case.batch, offset))
    arena.fill(0.5)
    maps = [
        Maps(view_of(arena, each), each.halo, 0, value.channels)
        for each, value in zip(buffers, values, strict=True)
    ]
    others = iter(maps[len(case.sources) + 1 :])
    then = tuple((each[0], next(others)) if isinstance(each, tuple) else each for each in case.then)
    return [
        Site(
            sources=tuple(maps[: len(case.sources)]),
            target=maps[len(case.sources)],
            then=then,
            images=case.batch,
            lane=lane,
            lanes=case.lanes,
            weights=case.weights,
            scratch=Scratch(),
            exact=case.exact,
        )
        for lane in range(case.lanes)
    ]


def fastest(layers: Sequence[Layer], case: Case) -> list[float]:
    """The seconds of each layer; they take turns, and the slow ones are left out early.

    Those that read as many zeros around their values work in the same memory, so that none is
    lucky with its pages.
    """
    places: dict[Halo, list[Site]] = {}
    cold = np.full(COLD, 0.5, np.float32)
    trials: list[Trial] = []
    for layer in layers:
        halo = layer.halo(case.sources[0], case.target, case.weights.shapes)
        if halo not in places:
            places[halo] = sites_of(case, halo)
        trials.append(Trial(layer, places[halo], case.forked, cold))
    times = [float("inf")] * len(trials)
    try:
        for turn in range(TURNS):
            limit = min(times) * HOPELESS if turn >= EARLY else float("inf")
            for number, trial in enumerate(trials):
                if times[number] <= limit:
                    times[number] = min(times[number], trial.seconds())
    finally:
        for trial in trials:
            trial.lanes.close()
    return times
