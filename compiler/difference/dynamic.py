"""The best alignment of two short lists of layers, by dynamic programming.

Needleman and Wunsch, A general method applicable to the search for similarities, 1970, with points
for neighbours that stay neighbours, so that blocks are added and removed whole.
"""

from __future__ import annotations

from collections.abc import Sequence

from compiler.difference.tokens import ADJACENT, SAME_PATH, Sides, score

_MATCH, _SKIP_OLD, _SKIP_NEW, _CONTINUES = 0, 1, 2, 4
_NEVER = -(10**9)


def best(sides: Sides, old: Sequence[int], new: Sequence[int]) -> list[tuple[int, int]]:
    """Pairs of indices, both increasing, whose points are the most. Takes len(old) * len(new)."""
    table = _scores(sides, old, new)
    places = {sides.new_rows[j].path: at for at, j in enumerate(new)}
    columns = [sides.new[j] for j in new]
    choices: list[bytearray] = []
    whole, matched = [0] * (len(new) + 1), [_NEVER] * (len(new) + 1)
    for i in old:
        points = table[sides.old[i]]
        same_path = places.get(sides.old_rows[i].path, -1)
        row = bytearray(len(new))
        next_whole, next_matched = [0], [_NEVER]
        left = 0
        for at, token in enumerate(columns):
            up, choice, match = whole[at + 1], _SKIP_OLD, _NEVER
            worth = points[token]
            if worth:
                match = whole[at]
                if matched[at] + ADJACENT > match:
                    match, choice = matched[at] + ADJACENT, _SKIP_OLD | _CONTINUES
                match += worth + SAME_PATH if at == same_path else worth
            if match >= up and match >= left:
                left, choice = match, choice & _CONTINUES
            elif up >= left:
                left = up
            else:
                choice = choice & _CONTINUES | _SKIP_NEW
            row[at] = choice
            next_whole.append(left)
            next_matched.append(match)
        choices.append(row)
        whole, matched = next_whole, next_matched
    return _walk(choices, old, new)


def _scores(sides: Sides, old: Sequence[int], new: Sequence[int]) -> dict[int, dict[int, int]]:
    columns = list(dict.fromkeys(sides.new[j] for j in new))
    return {
        token: {other: score(sides.tokens[token], sides.tokens[other]) for other in columns}
        for token in dict.fromkeys(sides.old[i] for i in old)
    }


def _walk(
    choices: list[bytearray], old: Sequence[int], new: Sequence[int]
) -> list[tuple[int, int]]:
    pairs = []
    x, y = len(old) - 1, len(new) - 1
    must_match = False
    while x >= 0 and y >= 0:
        choice = choices[x][y]
        if must_match or choice & 3 == _MATCH:
            pairs.append((old[x], new[y]))
            must_match = bool(choice & _CONTINUES)
            x, y = x - 1, y - 1
        elif choice & 3 == _SKIP_OLD:
            x -= 1
        else:
            y -= 1
    return pairs[::-1]
