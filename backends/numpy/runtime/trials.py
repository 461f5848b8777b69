"""Trials: how long a layer takes in each of several ways, in turns."""

import time
from collections.abc import Mapping, Sequence
from typing import NamedTuple

import numpy as np

from backends.numpy.kernels.fast.maps import Maps
from backends.numpy.kernels.fast.scratch import Scratch
from backends.numpy.kernels.types import Array
from backends.numpy.runtime.buffers import Buffer, Halo, Slot, own_array, view_of
from backends.numpy.runtime.forked import ForkedLanes, shared_array
from backends.numpy.runtime.lanes import Lanes, Stage
from backends.numpy.runtime.planner import Layer, Operation, Site, Value

# Before each trial a lane reads so many floats, 8 MB: in a net the weights come from far, too.
COLD = np.full(1 << 21, 0.5, np.float32)
REPEATED = 3  # trials of a turn
TURNS = 6
EARLY = 2  # turns after which those that take longer than HOPELESS of the fastest are left out
HOPELESS = 1.5


class Case(NamedTuple):
    """A layer's surroundings: what it reads and makes, what follows, the batch and the lanes."""

    sources: Sequence[Value]
    target: Value
    then: Sequence[Operation]
    weights: Mapping[str, Array]
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

    def __init__(self, layer: Layer, sites: Sequence[Site], forked: bool) -> None:
        self.clock = Clock()
        work = [layer.calls(site) for site in sites]
        work[0] = [self.clock.note, *work[0]]
        cold = tuple([cold_caches] for _ in sites)
        noting = tuple([self.clock.note] if site.lane == 0 else [] for site in sites)
        stages = [Stage(cold), Stage(tuple(work)), Stage(noting)] * REPEATED
        self.lanes = ForkedLanes(stages) if forked else Lanes(stages)

    def seconds(self) -> float:
        """The time of the fastest of some runs, the lanes' last meeting with it."""
        self.clock.times = []
        self.lanes.run()
        times = self.clock.times
        pairs = zip(times[::2], times[1::2], strict=True)
        return min(end - start for start, end in pairs)


def cold_caches() -> None:
    """Read other memory, so that weights and values must be read anew."""
    np.add.reduce(COLD)


def sites_of(case: Case, halo: Halo, packed: dict[object, Array]) -> list[Site]:
    """Where each lane works, on values other than zero in an arena made for this."""
    merged = [each[1] for each in case.then if isinstance(each, tuple)]
    buffers: list[Buffer] = []
    offset = 0
    for number, value in enumerate((*case.sources, case.target, *merged)):
        around: Halo = halo if number == 0 else (0, 0, 0, 0)
        buffers.append(Buffer(offset, (value.height, value.width, value.channels), around))
        offset += Slot(value.channels, value.height, value.width, around).size
    arena = (shared_array if case.forked else own_array)((case.batch, offset))
    arena.fill(0.5)
    maps = [Maps(view_of(arena, each), each.halo, 0, each.volume[2]) for each in buffers]
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
            packed=packed,
            groups={},
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
    packed: dict[object, Array] = {}
    trials: list[Trial] = []
    for layer in layers:
        halo = layer.halo(case.sources[0], case.target, case.weights)
        if halo not in places:
            places[halo] = sites_of(case, halo, packed)
        trials.append(Trial(layer, places[halo], case.forked))
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
