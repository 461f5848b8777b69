"""A difference as an aligned table: the layers, the totals, and what it comes to in words."""

from __future__ import annotations

from compiler.difference.model import Difference
from compiler.difference.nets import Comparison
from compiler.formats.columns import heading
from compiler.formats.difference.lines import NUMBERS_FROM, TITLES, Gap, lines, total_cells
from compiler.report import Report

TOTAL_TITLES = ("", "before", "after", "change", "")


def table(comparison: Comparison, depth: int | None = None) -> str:
    """Nets that are the same in both programs take a line."""
    parts = [_difference(each, depth) for each in comparison.differences]
    parts += [alone("-", report) for report in comparison.removed]
    parts += [alone("+", report) for report in comparison.added]
    return "\n".join(parts)


def _difference(difference: Difference, depth: int | None) -> str:
    old, new = heading(difference.old), heading(difference.new)
    if difference.is_empty:
        return f"{old}\n{new}\n\n{Gap(len(difference.pairs))}\n"
    shown = lines(difference, depth)
    totals = _aligned([TOTAL_TITLES, *map(total_cells, difference.totals)], 1)
    end = ["", *totals, "", *difference.sentences, ""]
    if all(isinstance(each, Gap) for each in shown):  # only its outputs differ
        return "\n".join([f"- {old}", f"+ {new}", "", *map(str, shown), *end])
    rows = [TITLES, *(each.cells for each in shown if not isinstance(each, Gap))]
    texts = iter(_aligned(rows, NUMBERS_FROM))
    head = next(texts)
    body = [f"  {each}" if isinstance(each, Gap) else next(texts) for each in shown]
    rule = "-" * max(map(len, (head, *body)))
    return "\n".join([f"- {old}", f"+ {new}", "", head, rule, *body, *end])


def alone(sign: str, report: Report) -> str:
    totals = report.totals
    return (
        f"{sign} {heading(report)}: {len(report.rows):,} layers,"
        f" {totals.parameters:,} parameters, {totals.macs:,} MACs\n"
    )


def _aligned(rows: list[tuple[str, ...]], numbers_from: int) -> list[str]:
    widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
    aligned = []
    for row in rows:
        cells = [
            f"{cell:<{width}}" if column < numbers_from else f"{cell:>{width}}"
            for column, (cell, width) in enumerate(zip(row, widths, strict=True))
        ]
        aligned.append(" ".join([cells[0], "  ".join(cells[1:])]).rstrip())
    return aligned
