"""From ranks and lanes to lengths: where the items of a part stand and how its wires run.

All is measured along the flow (v) and across it (u), from the axis on which the main line runs, so
that one arrangement serves pictures that run down and pictures that run to the right.
"""

from __future__ import annotations

from collections.abc import Hashable
from dataclasses import dataclass
from typing import TypeAlias

from compiler.drawing.columns import Row, columns
from compiler.drawing.gaps import LANDING, Gap, Move, gap
from compiler.drawing.layers import Places, places
from compiler.drawing.part import OUTSIDE, Part, Wire

Spot: TypeAlias = tuple[float, float]  # u, v

LANES = 26.0  # between neighbouring lanes
THIN = 13.0  # of a lane in which only a wire runs
PORTS = 16.0  # between the ends of wires at one border
GUTTER = 44.0  # between columns
TURN = 10.0  # behind a column, before the wire to the next one turns
STAYS = -1.0  # the track of a wire that moves nowhere
BESIDE = 6.0  # how far beside a disc a wire must come down to reach it from its side


@dataclass(frozen=True, slots=True)
class Cell:
    """What an item takes: `before` and `after` its axis with all its labels, `length` along the
    flow, and behind it a `tail` in which wires run straight beside their label.

    entries, exits   where wires reach and leave it, across the flow
    radius           of a disc, which wires may reach from its sides; else 0
    """

    before: float
    after: float
    length: float
    tail: float
    entries: tuple[float, ...]
    exits: tuple[float, ...]
    radius: float = 0.0


@dataclass(frozen=True, slots=True)
class Arrangement:
    """Spots of the cells, where the axis meets the near border, and the bends of the wires."""

    spots: tuple[Spot, ...]
    lines: tuple[tuple[Spot, ...], ...]
    before: float
    after: float
    length: float
    entries: tuple[float, ...]
    exits: tuple[float, ...]


@dataclass(frozen=True, slots=True)
class _Run:
    """A wire without columns: where it starts and ends across the flow, the gaps in which it does,
    and the lane between them. `aside`: it reaches a disc from its side."""

    start: float
    first: int
    lane: float | None
    end: float
    last: int
    aside: bool


@dataclass(frozen=True, slots=True)
class _Grid:
    """Where the ranks are.

    gaps      before each rank, and behind the last
    shifts    of each rank, the axis of its column
    starts    where each rank begins; `behind`: where each gap does
    gutters   by the rank that begins a further column, where the wire to it runs
    top, end, before, after   of all ranks together
    """

    gaps: list[Gap]
    shifts: list[float]
    starts: list[float]
    behind: list[float]
    gutters: dict[int, float]
    top: float
    end: float
    before: float
    after: float


def ports(count: int, middle: float = 0.0) -> tuple[float, ...]:
    return tuple(middle + PORTS * (index - (count - 1) / 2) for index in range(count))


def arrange(
    part: Part, cells: tuple[Cell, ...], head: float, foot: float, slimmest: float
) -> Arrangement:
    """`head`, `foot`: room that is kept before and behind. A long part is broken into columns, so
    that it is about `slimmest` times as long as wide."""
    return _Arranger(part, cells).arranged(head, foot, slimmest)


class _Arranger:
    def __init__(self, part: Part, cells: tuple[Cell, ...]) -> None:
        self.part = part
        self.cells = cells
        self.places: Places = places(part)
        self.ranks: list[list[int]] = [[] for _ in range(self.places.bands[-1].last + 1)]
        for index, place in enumerate(self.places.items):
            self.ranks[place.rank].append(index)
        lanes = [self._lanes(band) for band in range(len(self.places.bands))]
        self.axes = [axes for axes, _, _ in lanes]
        self.reach = [(before, after) for _, before, after in lanes]
        self.entries = ports(part.entries)
        self.runs = [self._run(wire, index) for index, wire in enumerate(part.wires)]

    def arranged(self, head: float, foot: float, slimmest: float) -> Arrangement:
        grid = self._grid(head, slimmest)
        spots = tuple(
            (self._axis(index) + grid.shifts[place.rank], grid.starts[place.rank])
            for index, place in enumerate(self.places.items)
        )
        length = grid.end + foot
        lines = tuple(self._line(index, grid, spots, length) for index in range(len(self.runs)))
        exits = ports(self.part.exits, grid.shifts[-1])
        return Arrangement(spots, lines, grid.before, grid.after, length, self.entries, exits)

    def _grid(self, head: float, slimmest: float) -> _Grid:
        gaps = self._gaps()
        rows = self._rows(gaps)
        taken = columns(rows, GUTTER, slimmest)
        top = head + max(gaps[0].length, TURN + LANDING if taken[-1] else 0)
        starts, end, v = [], 0.0, top
        for rank, row in enumerate(rows):
            if rank and taken[rank] != taken[rank - 1]:
                end = max(end, v - rows[rank - 1].gap + 2 * TURN)
                v = top
            starts.append(v)
            v += row.length + row.gap
        axes, gutters, before, after = _column_axes(rows, taken)
        return _Grid(
            gaps,
            [axes[column] for column in taken],
            starts,
            [head, *(start + row.length for start, row in zip(starts, rows, strict=True))],
            {
                rank: gutters[column - 1]
                for rank, column in enumerate(taken)
                if rank and column != taken[rank - 1]
            },
            top,
            max(end, v),
            before,
            after,
        )

    def _line(
        self, index: int, grid: _Grid, spots: tuple[Spot, ...], length: float
    ) -> tuple[Spot, ...]:
        """The bends of a wire."""
        wire, run = self.part.wires[index], self.runs[index]
        shift = grid.shifts[run.first - 1] if run.first else 0.0
        begin = grid.behind[run.first]
        start = run.start
        near = 0.0
        if wire.source != OUTSIDE:
            near = spots[wire.source][1] + self.cells[wire.source].length
        points = [(start + shift, near)]
        if run.first in grid.gutters:
            gutter, turn = grid.gutters[run.first], grid.top - LANDING
            far = run.end + grid.shifts[run.first]
            points += [(start + shift, begin + TURN), (gutter, begin + TURN)]
            return (*points, (gutter, turn), (far, turn), (far, grid.top))
        if run.lane is not None:
            track = grid.gaps[run.first].tracks.get(index, STAYS)
            points += _bend(track, begin, start + shift, run.lane + shift)
            start, begin = run.lane, grid.behind[run.last]
        if run.aside:
            cell, (u, v) = self.cells[wire.target], spots[wire.target]
            middle = v + cell.length / 2
            side = cell.radius if start + shift > u else -cell.radius
            return (*points, (start + shift, middle), (u + side, middle))
        track = grid.gaps[run.last].tracks.get(_landing(index), STAYS)
        points += _bend(track, begin, start + shift, run.end + shift)
        end = length if wire.target == OUTSIDE else spots[wire.target][1]
        return (*points, (run.end + shift, end))

    def _lanes(self, index: int) -> tuple[list[float], float, float]:
        """Where the lanes of a band are, and how far the band reaches."""
        band = self.places.bands[index]
        before, after = [0.0] * band.wide, [0.0] * band.wide
        for rank in range(band.first, band.last + 1):
            for item in self.ranks[rank]:
                lane = self.places.items[item].lane
                before[lane] = max(before[lane], self.cells[item].before)
                after[lane] = max(after[lane], self.cells[item].after)
        axes = [0.0]
        for lane in range(1, band.wide):
            axes.append(axes[-1] + after[lane - 1] + LANES + before[lane])
        middle = axes[-1] / 2 if band.centred else 0.0
        axes = [axis - middle for axis in axes]
        end = axes[-1] + after[-1]
        axes += [end + THIN * (lane + 1) for lane in range(band.thin)]
        return axes, before[0] - axes[0], end + THIN * band.thin

    def _axis(self, item: int) -> float:
        place = self.places.items[item]
        return self.axes[place.band][place.lane]

    def _run(self, wire: Wire, index: int) -> _Run:
        way = self.places.ways[index]
        lane = None if way is None else self.axes[way.band][way.lane]
        if wire.source == OUTSIDE:
            start, first = self.entries[wire.exit], 0
        else:
            start = self._axis(wire.source) + self.cells[wire.source].exits[wire.exit]
            first = self.places.items[wire.source].rank + 1
        if wire.target == OUTSIDE:
            end = ports(self.part.exits)[wire.entry]
            return _Run(start, first, lane, end, len(self.ranks), False)
        cell, last = self.cells[wire.target], self.places.items[wire.target].rank
        axis = self._axis(wire.target)
        band = self.places.bands[self.places.items[wire.target].band]
        alone = band.first == band.last and band.wide + band.thin == 1
        come = start if lane is None else lane
        aside = bool(alone and cell.radius and abs(come - axis) > cell.radius + BESIDE)
        return _Run(start, first, lane, axis + cell.entries[wire.entry], last, aside)

    def _gaps(self) -> list[Gap]:
        moves: list[list[Move]] = [[] for _ in range(len(self.ranks) + 1)]

        def move(rank: int, wire: int, ends: tuple[float, float], *homes: Hashable) -> None:
            if abs(ends[0] - ends[1]) > 0.5:
                moves[rank].append(Move(wire, *ends, *homes))

        for index, (wire, run) in enumerate(zip(self.part.wires, self.runs, strict=True)):
            value, goal = (wire.source, wire.exit), (wire.target, run.end)
            if run.lane is not None:
                lane = (*value, run.lane)
                move(run.first, index, (run.start, run.lane), value, lane)
                if not run.aside:
                    move(run.last, _landing(index), (run.lane, run.end), lane, goal)
            elif not run.aside:
                move(run.last, _landing(index), (run.start, run.end), value, goal)
        return [gap(each) for each in moves]

    def _rows(self, gaps: list[Gap]) -> list[Row]:
        crossing: list[set[tuple[int, int, int]]] = [set() for _ in gaps]
        for wire, run in zip(self.part.wires, self.runs, strict=True):
            if run.first == run.last:
                crossing[run.first].add((wire.source, wire.exit, wire.entry))
        lone = [
            band.first == band.last and band.wide + band.thin == 1 for band in self.places.bands
        ]
        rows = []
        for rank, items in enumerate(self.ranks):
            band = self.places.items[items[0]].band
            length = max(self.cells[item].length + self.cells[item].tail for item in items)
            last = rank + 1 < len(self.ranks) and lone[band] and lone[band + 1]
            final = rank + 1 == len(self.ranks) and not self.part.exits
            room = 0.0 if final else gaps[rank + 1].length
            rows.append(Row(*self.reach[band], length, room, last and len(crossing[rank + 1]) == 1))
        return rows


def _column_axes(
    rows: list[Row], taken: list[int]
) -> tuple[list[float], list[float], float, float]:
    """The axes of the columns, the middles of the gutters between them, and how far all of it
    reaches before the first axis and after it."""
    before, after = [0.0] * (taken[-1] + 1), [0.0] * (taken[-1] + 1)
    for row, column in zip(rows, taken, strict=True):
        before[column] = max(before[column], row.before)
        after[column] = max(after[column], row.after)
    axes, gutters = [0.0], []
    for column in range(1, len(before)):
        end = axes[-1] + after[column - 1]
        gutters.append(end + GUTTER / 2)
        axes.append(end + GUTTER + before[column])
    return axes, gutters, before[0], axes[-1] + after[-1]


def _landing(wire: int) -> int:
    """Under which a gap knows the wire that moves a second time, out of its lane to its end."""
    return -1 - wire


def _bend(track: float | None, begin: float, start: float, end: float) -> list[Spot]:
    if track == STAYS:
        return []
    if track is None:
        return [(start, begin), (end, begin + LANDING)]
    return [(start, begin + track), (end, begin + track)]
