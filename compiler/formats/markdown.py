"""The report as a Markdown table."""

from __future__ import annotations

from compiler.formats.columns import (
    NUMBERS_FROM,
    TITLES,
    cells,
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
    return "\n".join([f"### {_escaped(heading(report))}", "", *lines, "", *sentences]) + "\n"


def _escaped(text: str) -> str:
    return text.replace("\\", "\\\\").replace("|", "\\|").replace("\n", " ")
