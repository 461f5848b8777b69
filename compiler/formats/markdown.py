"""The report as a Markdown table."""

from __future__ import annotations

from collections.abc import Sequence

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


def markdown(report: Report, layout: Layout = USUAL_LAYOUT) -> str:
    rows = [*body(report, layout), total_cells(report, layout)]
    lines = pipes(layout.titles, rows, NUMBERS_FROM)
    sentences = [f"- {escaped(sentence)}" for sentence in summary(report)]
    doc = [*map(escaped, doc_lines(report)), ""] if report.doc else []
    return "\n".join([f"### {escaped(heading(report))}", "", *doc, *lines, "", *sentences]) + "\n"


def pipes(titles: Sequence[str], rows: list[tuple[str, ...]], numbers_from: int) -> list[str]:
    """A table; columns from `numbers_from` on are flushed right."""
    rules = ["---" if column < numbers_from else "---:" for column in range(len(titles))]
    return [f"| {' | '.join(map(escaped, row))} |" for row in [titles, rules, *rows]]


def escaped(text: str) -> str:
    """Text that Markdown leaves as it is."""
    for sign in "\\`*_|<>[]#":
        text = text.replace(sign, "\\" + sign) if sign in text else text
    return text.replace("\n", " ")
