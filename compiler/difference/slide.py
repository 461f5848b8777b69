"""Where an added or removed run of layers may stand in several places, the one that reads best.

A run whose neighbours are like its own ends can slide along them. It stands best where it fills
whole blocks, and among those places where most paths stay what they were.
"""

from __future__ import annotations

from collections.abc import Sequence

from compiler.difference.tokens import Sides
from compiler.report import Row

Pairs = list[tuple[int, int]]


def slid(sides: Sides, pairs: Pairs) -> Pairs:
    """Pairs of layers that are as equal as before. Takes O(len(pairs)) steps."""
    pairs = _settled(sides.old_rows, sides.new_rows, sides.new, pairs)
    turned = [(j, i) for i, j in pairs]
    turned = _settled(sides.new_rows, sides.old_rows, sides.old, turned)
    return [(i, j) for j, i in turned]


def _settled(
    still: Sequence[Row], rows: Sequence[Row], tokens: Sequence[int], pairs: Pairs
) -> Pairs:
    """Slides the runs of `rows` that have no partner and lie between neighbours in `still`."""
    pairs = list(pairs)
    at = 1
    while at < len(pairs):
        (i, j), (next_i, next_j) = pairs[at - 1], pairs[at]
        if next_i == i + 1 and next_j > j + 1:
            at = _settle(still, rows, tokens, pairs, at)
        at += 1
    return pairs


def _settle(
    still: Sequence[Row], rows: Sequence[Row], tokens: Sequence[int], pairs: Pairs, at: int
) -> int:
    """Moves one run, which stands before the pair `at`; gives the pair before which it stands."""
    start, stop = pairs[at - 1][1] + 1, pairs[at][1]
    length = stop - start
    first = at
    while first > 0 and _slides_up(tokens, pairs, first, first - at + start, length):
        first -= 1
    last = at
    while last < len(pairs) and _slides_down(tokens, pairs, last, last - at + start, length):
        last += 1
    gain, best = 0, (_rating(rows, start, stop), 0)
    place = at
    for here in range(at - 1, first - 1, -1):
        gain += _gain(still, rows, pairs[here], length)
        found = (_rating(rows, start + here - at, stop + here - at), gain)
        if found > best:
            place, best = here, found
    gain = 0
    for here in range(at + 1, last + 1):
        gain += _gain(still, rows, pairs[here - 1], -length)
        found = (_rating(rows, start + here - at, stop + here - at), gain)
        if found >= best:
            place, best = here, found
    for moved in range(place, at):
        pairs[moved] = (pairs[moved][0], pairs[moved][1] + length)
    for moved in range(at, place):
        pairs[moved] = (pairs[moved][0], pairs[moved][1] - length)
    return max(place, at)


def _slides_up(tokens: Sequence[int], pairs: Pairs, at: int, start: int, length: int) -> bool:
    """Whether the pair before the run may take the run's last layer instead of its own."""
    i, j = pairs[at - 1]
    touches = at == len(pairs) or pairs[at][0] == i + 1
    return j == start - 1 and touches and tokens[j] == tokens[j + length]


def _slides_down(tokens: Sequence[int], pairs: Pairs, at: int, start: int, length: int) -> bool:
    i, j = pairs[at]
    touches = at == 0 or pairs[at - 1][0] == i - 1
    return j == start + length and touches and tokens[j] == tokens[j - length]


def _gain(still: Sequence[Row], rows: Sequence[Row], pair: tuple[int, int], by: int) -> int:
    """How many paths stay what they were, more than before, if the pair's layer shifts."""
    path, j = still[pair[0]].path, pair[1]
    return (path == rows[j + by].path) - (path == rows[j].path)


def _rating(rows: Sequence[Row], start: int, stop: int) -> int:
    """The more parts of paths are left and entered at the run's two ends, the better; 0 or less."""
    return -_shared(rows, start) - _shared(rows, stop)


def _shared(rows: Sequence[Row], at: int) -> int:
    """How many parts of their paths the layers on both sides of a border share."""
    if at in (0, len(rows)):
        return 0
    before, after = rows[at - 1].path.split("."), rows[at].path.split(".")
    shared = 0
    for one, other in zip(before[:-1], after[:-1], strict=False):
        if one != other:
            break
        shared += 1
    return shared
