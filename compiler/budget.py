"""`budget { ... }`: whether a network keeps the limits that its program sets."""

from __future__ import annotations

from compiler.graph import Limit
from compiler.measured import METRICS
from compiler.ops.linear import FullyConnected
from compiler.report import Report, Row
from dsl.diagnostics import Diagnostic, Label

SHOWN = 3


# What the layers add up to; of these alone it can be said which layer is dear.
BUDGETED = ("params", "macs", "flops", "activations", "buffers")


def broken(report: Report, budget: tuple[Limit, ...]) -> list[Diagnostic]:
    """E0801 for each limit that the network of a report breaks, in the order of the program.

    The report is that of inference for one image.
    """
    return [_over(report, limit) for limit in budget if not _keeps(limit, _total(report, limit))]


def _total(report: Report, limit: Limit) -> int:
    return METRICS[limit.metric].number(report)


def _keeps(limit: Limit, total: float) -> bool:
    return total < limit.bound if limit.strict else total <= limit.bound


def _over(report: Report, limit: Limit) -> Diagnostic:
    metric, total = METRICS[limit.metric], _total(report, limit)
    over = f"{_number(total - limit.bound)} ({(total - limit.bound) / limit.bound:.1%}) over"
    title = f"{report.name} has {total:,} {metric.counted}, {over} its budget"
    allowed = "less than" if limit.strict else "at most"
    label = Label(limit.span, f"{allowed} {_number(limit.bound)}")
    dear = sorted(report.rows, key=metric.of_layer, reverse=True)[:SHOWN]
    notes = tuple(
        f"{row.path}: {row.layer} has {metric.of_layer(row):,}, {metric.of_layer(row) / total:.1%}"
        for row in dear
        if metric.of_layer(row)
    )
    return Diagnostic("E0801", title, (label,), notes, _mend(report, limit, dear))


def _mend(report: Report, limit: Limit, dear: list[Row]) -> str:
    """A global pool before an FC that reads a whole map, where that alone keeps the limit."""
    total = _total(report, limit)
    for row in dear:
        if isinstance(row.layer, FullyConnected):
            (read,) = row.inputs
            fewer = row.layer.out * (read.values - read.c)
            saved = {"params": fewer, "macs": fewer, "flops": 2 * fewer}.get(limit.metric, 0)
            if saved and _keeps(limit, total - saved):
                left = f"{total - saved:,} {METRICS[limit.metric].counted}"
                return f"GAP before {row.path}, which reads {read}, would leave {left}"
    return ""


def _number(value: float) -> str:
    """Whole numbers with all digits, as reports have them; others with six."""
    return f"{int(value):,}" if value == int(value) else f"{value:,.6g}"
