"""A place for each buffer in one arena, where it is known from when to when each is held.

The smallest arena is NP-hard to find. So the buffers get their places one by one, each the
narrowest gap that is free as long as it is held, in several orders, and the best of them wins
(greedy by size and by breadth: Pisarchyk and Lee, Efficient memory management for deep neural net
inference, 2020, arXiv:2001.03288). Each order is tried from one end of the arena and from both:
then what a layer reads and what it makes lie at opposite ends, and neither splits a gap.
"""

from __future__ import annotations

from bisect import bisect_left, insort
from collections.abc import Iterator, Sequence
from heapq import heappop, heappush

from compiler.sharing import Held

# Pairs of buffers that are held at once, up to which orders are tried. It bounds the work.
PAIRS = 1_000_000


def arrange(buffers: Sequence[Held], live: Sequence[int]) -> tuple[int, ...]:
    """The offset of each buffer. `live`: the values that are held at each step."""
    beside = _beside(buffers)
    if beside is None:
        return _one_by_one(buffers)
    floor = max(live, default=0)
    tried = []
    for order in _orders(buffers, live):
        for ends in (1, 2):
            offsets = _greedy(buffers, beside, order, floor, ends)
            tried.append(offsets)
            if extent(buffers, offsets) == floor:
                return offsets
    return min(tried, key=lambda offsets: extent(buffers, offsets))


def extent(buffers: Sequence[Held], offsets: Sequence[int]) -> int:
    """The size of the arena."""
    ends = (offset + buffer.size for buffer, offset in zip(buffers, offsets, strict=True))
    return max(ends, default=0)


def _by_first(buffers: Sequence[Held]) -> list[int]:
    return sorted(range(len(buffers)), key=lambda number: buffers[number].first)


def _beside(buffers: Sequence[Held]) -> list[list[int]] | None:
    """For each buffer those that are held when it is; None where there are too many pairs."""
    beside: list[list[int]] = [[] for _ in buffers]
    held: list[int] = []
    pairs = 0
    for number in _by_first(buffers):
        held = [each for each in held if buffers[each].last >= buffers[number].first]
        pairs += len(held)
        if pairs > PAIRS:
            return None
        beside[number] += held
        for each in held:
            beside[each].append(number)
        held.append(number)
    return beside


def _orders(buffers: Sequence[Held], live: Sequence[int]) -> Iterator[list[int]]:
    """The largest first; then first those that are held when the most is held."""
    numbers = range(len(buffers))
    yield sorted(numbers, key=lambda number: -buffers[number].size)
    most = _most(buffers, live)
    yield sorted(numbers, key=lambda number: (-most[number], -buffers[number].size))


def _most(buffers: Sequence[Held], live: Sequence[int]) -> list[int]:
    """The most values that are held at any step of each buffer's time."""
    most = [0] * len(buffers)
    waiting = sorted(range(len(buffers)), key=lambda number: -buffers[number].last)
    peaks: list[int] = []  # steps after each of which less is held, until now
    for step, values in enumerate(live):
        while peaks and live[peaks[-1]] <= values:
            peaks.pop()
        peaks.append(step)
        while waiting and (buffers[waiting[-1]].last == step or step == len(live) - 1):
            number = waiting.pop()
            most[number] = live[peaks[bisect_left(peaks, buffers[number].first)]]
    return most


def _greedy(
    buffers: Sequence[Held], beside: list[list[int]], order: list[int], floor: int, ends: int
) -> tuple[int, ...]:
    """The narrowest gap for each; with two ends, every other buffer lies at the far end of it."""
    offsets = [-1] * len(buffers)
    far = set(_by_first(buffers)[::2]) if ends == 2 else set[int]()
    for number in order:
        size = buffers[number].size
        near = [each for each in beside[number] if offsets[each] >= 0]
        taken = sorted((offsets[each], offsets[each] + buffers[each].size) for each in near)
        free = 0
        gaps = []
        for start, end in (*taken, (floor, floor)):
            if start - free >= size:
                gaps.append((start - free, free, start))
            free = max(free, end)
        _, low, high = min(gaps, default=(size, free, free + size))
        offsets[number] = high - size if number in far else low
    return tuple(offsets)


def _one_by_one(buffers: Sequence[Held]) -> tuple[int, ...]:
    """The narrowest gap that is free at the time, as an allocator finds it."""
    offsets = [0] * len(buffers)
    gaps = _Gaps()
    held: list[tuple[int, int]] = []
    for number in _by_first(buffers):
        buffer = buffers[number]
        while held and held[0][0] < buffer.first:
            _, done = heappop(held)
            gaps.give(offsets[done], offsets[done] + buffers[done].size)
        offsets[number] = gaps.take(buffer.size)
        heappush(held, (buffer.last, number))
    return tuple(offsets)


class _Gaps:
    """What is free, by place and by size; beyond `top` everything is."""

    def __init__(self) -> None:
        self._top = 0
        self._places: list[tuple[int, int]] = []
        self._sizes: list[tuple[int, int]] = []

    def take(self, size: int) -> int:
        fit = bisect_left(self._sizes, (size, 0))
        if fit < len(self._sizes):
            width, start = self._sizes[fit]
            self._drop(start, start + width)
            if width > size:
                self._add(start + size, start + width)
            return start
        start = self._top
        if self._places and self._places[-1][1] == start:
            start = self._places[-1][0]
            self._drop(*self._places[-1])
        self._top = start + size
        return start

    def give(self, start: int, end: int) -> None:
        """Gaps that touch become one."""
        place = bisect_left(self._places, (start, end))
        before, after = self._places[max(0, place - 1) : place], self._places[place : place + 1]
        for gap in (*before, *after):
            if gap[1] == start or gap[0] == end:
                self._drop(*gap)
                start, end = min(start, gap[0]), max(end, gap[1])
        self._add(start, end)

    def _add(self, start: int, end: int) -> None:
        insort(self._places, (start, end))
        insort(self._sizes, (end - start, start))

    def _drop(self, start: int, end: int) -> None:
        del self._places[bisect_left(self._places, (start, end))]
        del self._sizes[bisect_left(self._sizes, (end - start, start))]
