"""`--count` and `--explain-count` of `cnnc report`."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import TypeAlias

import typer

from cnnc.pipeline import Journey
from compiler.counting import PROFILES
from compiler.counting.explain import explain
from compiler.counting.profile import Counted, Profile, count
from compiler.formats import count as formats
from compiler.report import Report, Stage
from dsl.diagnostics import did_you_mean

Profiles: TypeAlias = tuple[Profile, ...]
Writer: TypeAlias = Callable[[Journey, Stage, Profiles], str]

FORMATS: dict[str, Callable[[Report, Counted], str]] = {
    "table": formats.table,
    "markdown": formats.markdown,
    "csv": formats.csv,
    "json": formats.json,
}


def chosen(names: str | None, explained: bool) -> Profiles:
    """The profiles that are asked for: one, or two of which differences are explained; none where
    it is the report's own count."""
    wanted = [name.strip() for name in (names or "cnnc").split(",")]
    for name in wanted:
        if name not in PROFILES:
            mend = did_you_mean(name, PROFILES) or f"they are {', '.join(PROFILES)}"
            raise typer.BadParameter(f"there is no count `{name}`; {mend}")
    if not explained and len(wanted) > 1:
        raise typer.BadParameter("--count takes one profile, or two with --explain-count")
    if not explained:
        return () if wanted == ["cnnc"] else (PROFILES[wanted[0]],)
    pair = wanted if len(wanted) > 1 else ["cnnc", *wanted]
    if len(pair) != 2 or pair[0] == pair[1]:
        raise typer.BadParameter("--explain-count wants --count PROFILE, or two: --count ONE,OTHER")
    return tuple(PROFILES[name] for name in pair)


def writer_for(format: str, explained: bool) -> Writer:
    """How a count becomes text. Refuses a format that has no place for it."""
    if explained and format not in ("table", "json"):
        raise typer.BadParameter("--explain-count is written as table or json")
    if format not in FORMATS:
        raise typer.BadParameter(f"--count is written as {', '.join(FORMATS)}")
    return partial(_explained if explained else _counted, format)


def _counted(format: str, whole: Journey, stage: Stage, profiles: Profiles) -> str:
    report = whole.report(stage)
    return FORMATS[format](report, count(report.rows, profiles[0], whole.modules(stage)))


def _explained(format: str, whole: Journey, stage: Stage, profiles: Profiles) -> str:
    report, modules = whole.report(stage), whole.modules(stage)
    one, other = profiles
    against, counted = (count(report.rows, profile, modules) for profile in profiles)
    reasons = explain(report.rows, one, other, modules)
    if format == "json":
        return formats.json(report, counted, against, reasons)
    return formats.explanation(counted, against, reasons)
