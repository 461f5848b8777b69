"""The report as an HTML table, for notebooks."""

from __future__ import annotations

from html import escape

from compiler.formats.columns import (
    NUMBERS_FROM,
    TITLES,
    cells,
    heading,
    summary,
    total_cells,
)
from compiler.report import Report


def html(report: Report) -> str:
    body = "".join(_row(cells(row), "td") for row in report.rows)
    head, foot = _row(TITLES, "th"), _row(total_cells(report), "th")
    sentences = "<br>".join(escape(sentence) for sentence in summary(report))
    return (
        f"<table><caption>{escape(heading(report))}</caption>"
        f"<thead>{head}</thead><tbody>{body}</tbody><tfoot>{foot}</tfoot></table>"
        f"<p>{sentences}</p>"
    )


def _row(row: tuple[str, ...], tag: str) -> str:
    aligned = [
        f'<{tag} style="text-align:{"left" if column < NUMBERS_FROM else "right"}">'
        f"{escape(cell)}</{tag}>"
        for column, cell in enumerate(row)
    ]
    return f"<tr>{''.join(aligned)}</tr>"
