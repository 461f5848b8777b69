"""The report as an HTML table, for notebooks."""

from __future__ import annotations

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
    rows = "".join(_row(cells, "td") for cells in body(report, layout))
    head, foot = _row(layout.titles, "th"), _row(total_cells(report, layout), "th")
    sentences = "<br>".join(escape(sentence) for sentence in summary(report))
    return (
        f"<table><caption>{escape(heading(report))}</caption>"
        f"<thead>{head}</thead><tbody>{rows}</tbody><tfoot>{foot}</tfoot></table>"
        f"<p>{sentences}</p>"
    )


def _row(row: tuple[str, ...], tag: str) -> str:
    aligned = [
        f'<{tag} style="text-align:{"left" if column < NUMBERS_FROM else "right"}">'
        f"{escape(cell)}</{tag}>"
        for column, cell in enumerate(row)
    ]
    return f"<tr>{''.join(aligned)}</tr>"
