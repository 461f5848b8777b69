"""The report as an aligned table."""

from __future__ import annotations

from compiler.formats.columns import (
    NUMBERS_FROM,
    USUAL_LAYOUT,
    Layout,
    body,
    doc_lines,
    heading,
    summary,
    total_cells,
)
from compiler.report import Report


def table(report: Report, layout: Layout = USUAL_LAYOUT) -> str:
    rows = [layout.titles, *body(report, layout), total_cells(report, layout)]
    text = aligned(rows, NUMBERS_FROM)
    return "\n".join([heading(report), *doc_lines(report), "", *text, "", *summary(report)]) + "\n"


def aligned(rows: list[tuple[str, ...]], numbers_from: int) -> list[str]:
    """A heading, rows and a total; columns from `numbers_from` on are flushed right."""
    widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
    lines = [_line(row, widths, numbers_from) for row in rows]
    rule = "-" * max(map(len, lines))
    return [lines[0], rule, *lines[1:-1], rule, lines[-1]]


def _line(row: tuple[str, ...], widths: list[int], numbers_from: int) -> str:
    cells = [
        f"{cell:<{width}}" if column < numbers_from else f"{cell:>{width}}"
        for column, (cell, width) in enumerate(zip(row, widths, strict=True))
    ]
    return "  ".join(cells).rstrip()
