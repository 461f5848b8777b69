"""An exploration as one HTML page: a scatter plot and a table, which need no network."""

from __future__ import annotations

from collections.abc import Iterator
from html import escape
from pathlib import Path

from cnnc.exploring.exploration import Exploration, Failed
from cnnc.exploring.formats.columns import (
    constant,
    heading,
    members,
    params,
    settings,
    summary,
    varying,
)
from compiler.expansion.values import is_number
from compiler.formats.page.document import document
from compiler.measured import METRICS

PAGE = Path(__file__).parent / "page"
SCRIPTS = ("scales.js", "front.js", "plot.js", "table.js", "page.js")


def html(result: Exploration) -> str:
    """Byte-identical from run to run."""
    return document(heading(result), _body(result), _data(result), SCRIPTS, PAGE)


def _body(result: Exploration) -> str:
    family = result.family
    sizes = " × ".join(f"{axis.size:,} {axis.name}" for axis in family.axes)
    words = [members(family.size), *([sizes] if sizes else []), summary(result)]
    fixed = constant(result)
    asked = {"where": result.asked.where, "pareto": result.asked.pareto, "sort": result.asked.sort}
    options = [f"--{name} {text}" for name, text in asked.items() if text is not None]
    lines = [
        " · ".join(words),
        *([f"with {settings(fixed)}"] if fixed else []),
        *([", ".join(options)] if options else []),
    ]
    about = "".join(f"<p>{escape(line)}</p>" for line in lines)
    return (
        (PAGE / "body.html")
        .read_text("utf-8")
        .format(net=escape(family.net), source=escape(result.source), about=about)
        .rstrip()
    )


def _data(result: Exploration) -> object:
    names = varying(result)
    axes = [axis.name for axis in result.family.axes]
    return {
        "columns": [*_params(result, names, axes), *_metrics(result)],
        "goals": [goal.column for goal in result.choice.goals],
        "rows": [[*params(each, names), *each.member.metrics.values()] for each in result.shown],
        "members": [each.at for each in result.shown],
        "axes": axes,
        "failed": [_failed(each, axes) for each in result.failed],
    }


def _params(result: Exploration, names: list[str], axes: list[str]) -> Iterator[object]:
    """Only numbers have a place in the plot. Less is better until the reader says otherwise."""
    goals = {goal.column: goal.better for goal in result.choice.goals}
    for name in names:
        column = result.choice.columns[name]
        yield {
            "name": column,
            "what": "an axis of the family" if name in axes else "follows from the axes",
            "number": all(is_number(each.values[column]) for each in result.shown),
            "metric": False,
            "better": goals.get(column, "smaller"),
        }


def _metrics(result: Exploration) -> Iterator[object]:
    goals = {goal.column: goal.better for goal in result.choice.goals}
    for name, metric in METRICS.items():
        better = goals.get(name, metric.better)
        own = {"name": name, "what": metric.what, "number": True, "metric": True}
        yield {**own, "better": better}


def _failed(each: Failed, axes: list[str]) -> list[str]:
    problem = each.member.problem
    assert problem is not None
    return [*(each.member.settings[name] for name in axes), problem.code, problem.title]
