"""Where a long picture goes on at the top of a further column."""

from __future__ import annotations

from dataclasses import dataclass
from math import ceil, sqrt


@dataclass(frozen=True, slots=True)
class Row:
    """What a rank takes: to both sides of the axis, along the flow, and in the gap behind it.
    `last`: a column may end here, since one wire alone leads on."""

    before: float
    after: float
    length: float
    gap: float
    last: bool


def columns(rows: list[Row], gutter: float, slimmest: float) -> list[int]:
    """The column of each row: as many as bring length by width near to `slimmest` and leave little
    of them empty."""
    pieces = _pieces(rows)
    total = sum(row.length + row.gap for row in rows)
    area = sum((row.before + row.after) * (row.length + row.gap) for row in rows)
    wide = max(row.before for row in rows) + max(row.after for row in rows) + gutter
    guess = sqrt(total / wide / slimmest)
    best, found = float("inf"), [0] * len(rows)
    for count in range(max(1, int(guess) - 1), min(ceil(guess) + 2, len(pieces)) + 1):
        taken = _taken(rows, pieces, _shortest(rows, pieces, count))
        length, width = _size(rows, taken, gutter)
        slim = length / width / slimmest
        badness = sqrt(max(slim, 1 / slim)) * length * width / area
        if badness < best - 1e-9:
            best, found = badness, taken
    return found


def _pieces(rows: list[Row]) -> list[tuple[int, int]]:
    """First and last rows between which no column may end."""
    found, first = [], 0
    for index, row in enumerate(rows):
        if row.last or index == len(rows) - 1:
            found.append((first, index))
            first = index + 1
    return found


def _long(rows: list[Row], piece: tuple[int, int]) -> float:
    return sum(row.length + row.gap for row in rows[piece[0] : piece[1] + 1])


def _shortest(rows: list[Row], pieces: list[tuple[int, int]], count: int) -> float:
    """The least length of a column with which `count` of them are enough."""
    lengths = [_long(rows, piece) for piece in pieces]
    low, high = max(lengths), sum(lengths)
    while high - low > 1:
        middle = (low + high) / 2
        used, filled = 1, 0.0
        for length in lengths:
            if filled + length > middle:
                used, filled = used + 1, 0.0
            filled += length
        low, high = (low, middle) if used <= count else (middle, high)
    return high


def _taken(rows: list[Row], pieces: list[tuple[int, int]], longest: float) -> list[int]:
    found: list[int] = []
    column, filled = 0, 0.0
    for first, last in pieces:
        length = _long(rows, (first, last))
        if filled and filled + length > longest:
            column, filled = column + 1, 0.0
        filled += length
        found += [column] * (last + 1 - first)
    return found


def _size(rows: list[Row], taken: list[int], gutter: float) -> tuple[float, float]:
    length, width = 0.0, -gutter
    for column in range(taken[-1] + 1):
        within = [row for row, each in zip(rows, taken, strict=True) if each == column]
        length = max(length, sum(row.length + row.gap for row in within))
        width += max(row.before for row in within) + max(row.after for row in within) + gutter
    return length, width
