"""`diff(old, new)`: what differs between two reports."""

from __future__ import annotations

from collections.abc import Sequence

from compiler.difference.blocks import blocks
from compiler.difference.changes import Wires, changed_arguments
from compiler.difference.model import Difference, Pair
from compiler.difference.moves import moves
from compiler.difference.sentences import sentences
from compiler.difference.sequence import in_order
from compiler.difference.slide import slid
from compiler.difference.strays import without_strays
from compiler.difference.tokens import sides, skeleton
from compiler.difference.totals import totals
from compiler.report import Report, Row

Matches = Sequence[tuple[int, int]]


def diff(old: Report, new: Report) -> Difference:
    """Layers are aligned in their order, by path and by structure; what is left is looked for
    elsewhere. Time grows nearly linearly with the number of layers."""
    both = sides(old.rows, new.rows)
    aligned = in_order(both, range(len(old.rows)), range(len(new.rows)))
    kept = without_strays(old.rows, new.rows, slid(both, aligned))
    pairs = _pairs(old.rows, new.rows, kept, moves(both, kept))
    found = blocks(old, new, pairs)
    counted = totals(old, new)
    return Difference(old, new, pairs, found, counted, sentences(old, new, pairs, found))


def _pairs(
    old: tuple[Row, ...], new: tuple[Row, ...], kept: Matches, moved: Matches
) -> tuple[Pair, ...]:
    """Removed layers stand where they stood, before what was added there."""
    wires = Wires(old, new, {old[i].path: new[j].path for i, j in kept})
    gone = {i for i, _ in moved}
    sources = {j: i for i, j in moved}
    pairs: list[Pair] = []
    x = y = 0
    for i, j in [*kept, (len(old), len(new))]:
        pairs += [Pair(old[at], None) for at in range(x, i) if at not in gone]
        for at in range(y, j):
            if at in sources:
                pairs.append(_pair(old[sources[at]], new[at], wires, moved=True))
            else:
                pairs.append(Pair(None, new[at]))
        if i < len(old):
            pairs.append(_pair(old[i], new[j], wires, moved=False))
        x, y = i + 1, j + 1
    return tuple(pairs)


def _pair(old: Row, new: Row, wires: Wires, moved: bool) -> Pair:
    """A layer that moved reads others because it moved: only a merge's branches are compared."""
    arguments = changed_arguments(old.layer, new.layer)
    if not moved:
        arguments += wires.changed(old, new)
    renamed = skeleton(old.path) != skeleton(new.path)
    return Pair(old, new, tuple(arguments), moved, renamed)
