"""The longest common subsequence of two sequences that differ little.

Myers, An O(ND) difference algorithm and its variations, 1986.
"""

from __future__ import annotations

from collections.abc import Sequence


def common(old: Sequence[object], new: Sequence[object], most: int) -> list[tuple[int, int]] | None:
    """Indices of equal items, in order; None where more than `most` are added and removed.

    Takes O((len(old) + len(new)) * d) steps for d additions and removals.
    """
    ends = {1: 0}
    trace: list[dict[int, int]] = []
    for edits in range(min(most, len(old) + len(new)) + 1):
        trace.append(dict(ends))
        for diagonal in range(-edits, edits + 1, 2):
            x = _entered(ends, diagonal, edits)
            y = x - diagonal
            while x < len(old) and y < len(new) and old[x] == new[y]:
                x, y = x + 1, y + 1
            ends[diagonal] = x
            if x >= len(old) and y >= len(new):
                return _path(trace, len(old), len(new))
    return None


def _entered(ends: dict[int, int], diagonal: int, edits: int) -> int:
    """Where a diagonal is entered: from the one above by an addition, or by a removal."""
    is_addition = diagonal == -edits or (
        diagonal != edits and ends[diagonal - 1] < ends[diagonal + 1]
    )
    return ends[diagonal + 1] if is_addition else ends[diagonal - 1] + 1


def _path(trace: list[dict[int, int]], x: int, y: int) -> list[tuple[int, int]]:
    matches = []
    for edits in range(len(trace) - 1, -1, -1):
        ends, diagonal = trace[edits], x - y
        entered = _entered(ends, diagonal, edits)
        while x > entered:
            x, y = x - 1, y - 1
            matches.append((x, y))
        if edits:
            is_addition = entered == ends.get(diagonal + 1) and (
                diagonal == -edits or ends[diagonal - 1] < ends[diagonal + 1]
            )
            x, y = (x, y - 1) if is_addition else (x - 1, y)
    return matches[::-1]
