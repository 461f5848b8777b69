"""An exploration as an aligned table, and below it what fails."""

from __future__ import annotations

from cnnc.exploring.exploration import Exploration, Failed
from cnnc.exploring.formats.columns import heading, members, params, settings, summary, varying
from compiler.formats.table import aligned
from compiler.measured import METRICS
from dsl.diagnostics import printable

MOST_REASONS = 20


def table(result: Exploration) -> str:
    cells = rows(result)
    lines = [heading(result), ""]
    if result.shown:
        # A family has no total: the last line and the rule before it go.
        lines += [*aligned([*cells, ("",) * len(cells[0])], len(varying(result)))[:-2], ""]
    return "\n".join(map(printable, [*lines, summary(result), *failures(result)])) + "\n"


def rows(result: Exploration) -> list[tuple[str, ...]]:
    """The titles, and the cells of each member that is shown."""
    names, columns = varying(result), result.choice.columns
    cells = [tuple([*(columns[name] for name in names), *METRICS])]
    for each in result.shown:
        numbers = [f"{number:,}" for number in each.member.metrics.values()]
        cells.append((*params(each, names), *numbers))
    return cells


def failures(result: Exploration) -> list[str]:
    """A line a reason, with the first member that has it."""
    reasons: dict[tuple[str, str], list[Failed]] = {}
    for each in result.failed:
        problem = each.member.problem
        assert problem is not None
        reasons.setdefault((problem.code, problem.title), []).append(each)
    lines = [
        f"  {code} {title}: {_which(several, result)}"
        for (code, title), several in list(reasons.items())[:MOST_REASONS]
    ]
    if len(reasons) > MOST_REASONS:
        lines.append(f"  and {len(reasons) - MOST_REASONS:,} other reasons; csv and json have all")
    return ["", "failed", *lines] if lines else []


def _which(several: list[Failed], result: Exploration) -> str:
    axes = [axis.name for axis in result.family.axes]
    chosen = several[0].member.settings
    first = settings({name: chosen[name] for name in axes})
    return first if len(several) == 1 else f"{members(len(several))}, first {first}"
