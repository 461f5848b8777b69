"""The report as an aligned table."""

from __future__ import annotations

from compiler.formats.columns import (
    NUMBERS_FROM,
    TITLES,
    cells,
    doc_lines,
    heading,
    summary,
    total_cells,
)
from compiler.report import Report


def table(report: Report) -> str:
    rows = [TITLES, *(cells(row) for row in report.rows), total_cells(report)]
    widths = [max(len(row[column]) for row in rows) for column in range(len(TITLES))]
    lines = [_line(row, widths) for row in rows]
    rule = "-" * max(len(line) for line in lines)
    body = [lines[0], rule, *lines[1:-1], rule, lines[-1]]
    return "\n".join([heading(report), *doc_lines(report), "", *body, "", *summary(report)]) + "\n"


def _line(row: tuple[str, ...], widths: list[int]) -> str:
    aligned = [
        f"{cell:<{width}}" if column < NUMBERS_FROM else f"{cell:>{width}}"
        for column, (cell, width) in enumerate(zip(row, widths, strict=True))
    ]
    return "  ".join(aligned).rstrip()
