"""Another tool's count of a network as text, and why two counts differ."""

from __future__ import annotations

import csv as writer
import io
import json as codec
from collections.abc import Iterator, Sequence

from compiler.counting.explain import Difference, pairs
from compiler.counting.profile import Counted, Figure
from compiler.formats.columns import heading
from compiler.formats.markdown import escaped, pipes
from compiler.formats.table import aligned
from compiler.report import Report

FORMAT = "cnnc-count/1"
NUMBERS_FROM = 3


def table(report: Report, counted: Counted) -> str:
    rows = [_titles(counted), *_body(report, counted), _total(counted)]
    return "\n".join([heading(report), "", *aligned(rows, NUMBERS_FROM), "", *_end(counted)]) + "\n"


def markdown(report: Report, counted: Counted) -> str:
    rows = [*_body(report, counted), _total(counted)]
    lines = pipes(_titles(counted), rows, NUMBERS_FROM)
    end = [f"- {escaped(line)}" for line in _end(counted)]
    return "\n".join([f"### {escaped(heading(report))}", "", *lines, "", *end]) + "\n"


def csv(report: Report, counted: Counted) -> str:
    """One line a layer, and no total."""
    text = io.StringIO()
    out = writer.writer(text, lineterminator="\n")
    out.writerow(["path", "layer", "output", *(each.name for each in counted.profile.figures)])
    for row, found in zip(report.rows, counted.rows, strict=True):
        out.writerow([row.path, row.layer, row.volume, *found.numbers])
    return text.getvalue()


def json(
    report: Report,
    counted: Counted,
    against: Counted | None = None,
    reasons: Sequence[Difference] = (),
) -> str:
    """`against`: the count that this one is compared with; `reasons`: the layers that differ."""
    content: dict[str, object] = {
        "format": FORMAT,
        "net": report.name,
        "source": report.source,
        "stage": report.stage,
        **_tool(counted),
        "layers": [
            {"path": row.path, "op": row.op, "numbers": list(row.numbers)} for row in counted.rows
        ],
    }
    if against is not None:
        content["against"] = _tool(against)
        content["differences"] = [
            {
                "path": each.path,
                "op": each.op,
                "kind": each.kind,
                "numbers": list(each.numbers),
                "reason": each.reason,
            }
            for each in reasons
        ]
    return codec.dumps(content, indent=2) + "\n"


def explanation(counted: Counted, against: Counted, reasons: Sequence[Difference]) -> str:
    """Every layer that two profiles count differently, under the rules that make the difference."""
    lines = []
    names = f"{against.profile.name} and {counted.profile.name}"
    for left, right in pairs(against.profile, counted.profile):
        numbers = (_total_of(against, left), _total_of(counted, right))
        lines += [
            f"{left.kind}: {against.profile.name} {left.name} {numbers[0]:,} {left.unit},"
            f" {counted.profile.name} {right.name} {numbers[1]:,} {right.unit}",
            "",
            *(_reasons([each for each in reasons if each.kind == left.kind], names)),
        ]
    return "\n".join(lines).rstrip() + "\n" if lines else f"{names} count nothing in common\n"


def _reasons(reasons: Sequence[Difference], names: str) -> Iterator[str]:
    groups: dict[tuple[str, str], list[Difference]] = {}
    for each in reasons:
        groups.setdefault((each.op, each.reason), []).append(each)
    if not groups:
        yield f"  {names} count every layer alike"
        yield ""
    for (op, reason), members in groups.items():
        yield f"  {op}, {len(members)} {'layer' if len(members) == 1 else 'layers'}"
        yield from (f"  {part}" for part in reason.split("; "))
        rows = [(each.path, *(f"{number:,}" for number in each.numbers)) for each in members]
        sums = [f"{sum(each.numbers[side] for each in members):,}" for side in (0, 1)]
        rows += [("together", *sums)] if len(members) > 1 else []
        widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
        for path, one, other in rows:
            yield f"    {path:<{widths[0]}}  {one:>{widths[1]}}  {other:>{widths[2]}}"
        yield ""


def _titles(counted: Counted) -> tuple[str, ...]:
    return ("path", "layer", "output", *(each.name for each in counted.profile.figures))


def _body(report: Report, counted: Counted) -> list[tuple[str, ...]]:
    return [
        (row.path, str(row.layer), str(row.volume), *(f"{number:,}" for number in found.numbers))
        for row, found in zip(report.rows, counted.rows, strict=True)
    ]


def _total(counted: Counted) -> tuple[str, ...]:
    return ("total", "", "", *(f"{number:,}" for number in counted.totals))


def _total_of(counted: Counted, figure: Figure) -> int:
    return counted.totals[counted.profile.figures.index(figure)]


def _end(counted: Counted) -> list[str]:
    return [f"{counted.profile.call} prints:", *counted.headline.splitlines()]


def _tool(counted: Counted) -> dict[str, object]:
    profile = counted.profile
    return {
        "profile": profile.name,
        "call": profile.call,
        "figures": [
            {"name": each.name, "unit": each.unit, "kind": each.kind, "total": total}
            for each, total in zip(profile.figures, counted.totals, strict=True)
        ],
        "prints": counted.headline,
    }
