"""The lines of a report: one a layer, or one a block where blocks are folded to a depth."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from compiler.metrics import Metric, Quantity
from compiler.report import Report, Row
from compiler.volume import Volume


@dataclass(frozen=True, slots=True)
class Line:
    """`text`: the call as a program would write it, or the block and how many layers it holds.
    `volume` is what flows out of the last layer. `quantities` stand in the order of the metrics."""

    path: str
    text: str
    volume: Volume
    quantities: tuple[Quantity, ...]


def lines(report: Report, metrics: Sequence[Metric], depth: int | None = None) -> list[Line]:
    """Layers whose paths agree in their first `depth` parts make one line, whose numbers are the
    sums of theirs (the largest of what is live; the last one's receptive field)."""
    if depth is None:
        return [_of_row(row, metrics) for row in report.rows]
    groups: dict[str, list[Row]] = {}
    for row in report.rows:
        groups.setdefault(".".join(row.path.split(".")[:depth]), []).append(row)
    return [_of_group(path, rows, metrics) for path, rows in groups.items()]


def total(rows: Sequence[Row], metric: Metric) -> Quantity:
    """The number of all rows together; None where it has none."""
    numbers = [number for row in rows if isinstance(number := metric.of(row), int)]
    if metric.total == "none" or not numbers:
        return None
    return sum(numbers) if metric.total == "sum" else max(numbers)


def _of_row(row: Row, metrics: Sequence[Metric]) -> Line:
    return Line(row.path, str(row.layer), row.volume, tuple(each.of(row) for each in metrics))


def _of_group(path: str, rows: list[Row], metrics: Sequence[Metric]) -> Line:
    first, last = rows[0], rows[-1]
    if len(rows) == 1 and first.path == path:
        return _of_row(first, metrics)
    block = dict(first.scopes).get(path)
    text = f"{len(rows)} layers" if len(rows) > 1 else str(first.layer)
    quantities = tuple(
        each.of(last) if each.total == "none" else total(rows, each) for each in metrics
    )
    return Line(path, f"{block}, {text}" if block else text, last.volume, quantities)
