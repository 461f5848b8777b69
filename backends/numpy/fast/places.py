"""Which values share a buffer: what works in place, and the branches of a concatenation."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field

from backends.numpy.fast.steps import Step, Steps
from compiler.graph import Graph
from compiler.ops.merge import Concat

END = 1 << 60  # the level at which what the network returns is read


@dataclass(frozen=True, slots=True)
class Place:
    """The number of a buffer, and the first of its channels."""

    buffer: int
    channel: int = 0


@dataclass(frozen=True, slots=True)
class Places:
    """`places`: of each value; `channels`: of each buffer; `copied`: branches of concatenations
    that are copied into their place there, by the node of the concatenation and the branch's
    number."""

    places: Mapping[int, Place]
    channels: tuple[int, ...]
    copied: Mapping[tuple[int, int], Place]


def places(
    graph: Graph, found: Steps, elementwise: Collection[int], plain: Collection[int]
) -> Places:
    """`elementwise`: the nodes of layers that may be computed where what flows in lies; `plain`:
    of those that write all of their values before anything is done to them."""
    sharing = _Sharing(found, frozenset(elementwise), frozenset(plain))
    sharing.returned = {found.same[each.node] for each in graph.outputs if not each.train}
    for step in found.steps:
        sharing.take(step)
    return sharing.result()


@dataclass
class _Sharing:
    found: Steps
    elementwise: frozenset[int]
    plain: frozenset[int]
    returned: set[int] = field(default_factory=set)
    parents: list[Place] = field(default_factory=list)
    channels: list[int] = field(default_factory=list)
    first: dict[int, int] = field(default_factory=dict)  # a value's first buffer
    levels: dict[int, int] = field(default_factory=dict)
    copied: dict[tuple[int, int], int] = field(default_factory=dict)
    values: dict[int, list[int]] = field(default_factory=dict)  # by the buffer that holds them

    def __post_init__(self) -> None:
        self.readers: dict[int, list[Step]] = {}
        for step in self.found.steps:
            for value in dict.fromkeys(step.read):
                self.readers.setdefault(value, []).append(step)

    def take(self, step: Step) -> None:
        number = step.number
        if isinstance(step.op, Concat):
            self._join(step)
            return
        self.levels[number] = 1 + max((self.levels[each] for each in step.read), default=-1)
        self.first[number] = self._target(step)
        self._hold(number)

    def result(self) -> Places:
        numbers: dict[int, int] = {}
        for buffer in range(len(self.parents)):
            if self.parents[buffer].buffer == buffer:
                numbers[buffer] = len(numbers)

        def final(buffer: int) -> Place:
            place = self._outermost(buffer)
            return Place(numbers[place.buffer], place.channel)

        return Places(
            {value: final(buffer) for value, buffer in self.first.items()},
            tuple(self.channels[buffer] for buffer in numbers),
            {key: final(buffer) for key, buffer in self.copied.items()},
        )

    def _target(self, step: Step) -> int:
        """The buffer of a value that dies here, if the layer may write over it, else a new one."""
        volume = self.found.volumes[step.number]
        allowed = [part.other for part in step.then if part.other is not None]
        if step.number in self.plain:
            allowed = []
        if step.number in self.elementwise:
            allowed = [*step.sources, *allowed]
        kept = set() if step.number in self.elementwise else set(step.sources)
        for value in allowed:
            others = {self._root(each) for each in kept}
            if (
                self.found.volumes[value] == volume
                and self._root(value) not in others
                and self._dies(value, step)
            ):
                return self.first[value]
        return self._new(volume.c)

    def _dies(self, value: int, step: Step) -> bool:
        """Whether nobody but the layer reads a value, or one that lies over it, from now on."""
        level, mine = self.levels[step.number], self._span(value)
        for other in self.values[self._root(value)]:
            start, end = self._span(other)
            if end <= mine[0] or mine[1] <= start:
                continue
            if other in self.returned:
                return False
            for reader in self.readers.get(other, ()):
                if reader is not step and self.levels.get(reader.number, END) >= level:
                    return False
                if isinstance(reader.op, Concat) and reader.number not in self.levels:
                    return False
        return sum(self._root(each) == self._root(value) for each in step.read) == 1

    def _span(self, value: int) -> tuple[int, int]:
        start = self._outermost(self.first[value]).channel
        return start, start + self.found.volumes[value].c

    def _new(self, channels: int) -> int:
        number = len(self.parents)
        self.parents.append(Place(number))
        self.channels.append(channels)
        return number

    def _hold(self, value: int) -> None:
        self.values.setdefault(self._root(value), []).append(value)

    def _join(self, step: Step) -> None:
        """Makes each branch that can be a slice of the whole's buffer one; others are copied."""
        whole = self._new(self.found.volumes[step.number].c)
        channel, level = 0, 0
        for index, branch in enumerate(step.sources):
            width = self.found.volumes[branch].c
            root = self._root(branch)
            if root != whole and self.channels[root] == width:
                self.parents[root] = Place(whole, channel)
                self.values.setdefault(whole, []).extend(self.values.pop(root))
                level = max(level, self.levels[branch])
            else:
                self.copied[step.number, index] = slice_ = self._new(width)
                self.parents[slice_] = Place(whole, channel)
                level = max(level, self.levels[branch] + 1)
            channel += width
        self.first[step.number], self.levels[step.number] = whole, level
        self._hold(step.number)

    def _root(self, value: int) -> int:
        return self._outermost(self.first[value]).buffer

    def _outermost(self, buffer: int) -> Place:
        """The last of the buffers around one, with the channel there."""
        way = []
        while self.parents[buffer].buffer != buffer:
            way.append(buffer)
            buffer = self.parents[buffer].buffer
        channel = 0
        for inner in reversed(way):
            channel += self.parents[inner].channel
            self.parents[inner] = Place(buffer, channel)
        return Place(buffer, channel)
