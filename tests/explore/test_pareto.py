"""The Pareto front, against its definition."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from cnnc.exploring.pareto import front

Point = tuple[float, ...]
sizes = st.integers(1, 4)
points = sizes.flatmap(lambda size: st.lists(st.tuples(*[st.integers(-3, 3)] * size), max_size=30))


def beats(one: Point, other: Point) -> bool:
    pairs = list(zip(one, other, strict=True))
    return all(a <= b for a, b in pairs) and any(a < b for a, b in pairs)


@given(points)
def test_the_front_is_all_that_nothing_beats(several: list[Point]) -> None:
    unbeaten = [
        at for at, each in enumerate(several) if not any(beats(other, each) for other in several)
    ]
    assert front(several) == unbeaten


def test_equal_points_stand_side_by_side() -> None:
    assert front([(1, 2), (1, 2), (2, 2), (2, 1)]) == [0, 1, 3]


def test_nothing_has_no_front() -> None:
    assert front([]) == []
