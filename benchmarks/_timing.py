"""What the benchmarks share: taking times, and printing them as a table."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from time import perf_counter


def interleaved(
    actions: Mapping[str, Callable[[], object]], rounds: int, warm_up: int = 1
) -> dict[str, list[float]]:
    """Seconds that each action took in each round.

    The actions take turns, so that what else the machine does strikes all of them alike. The first
    `warm_up` rounds are not counted.
    """
    times: dict[str, list[float]] = {name: [] for name in actions}
    for number in range(warm_up + rounds):
        for name, action in actions.items():
            start = perf_counter()
            action()
            if number >= warm_up:
                times[name].append(perf_counter() - start)
    return times


def print_table(header: Sequence[str], rows: Sequence[Sequence[str]]) -> None:
    """The first column on the left, the others on the right."""
    widths = [max(len(cell) for cell in column) for column in zip(header, *rows, strict=True)]
    for row in (header, *rows):
        first, *others = (
            cell.rjust(width) if index else cell.ljust(width)
            for index, (cell, width) in enumerate(zip(row, widths, strict=True))
        )
        print("  ".join((first, *others)), flush=True)


def milliseconds(seconds: float) -> str:
    return f"{seconds * 1e3:.1f}"
