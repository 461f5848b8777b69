"""Why two profiles differ: the rows with different numbers, and the rules that made them."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass

from compiler.counting.profile import Figure, Kind, Profile
from compiler.report import Row


@dataclass(frozen=True, slots=True)
class Difference:
    """A layer that two profiles count differently, and what each of them counts."""

    path: str
    op: str
    kind: Kind
    numbers: tuple[int, int]
    reason: str


def explain(
    rows: Sequence[Row],
    one: Profile,
    other: Profile,
    modules: Collection[str] | None = None,
) -> tuple[Difference, ...]:
    """The rows that differ, for each kind of figure that both have (the first of a kind).

    `modules`: as `count` has it.
    """
    return tuple(
        difference
        for figures in pairs(one, other)
        for difference in _differences(rows, (one, other), figures, modules)
    )


def pairs(one: Profile, other: Profile) -> Iterator[tuple[Figure, Figure]]:
    """The figures that are compared: the first of each kind that both have."""
    kinds = dict.fromkeys(figure.kind for figure in one.figures)
    for kind in kinds:
        both = [
            next((figure for figure in profile.figures if figure.kind == kind), None)
            for profile in (one, other)
        ]
        if both[0] and both[1]:
            yield both[0], both[1]


def _differences(
    rows: Sequence[Row],
    profiles: tuple[Profile, Profile],
    figures: tuple[Figure, Figure],
    modules: Collection[str] | None,
) -> Iterator[Difference]:
    left, right = figures
    for row in rows:
        is_module = modules is None or row.path in modules
        first, second = left.rule(row, is_module), right.rule(row, is_module)
        numbers = first.of(row), second.of(row)
        if numbers[0] * left.size != numbers[1] * right.size:
            reason = f"{profiles[0].name}: {first.says}; {profiles[1].name}: {second.says}"
            yield Difference(row.path, row.op, left.kind, numbers, reason)
