"""The report as an HTML table, for notebooks."""

from __future__ import annotations

from collections.abc import Sequence
from html import escape

from compiler.formats.columns import (
    NUMBERS_FROM,
    USUAL_LAYOUT,
    body,
    heading,
    summary,
    total_cells,
)
from compiler.report import Report


def html(report: Report) -> str:
    layout = USUAL_LAYOUT
    rows = "".join(html_row(cells, NUMBERS_FROM) for cells in body(report, layout))
    titles, totals = layout.titles, total_cells(report, layout)
    head, foot = (html_row(cells, NUMBERS_FROM, "th") for cells in (titles, totals))
    sentences = "<br>".join(escape(sentence) for sentence in summary(report))
    return (
        f"<table><caption>{escape(heading(report))}</caption>"
        f"<thead>{head}</thead><tbody>{rows}</tbody><tfoot>{foot}</tfoot></table>"
        f"<p>{sentences}</p>"
    )


def html_row(cells: Sequence[str], numbers_from: int, tag: str = "td", style: str = "") -> str:
    """Numbers, from a column on, stand on the right."""
    sides = ["left" if column < numbers_from else "right" for column in range(len(cells))]
    aligned = "".join(
        f'<{tag} style="text-align:{side}">{escape(cell)}</{tag}>'
        for side, cell in zip(sides, cells, strict=True)
    )
    return f"<tr{style}>{aligned}</tr>"
