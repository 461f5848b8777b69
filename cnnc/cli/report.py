"""`cnnc report`."""

from __future__ import annotations

from collections.abc import Callable
from enum import StrEnum
from typing import Annotated

import typer

from cnnc.cli.common import (
    File,
    MaxLayers,
    Output,
    Settings,
    command,
    deliver,
    journey,
    progress,
    spare,
)
from cnnc.pipeline import Journey
from compiler.counting import PROFILES
from compiler.counting import profile as counting
from compiler.counting.explain import explain
from compiler.counting.profile import Profile
from compiler.expansion.elaborate import MAX_LAYERS
from compiler.formats import count as counts
from compiler.formats.columns import USUAL, Layout
from compiler.formats.cs231n import cs231n
from compiler.formats.csv import csv
from compiler.formats.json import json
from compiler.formats.markdown import markdown
from compiler.formats.table import table
from compiler.metrics import BY_NAME, METRICS, Metric
from compiler.report import Measure, Report
from dsl.diagnostics import did_you_mean


class Format(StrEnum):
    table = "table"
    cs231n = "cs231n"
    json = "json"
    csv = "csv"
    markdown = "markdown"


class Stage(StrEnum):
    source = "source"
    optimised = "optimised"


class Dtype(StrEnum):
    float64 = "float64"
    float32 = "float32"
    float16 = "float16"
    bfloat16 = "bfloat16"
    int8 = "int8"


COUNT_FORMATS: dict[Format, Callable[[Report, counting.Counted], str]] = {
    Format.table: counts.table,
    Format.markdown: counts.markdown,
    Format.csv: counts.csv,
    Format.json: counts.json,
}


@command
def report(
    file: File,
    settings: Settings = None,
    format: Annotated[Format, typer.Option(help="How to write it.")] = Format.table,
    columns: Annotated[
        str | None,
        typer.Option(metavar="NAME,...", help="Metrics to show, or `all`; table, csv, markdown."),
    ] = None,
    depth: Annotated[
        int | None, typer.Option(min=1, help="Fold blocks to this many parts of a path.")
    ] = None,
    batch: Annotated[int, typer.Option(min=1, help="Images at once.")] = 1,
    dtype: Annotated[Dtype, typer.Option(help="Of all values and weights.")] = Dtype.float32,
    stage: Annotated[
        Stage, typer.Option(help="The graph that is counted: as written, or after -O 2.")
    ] = Stage.source,
    train: Annotated[
        bool, typer.Option("--train", help="Count the training graph, with its memory.")
    ] = False,
    count: Annotated[
        str | None,
        typer.Option(metavar="PROFILE", help=f"Count as a tool does: {', '.join(PROFILES)}."),
    ] = None,
    explain_count: Annotated[
        bool,
        typer.Option(
            "--explain-count", help="Why --count differs from cnnc, or two profiles, row by row."
        ),
    ] = False,
    output: Output = None,
    max_layers: MaxLayers = MAX_LAYERS,
) -> None:
    """What every layer holds and costs: parameters, MACs, activations, receptive field, memory."""
    spare(output, file)
    if train and stage is Stage.optimised:
        raise typer.BadParameter("--train counts the training graph, which is never optimised")
    profiles = _profiles(count, explain_count)
    if profiles:
        changed = (columns, depth, batch, dtype, train) != (None, None, 1, Dtype.float32, False)
        if changed or format not in COUNT_FORMATS:
            formats = ", ".join(COUNT_FORMATS)
            title = f"--count is of one image in float32 at inference, layer by layer: {formats}"
            raise typer.BadParameter(title)
        with progress(f"counting {file}"):
            whole = journey(file, settings, max_layers)
            text = _counted(whole, stage, profiles, format, explain_count)
        deliver(text, output)
        return
    metrics = _metrics(columns, format, train)
    with progress(f"reporting {file}"):
        counted = journey(file, settings, max_layers).report(
            "training" if train else stage.value, Measure(batch, dtype.value)
        )
        text = _text(counted, format, Layout(metrics, depth))
    deliver(text, output)


def _profiles(names: str | None, explained: bool) -> tuple[Profile, ...]:
    """The profiles that are asked for, the last one that which is shown; empty for the report."""
    wanted = [name.strip() for name in (names or "cnnc").split(",")]
    for name in wanted:
        if name not in PROFILES:
            mend = did_you_mean(name, PROFILES) or f"they are {', '.join(PROFILES)}"
            raise typer.BadParameter(f"there is no count `{name}`; {mend}")
    if not explained and wanted == ["cnnc"]:
        return ()
    pair = wanted if len(wanted) > 1 else ["cnnc", *wanted]
    if explained and (len(pair) != 2 or pair[0] == pair[1]):
        raise typer.BadParameter("--explain-count wants --count PROFILE, or two: --count ONE,OTHER")
    if not explained and len(wanted) > 1:
        raise typer.BadParameter("--count takes one profile, or two with --explain-count")
    return tuple(PROFILES[name] for name in (pair if explained else wanted))


def _counted(
    whole: Journey, stage: Stage, profiles: tuple[Profile, ...], format: Format, explained: bool
) -> str:
    report = whole.report(stage.value)
    modules = whole.modules(stage.value)
    counted = counting.count(report.rows, profiles[-1], modules)
    if not explained:
        return COUNT_FORMATS[format](report, counted)
    against = counting.count(report.rows, profiles[0], modules)
    reasons = explain(report.rows, profiles[0], profiles[-1], modules)
    if format is Format.json:
        return counts.json(report, counted, against, reasons)
    if format is not Format.table:
        raise typer.BadParameter("--explain-count is written as table or json")
    return counts.explanation(counted, against, reasons)


def _text(report: Report, format: Format, layout: Layout) -> str:
    match format:
        case Format.json:
            return json(report, layout.depth)
        case Format.cs231n:
            return cs231n(report)
        case Format.csv:
            return csv(report, layout)
        case Format.markdown:
            return markdown(report, layout)
        case Format.table:
            return table(report, layout)


def _metrics(columns: str | None, format: Format, train: bool) -> tuple[Metric, ...]:
    if columns == "all" or (columns is None and format is Format.csv):
        return METRICS
    if columns is None:
        usual = (*USUAL, "saved_bytes") if train else USUAL
        return tuple(BY_NAME[name] for name in usual)
    chosen = []
    for name in columns.split(","):
        if name.strip() not in BY_NAME:
            mend = did_you_mean(name.strip(), BY_NAME) or f"they are {', '.join(BY_NAME)}"
            raise typer.BadParameter(f"there is no column `{name.strip()}`; {mend}")
        chosen.append(BY_NAME[name.strip()])
    return tuple(chosen)
