"""Two stretches of layers aligned in their order, at a cost that stays near linear."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Sequence

from compiler.difference.dynamic import best
from compiler.difference.myers import common
from compiler.difference.tokens import Sides

# What dynamic programming may cost: so many cells a layer, and in any case so many in all.
CELLS_A_LAYER, CELLS = 30, 600_000
MOST_EDITS = 400

Pairs = list[tuple[int, int]]


def in_order(sides: Sides, old: Sequence[int], new: Sequence[int]) -> Pairs:
    """Pairs of indices, both increasing.

    Exact where the stretches are short. Long ones are cut where they agree: by as few additions and
    removals as there are, else where paths agree, else in equal parts.
    """
    start, stop = _ends(sides, old, new)
    head = list(zip(old[:start], new[:start], strict=True))
    tail = list(zip(old[len(old) - stop :], new[len(new) - stop :], strict=True))
    old, new = old[start : len(old) - stop], new[start : len(new) - stop]
    return [*head, *_middle(sides, old, new), *tail]


def _middle(sides: Sides, old: Sequence[int], new: Sequence[int]) -> Pairs:
    if not old or not new:
        return []
    if len(old) * len(new) <= _limit(sides, old, new):
        return best(sides, old, new)
    return _between(sides, old, new, _anchors(sides, old, new))


def _limit(sides: Sides, old: Sequence[int], new: Sequence[int]) -> int:
    in_all = len(sides.old) + len(sides.new)
    return max(CELLS_A_LAYER, CELLS // in_all) * (len(old) + len(new))


def _ends(sides: Sides, old: Sequence[int], new: Sequence[int]) -> tuple[int, int]:
    """How many layers agree at the beginning, and at the end of what remains."""
    shorter = min(len(old), len(new))
    start = 0
    while start < shorter and sides.old[old[start]] == sides.new[new[start]]:
        start += 1
    stop = 0
    while stop < shorter - start and sides.old[old[-1 - stop]] == sides.new[new[-1 - stop]]:
        stop += 1
    return start, stop


def _anchors(sides: Sides, old: Sequence[int], new: Sequence[int]) -> Pairs:
    """Pairs that are taken for sure, where there are too many layers to try everything."""
    for old_items, new_items in ((sides.old, sides.new), (sides.old_layers, sides.new_layers)):
        found = common([old_items[i] for i in old], [new_items[j] for j in new], MOST_EDITS)
        if found is not None:
            return [(old[x], new[y]) for x, y in found]
    places = {sides.new_rows[j].path: j for j in new}
    pairs = []
    for i in old:
        j = places.get(sides.old_rows[i].path)
        if j is not None and sides.old_rows[i].op == sides.new_rows[j].op:
            pairs.append((i, j))
    return _increasing(pairs)


def _increasing(pairs: Pairs) -> Pairs:
    """As many of the pairs, whose first numbers increase, as have increasing second ones.

    Fredman, On computing the length of longest increasing subsequences, 1975.
    """
    ends: list[int] = []  # the least second number with which so many pairs can end
    at: list[int] = []
    before: list[int] = []
    for number, (_, j) in enumerate(pairs):
        length = bisect_left(ends, j)
        before.append(at[length - 1] if length else -1)
        if length == len(ends):
            ends.append(j)
            at.append(number)
        else:
            ends[length], at[length] = j, number
    found: Pairs = []
    number = at[-1] if at else -1
    while number >= 0:
        found.append(pairs[number])
        number = before[number]
    return found[::-1]


def _between(sides: Sides, old: Sequence[int], new: Sequence[int], anchors: Pairs) -> Pairs:
    """The anchors, and what lies between them; no part is cut twice."""
    pairs: Pairs = []
    x = y = 0
    old_at = {i: at for at, i in enumerate(old)}
    new_at = {j: at for at, j in enumerate(new)}
    for i, j in [*anchors, (-1, -1)]:
        next_x, next_y = (len(old), len(new)) if i < 0 else (old_at[i], new_at[j])
        pairs += _parts(sides, old[x:next_x], new[y:next_y])
        if i >= 0:
            pairs.append((i, j))
        x, y = next_x + 1, next_y + 1
    return pairs


def _parts(sides: Sides, old: Sequence[int], new: Sequence[int]) -> Pairs:
    """As many equal parts as keep within the limit."""
    if not old or not new:
        return []
    count = -(-len(old) * len(new) // _limit(sides, old, new))
    pairs: Pairs = []
    for part in range(count):
        x, next_x = part * len(old) // count, (part + 1) * len(old) // count
        y, next_y = part * len(new) // count, (part + 1) * len(new) // count
        pairs += best(sides, old[x:next_x], new[y:next_y])
    return pairs
