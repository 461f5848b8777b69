"""Layers that were taken for one another only because a whole block came or went around one."""

from __future__ import annotations

from collections.abc import Sequence

from compiler.difference.moves import scopes
from compiler.report import Row

Pairs = list[tuple[int, int]]


def without_strays(old: Sequence[Row], new: Sequence[Row], pairs: Pairs) -> Pairs:
    """Without replaced operators that stand in a block most of which has no partner, and nothing of
    which has one that is the same operator: such a block is better told as a whole."""
    in_new = _strays(new, {j: (old[i].op, new[j].op) for i, j in pairs})
    pairs = [(i, j) for i, j in pairs if j not in in_new]
    in_old = _strays(old, {i: (old[i].op, new[j].op) for i, j in pairs})
    return [(i, j) for i, j in pairs if i not in in_old]


def _strays(rows: Sequence[Row], partners: dict[int, tuple[str, str]]) -> set[int]:
    strays: set[int] = set()
    for inside in scopes(rows).values():
        paired = [at for at in inside if at in partners]
        is_replaced = all(partners[at][0] != partners[at][1] for at in paired)
        if paired and is_replaced and 2 * len(paired) < len(inside):
            strays.update(paired)
    return strays
