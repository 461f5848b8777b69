"""The columns of the report, shared by every tabular format."""

from __future__ import annotations

from compiler.arguments import written
from compiler.report import Report, Row

TITLES = (
    "path",
    "layer",
    "output",
    "activations",
    "weights",
    "biases",
    "buffers",
    "MACs",
    "field",
    "jump",
)
NUMBERS_FROM = 3


def cells(row: Row) -> tuple[str, ...]:
    counts = (row.activations, row.weights, row.biases, row.buffers, row.macs)
    field = "all" if row.receptive_field is None else str(row.receptive_field)
    jump = "" if row.jump is None else str(row.jump)
    return (row.path, str(row.layer), str(row.volume), *(f"{n:,}" for n in counts), field, jump)


def total_cells(report: Report) -> tuple[str, ...]:
    totals = report.totals
    counts = (totals.activations, totals.weights, totals.biases, totals.buffers, totals.macs)
    return ("total", "", "", *(f"{n:,}" for n in counts), "", "")


def summary(report: Report) -> list[str]:
    """The sentences under a table."""
    totals = report.totals
    return [
        f"{totals.parameters:,} parameters ({totals.weights:,} weights, {totals.biases:,} biases)"
        + (f" and {totals.buffers:,} buffers" if totals.buffers else ""),
        f"{totals.macs:,} MACs for one image (convolutions and FC; one MAC is two FLOPs)",
        f"{totals.activations:,} activations, {megabytes(4 * totals.activations)} in float32",
    ]


def megabytes(count: int) -> str:
    """Bytes in SI units and in binary ones: `60.95 MB (58.13 MiB)`."""
    return f"{count / 10**6:,.2f} MB ({count / 2**20:,.2f} MiB)"


def heading(report: Report) -> str:
    params = ", ".join(f"{name}={written(value)}" for name, value in report.params.items())
    return f"{report.name} ({report.source})" + (f" with {params}" if params else "")


def doc_lines(report: Report) -> list[str]:
    """The `##` text of the net."""
    return report.doc.splitlines()
