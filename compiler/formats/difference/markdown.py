"""A difference as Markdown, fit for a comment on a pull request."""

from __future__ import annotations

from collections.abc import Sequence

from compiler.difference.model import Difference, Total
from compiler.difference.nets import Comparison
from compiler.formats.columns import heading
from compiler.formats.difference.lines import (
    Gap,
    Line,
    lines,
    percent,
    signed,
    total_cells,
)
from compiler.formats.markdown import escaped, pipes
from compiler.report import Report

LONGEST = 65_536
"""Characters of a comment on GitHub."""

MOST_OPEN = 12
TITLES = ("", "path", "layer", "output", "parameters", "±", "MACs", "±", "field")
TOTAL_TITLES = ("", "before", "after", "change", "")
_HEADLINE = ("parameters", "macs", "activations", "live_bytes")
_ROOM = 400  # for what is said of what was cut


def markdown(comparison: Comparison, depth: int | None = None, longest: int = LONGEST) -> str:
    """A line a net, then its change in words, its totals and the layers that changed; at most
    `longest` characters, and what did not fit is named at the end."""
    if comparison.is_empty:
        return "No layer of any network changed.\n"
    changed = [each for each in comparison.differences if not each.is_empty]
    same = [each.new.name for each in comparison.differences if each.is_empty]
    parts = [_summary(changed, comparison.removed, comparison.added, same)]
    room = longest - _ROOM - len(parts[0])
    cut: list[str] = []
    for each in changed:
        part, said = _within(each, depth, room)
        parts += [part] if part else []
        cut += said
        room -= len(part) + 1
    if cut:
        parts.append(f"*Cut, to keep within {longest:,} characters: {_named(cut)}.*\n")
    return "\n".join(parts)


def _named(cut: list[str]) -> str:
    text = "; ".join(cut)
    return text if len(text) <= _ROOM // 2 else f"parts of {len(cut):,} networks"


def _summary(
    changed: Sequence[Difference],
    removed: Sequence[Report],
    added: Sequence[Report],
    same: Sequence[str],
) -> str:
    said = [f"- **{escaped(each.new.name)}**: {_headline(each)}" for each in changed]
    said += [f"- **{escaped(each.name)}** is new: {_amounts(each)}" for each in added]
    said += [f"- **{escaped(each.name)}** went: {_amounts(each)}" for each in removed]
    if same:
        shown = ", ".join(map(escaped, same[:5]))
        more = f" and {len(same) - 5:,} more" if len(same) > 5 else ""
        said.append(f"- {shown}{more}: no layer changed")
    return "\n".join([*said, ""])


def _amounts(report: Report) -> str:
    totals = report.totals
    return f"{totals.parameters:,} parameters, {totals.macs:,} MACs, {len(report.rows):,} layers"


def _headline(difference: Difference) -> str:
    totals = {total.name: total for total in difference.totals}
    shown = [_short(totals[name]) for name in _HEADLINE if name in totals and totals[name].change]
    return ", ".join(shown) if shown else "the same parameters, MACs and activations"


def _short(total: Total) -> str:
    change = percent(total) or signed(total.change or 0)
    return f"{total.title} {change} ({total.new:,})"


def _within(difference: Difference, depth: int | None, room: int) -> tuple[str, list[str]]:
    """All of it, or as many of its layers as there is room for, and what was left out."""
    name = difference.new.name
    shown = [each for each in lines(difference, depth) if not isinstance(each, Gap)]
    changed = [each for each in shown if each.sign != " "]
    affected = [each for each in shown if each.sign == " "]
    whole = _section(difference, changed, affected)
    if len(whole) <= room:
        return whole, []
    head = len(_section(difference, [], []))
    if head > room:
        return "", [f"all of {name}"]
    fitting = 0
    for line in changed:
        head += len(_row(line)) + 1
        if head + _ROOM > room:
            break
        fitting += 1
    said = [f"{name}: {len(affected):,} layers of which only numbers follow"] if affected else []
    left = len(changed) - fitting
    said += [f"{name}: {left:,} of {len(changed):,} changed layers"] if left else []
    return _section(difference, changed[:fitting], []), said


def _section(difference: Difference, changed: list[Line], affected: list[Line]) -> str:
    old, new = escaped(heading(difference.old)), escaped(heading(difference.new))
    title = f"#### {new}\n\nbefore: {old}\n" if old != new else f"#### {new}\n"
    words = [f"- {escaped(sentence)}" for sentence in difference.sentences]
    totals = pipes(TOTAL_TITLES, [total_cells(each) for each in difference.totals], 1)
    parts = [title, *words, "", *totals, ""]
    parts += _layers(f"{len(changed):,} changed layers and blocks", changed, MOST_OPEN)
    only = "1 layer is" if len(affected) == 1 else f"{len(affected):,} layers are"
    parts += _layers(f"{only} the same calls with other numbers", affected, 0)
    return "\n".join(parts)


def _layers(title: str, shown: list[Line], most_open: int) -> list[str]:
    if not shown:
        return []
    table = [*pipes(TITLES, [], 4), *map(_row, shown)]
    if len(shown) <= most_open:
        return [*table, ""]
    return [f"<details><summary>{title}</summary>", "", *table, "", "</details>", ""]


def _row(line: Line) -> str:
    return f"| {' | '.join(map(escaped, line.cells))} |"
