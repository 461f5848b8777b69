"""The report as a Markdown table."""

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


def markdown(report: Report) -> str:
    rules = ["---" if column < NUMBERS_FROM else "---:" for column in range(len(TITLES))]
    rows = [TITLES, tuple(rules), *(cells(row) for row in report.rows), total_cells(report)]
    lines = [f"| {' | '.join(map(_escaped, row))} |" for row in rows]
    sentences = [f"- {sentence}" for sentence in summary(report)]
    doc = [*map(_escaped, doc_lines(report)), ""] if report.doc else []
    return "\n".join([f"### {_escaped(heading(report))}", "", *doc, *lines, "", *sentences]) + "\n"


def _escaped(text: str) -> str:
    return text.replace("\\", "\\\\").replace("|", "\\|").replace("\n", " ")
