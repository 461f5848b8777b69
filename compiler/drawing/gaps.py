"""Wires between two neighbouring ranks: each moves sideways once, on a track of its own.

What starts at one place, or ends at one, shares a track, so that a fork and a merge look like one.
"""

from __future__ import annotations

from collections.abc import Hashable
from dataclasses import dataclass
from heapq import heapify, heappop, heappush

LEAD = 8.0  # before the first track
TRACK = 9.0
LANDING = 16.0  # behind the last one, with the arrow's head
STRAIGHT = 12.0
APART = 4.0  # between two that share a track


@dataclass(frozen=True, slots=True)
class Move:
    """Wire `wire` goes from `start` to `end`, both across the flow. `home` is what it starts from
    and `goal` what it ends at."""

    wire: int
    start: float
    end: float
    home: Hashable
    goal: Hashable


@dataclass(frozen=True, slots=True)
class Gap:
    """How long the gap is, and how far behind its beginning each wire moves; None: it goes aslant,
    for on any track it would cover another one."""

    length: float
    tracks: dict[int, float | None]


def gap(moves: list[Move]) -> Gap:
    """Of the moves that go sideways at all."""
    if not moves:
        return Gap(STRAIGHT, {})
    groups = _groups(moves)
    order = _order(groups)
    taken: list[list[tuple[float, float]]] = []
    level: dict[int, int] = {}
    for group, above in order:
        low = min(min(each.start, each.end) for each in groups[group]) - APART
        high = max(max(each.start, each.end) for each in groups[group]) + APART
        first = max((level[each] + 1 for each in above), default=0)
        while first < len(taken) and any(a < high and low < b for a, b in taken[first]):
            first += 1
        taken += [[] for _ in range(first + 1 - len(taken))]
        taken[first].append((low, high))
        level[group] = first
    tracks = {
        each.wire: LEAD + TRACK * level[group] if group in level else None
        for group, members in enumerate(groups)
        for each in members
    }
    return Gap(LEAD + TRACK * max(0, len(taken) - 1) + LANDING, tracks)


def _groups(moves: list[Move]) -> list[list[Move]]:
    """Those with one goal, and of what is left those from one home."""
    goals: dict[Hashable, set[Hashable]] = {}
    for move in moves:
        goals.setdefault(move.goal, set()).add(move.home)
    found: dict[Hashable, list[Move]] = {}
    for move in moves:
        merges = len(goals[move.goal]) > 1
        found.setdefault((merges, move.goal if merges else move.home), []).append(move)
    return list(found.values())


def _order(groups: list[list[Move]]) -> list[tuple[int, list[int]]]:
    """Each group with those that must be above it, which stand before it: a wire that starts where
    another one ends turns off first. Groups that wait for one another are left out."""
    starts: dict[int, set[int]] = {}
    for group, members in enumerate(groups):
        for each in members:
            starts.setdefault(round(each.start), set()).add(group)
    above = [
        sorted({other for each in members for other in starts.get(round(each.end), ())} - {group})
        for group, members in enumerate(groups)
    ]
    below: list[list[int]] = [[] for _ in groups]
    for group, others in enumerate(above):
        for other in others:
            below[other].append(group)
    waiting = [len(others) for others in above]
    ready = [group for group, count in enumerate(waiting) if not count]
    heapify(ready)
    order = []
    while ready:
        group = heappop(ready)
        order.append((group, above[group]))
        for other in below[group]:
            waiting[other] -= 1
            if not waiting[other]:
                heappush(ready, other)
    return order
