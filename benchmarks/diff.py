"""How the time of a difference grows with the number of layers.

python -m benchmarks.diff [LAYERS ...]
"""

from __future__ import annotations

import gc
import random
import sys
from collections.abc import Callable
from dataclasses import replace
from time import perf_counter

from benchmarks._timing import print_table
from compiler.difference.compare import diff
from compiler.ops.convolution import Conv
from compiler.report import Report, Row
from cnnc.pipeline import Journey
from dsl.source import Source

SIZES = (1_000, 5_000, 20_000)
# A residual unit of 5 layers, numbered by its place in a stage of a hundred.
UNIT = "ADD{ CONV({c}) -> BN -> RELU | ID }"
PROGRAM = "INPUT(32x32x8) -> [[ADD{ CONV(8) -> BN -> RELU | ID }]*20]*{n}"
OTHER = "INPUT(32x32x8) -> [[CONCAT{ CONV(4, 1) -> TANH | CONV(4, 5) -> LRN } -> RELU6]*20]*{n}"


def report(program: str, layers: int, unit: int) -> Report:
    text = program.replace("{n}", str(-(-layers // (20 * unit))))
    return Journey(Source("net.cnn", text), None, None, {}, 4 * layers).report()


def inserted(report: Report, layers: int) -> Report:
    """With a block in the middle; all paths behind it shift."""
    rows, middle = report.rows, len(report.rows) // 2
    block = rows[middle - 50 : middle]
    return _renumbered(report, [*rows[:middle], *block, *rows[middle:]])


def changed(report: Report, layers: int) -> Report:
    """Every third convolution has another window."""
    rows = [
        replace(row, layer=replace(row.layer, k=(5, 5)))
        if isinstance(row.layer, Conv) and number % 3 == 0
        else row
        for number, row in enumerate(report.rows)
    ]
    return replace(report, rows=tuple(rows))


def scattered(report: Report, layers: int) -> Report:
    """Of every ten layers one is left out, at random."""
    chance = random.Random(0)
    return _renumbered(report, [row for row in report.rows if chance.random() > 0.1])


def moved(report: Report, layers: int) -> Report:
    """The last quarter stands first."""
    rows, cut = report.rows, len(report.rows) * 3 // 4
    return _renumbered(report, [rows[0], *rows[cut:], *rows[1:cut]])


def different(report_: Report, layers: int) -> Report:
    """Another network altogether."""
    return report(OTHER, layers, 6)


def _renumbered(report: Report, rows: list[Row]) -> Report:
    """With the paths that the layers would have, each reading the one before it."""
    made: list[Row] = []
    for number, row in enumerate(rows):
        sources = (made[-1].path,) * min(len(row.sources), 1) if made else ()
        made.append(replace(row, path=str(number), sources=sources))
    return replace(report, rows=tuple(made))


CHANGES: dict[str, Callable[[Report, int], Report]] = {
    "nothing": lambda report, layers: report,
    "every third convolution": changed,
    "a block inserted": inserted,
    "a tenth left out": scattered,
    "a quarter moved": moved,
    "another network": different,
}


def main() -> None:
    sizes = tuple(map(int, sys.argv[1:])) or SIZES
    rows = []
    for name, change in CHANGES.items():
        for size in sizes:
            old = report(PROGRAM, size, 5)
            new = change(old, size)
            gc.collect()
            start = perf_counter()
            found = diff(old, new)
            seconds = perf_counter() - start
            layers = len(old.rows) + len(new.rows)
            kinds = {pair.status for pair in found.pairs}
            same = sum(pair.status == "same" for pair in found.pairs)
            rows.append(
                (
                    name,
                    f"{len(old.rows):,}",
                    f"{len(new.rows):,}",
                    f"{same:,}",
                    f"{seconds:.2f}",
                    f"{seconds / layers * 1e6:.0f}",
                )
            )
            del kinds
    print_table(("changed", "old", "new", "the same", "s", "us a layer"), rows)


if __name__ == "__main__":
    main()
