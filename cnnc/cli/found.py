"""Diagnostics as JSON."""

from __future__ import annotations

from dsl.diagnostics import Diagnostic
from dsl.source import Span


def as_json(each: Diagnostic) -> dict[str, object]:
    labels = [{**place(label.span), "text": label.text} for label in each.labels]
    return {
        "code": each.code,
        "severity": each.severity,
        "title": each.title,
        "file": labels[0]["file"] if labels else each.file,
        "labels": labels,
        "notes": list(each.notes),
        "help": each.help,
    }


def place(span: Span) -> dict[str, object]:
    """Lines and columns count from 1; the end is the first column behind."""
    (line, column), (end_line, end_column) = span.position, span.end_position
    return {
        "file": span.source.name,
        "line": line,
        "column": column,
        "end_line": end_line,
        "end_column": end_column,
    }
