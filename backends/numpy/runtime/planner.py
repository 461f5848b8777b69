"""The planner: what `layers` tells it becomes the steps of a plan."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Protocol

import numpy as np

from backends.numpy.kernels.fast.calls import Call
from backends.numpy.kernels.fast.finishing import Activation, Merge
from backends.numpy.kernels.fast.maps import Maps, Share
from backends.numpy.kernels.fast.scratch import Scratch
from backends.numpy.kernels.types import Array
from backends.numpy.runtime.buffers import Halo, Slot
from backends.numpy.runtime.store import Shapes, Store


@dataclass(frozen=True, slots=True, eq=False)
class Value:
    """What a layer makes: a volume, in the channels of a buffer from `channel` on, at a level.

    Layers of one level do not depend on one another.
    """

    height: int
    width: int
    channels: int
    buffer: int
    channel: int
    level: int


Operation = Activation | tuple[np.ufunc, Value]


@dataclass(frozen=True, slots=True)
class Site:
    """Where a layer works: the maps it reads and writes, and the operations that follow in place.

    `lane` and `lanes`: for which of how many lanes the kernel is; `images`: the batch. `weights`
    are the net's.
    """

    sources: tuple[Maps, ...]
    target: Maps
    then: tuple[Activation | tuple[np.ufunc, Maps], ...]
    images: int
    lane: int
    lanes: int
    weights: Store
    scratch: Scratch
    exact: bool

    def part(self, axis: str, lane: int, unit: int = 1) -> Share | None:
        """A lane's part: whole images where there are enough, else rows or channels, so many of
        them together; None where nothing is left."""
        target, whole = self.target, (0, self.images)
        rows, channels = (0, target.height), (0, target.channels)
        if axis == "images":
            share = Share(cut(self.images, lane, self.lanes), rows, channels)
        elif axis == "rows":
            share = Share(whole, cut(target.height, lane, self.lanes, unit), channels)
        else:
            share = Share(whole, rows, cut(target.channels, lane, self.lanes, unit))
        return share if all(end > start for start, end in share) else None

    def own(self, axis: str = "rows", unit: int = 1) -> Share | None:
        """This lane's part."""
        return self.part("images" if self.images >= self.lanes else axis, self.lane, unit)

    def operations(self, look: Callable[[Maps], Array]) -> list[Activation | Merge]:
        """What follows, with a tile's view of the other operands."""
        return [(each[0], look(each[1])) if isinstance(each, tuple) else each for each in self.then]


def cut(length: int, lane: int, lanes: int, unit: int = 1) -> tuple[int, int]:
    """Give the lane's part of a length, from a multiple of the unit to another or to the end."""
    units = -(-length // unit)
    start, end = units * lane // lanes, units * (lane + 1) // lanes
    return min(start * unit, length), min(end * unit, length)


class Layer(Protocol):
    """What a layer tells the planner. `apart`: it computes each image by itself, from that alone.

    A layer that is not splits its channels between lanes however many images there are.
    """

    @property
    def apart(self) -> bool: ...

    def volume(self, sources: Sequence[Value], shapes: Shapes) -> tuple[int, int, int]:
        """Height, width and channels of what it makes."""
        ...

    def halo(self, source: Value, target: Value, shapes: Shapes) -> Halo:
        """The rows and columns of zeros that it reads around its first source."""
        ...

    def calls(self, site: Site) -> list[Call]:
        """The work of one lane, none where nothing is left for it."""
        ...


@dataclass(frozen=True, slots=True)
class Step:
    """A layer, what flows in and out, and what is done to its values before they are written."""

    layer: Layer
    sources: tuple[Value, ...]
    target: Value
    then: tuple[Operation, ...]


class Choosing(Protocol):
    """What may put another layer in the place of one, which computes the same in another way."""

    def choose(
        self, layer: Layer, sources: Sequence[Value], target: Value, then: Sequence[Operation]
    ) -> Layer: ...


@dataclass(slots=True)
class Planner:
    """Takes a net's layers one by one, for inputs of known volumes: (height, width, channels).

    `channels`: of each buffer; `shapes`: of the weights, as they came.
    """

    inputs: list[tuple[int, int, int]]
    channels: Sequence[int]
    shapes: Shapes
    weights: Mapping[str, Array] = field(default_factory=dict)
    slots: list[Slot] = field(default_factory=list)
    feeds: list[Value] = field(default_factory=list)
    steps: list[Step] = field(default_factory=list)
    outputs: list[tuple[str, Value, bool]] = field(default_factory=list)
    tuner: Choosing | None = None

    def __post_init__(self) -> None:
        self.slots = [Slot(channels) for channels in self.channels]

    def input(self, into: int, channel: int = 0) -> Value:
        """The next input of the net, which is copied into a buffer."""
        value = self._value(self.inputs[len(self.feeds)], into, channel, 0)
        self.feeds.append(value)
        return value

    def add(
        self,
        layer: Layer,
        *sources: Value,
        then: Sequence[Operation] = (),
        into: int,
        channel: int = 0,
    ) -> Value:
        """A layer; `then` is done to each of its values: relu_into, (np.add, another), …"""
        others = [each[1] for each in then if isinstance(each, tuple)]
        read = (*sources, *others)
        level = 1 + max(value.level for value in read)
        height, width, channels = layer.volume(sources, self.shapes)
        target = self._value((height, width, channels), into, channel, level)
        for value in read:
            self.slots[value.buffer].hold(level)
        if self.tuner is not None:
            layer = self.tuner.choose(layer, sources, target, then)
        slot = self.slots[sources[0].buffer]
        needed = zip(slot.halo, layer.halo(sources[0], target, self.shapes), strict=True)
        top, bottom, left, right = (max(pair) for pair in needed)
        slot.halo = (top, bottom, left, right)
        self.steps.append(Step(layer, sources, target, tuple(then)))
        return target

    def join(self, *branches: Value) -> Value:
        """Values that lie side by side in a buffer, as one."""
        first = branches[0]
        level = max(value.level for value in branches)
        channels = sum(value.channels for value in branches)
        volume = (first.height, first.width, channels)
        return self._value(volume, first.buffer, first.channel, level)

    def output(self, name: str, value: Value, *, flat: bool = False) -> None:
        """A value that the net returns, N x C where it is flat; it is held to the end."""
        self.outputs.append((name, value, flat))

    def finish(self) -> None:
        """Hold what is returned to the end."""
        for _, value, _ in self.outputs:
            self.slots[value.buffer].hold(self.levels)

    @property
    def levels(self) -> int:
        return 1 + max((step.target.level for step in self.steps), default=0)

    def apart(self, level: int) -> bool:
        """Whether each image of a level is computed by itself."""
        return all(step.layer.apart for step in self.steps if step.target.level == level)

    def _value(self, volume: tuple[int, int, int], into: int, channel: int, level: int) -> Value:
        slot = self.slots[into]
        height, width, channels = volume
        if slot.last >= 0 and (slot.height, slot.width) != (height, width):
            raise ValueError(f"maps of {height} x {width} beside {slot.height} x {slot.width}")
        slot.height, slot.width = height, width
        slot.hold(level)
        return Value(height, width, channels, into, channel, level)
