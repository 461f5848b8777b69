"""The Pareto front: what no other beats."""

from __future__ import annotations

from collections.abc import Sequence


def front(points: Sequence[tuple[float, ...]]) -> list[int]:
    """Which points no other beats, in their order; smaller is better in every coordinate.

    A point beats another that is nowhere smaller and somewhere larger. Equal points do not beat
    each other. In sorted order whatever beats a point stands before it, and what is beaten is
    beaten by a point of the front, so each is compared with the front alone.
    """
    best: list[int] = []
    for at in sorted(range(len(points)), key=lambda index: points[index]):
        if not any(_beats(points[other], points[at]) for other in best):
            best.append(at)
    return sorted(best)


def _beats(one: tuple[float, ...], other: tuple[float, ...]) -> bool:
    return one != other and all(a <= b for a, b in zip(one, other, strict=True))
