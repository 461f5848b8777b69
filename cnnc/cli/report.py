"""`cnnc report`."""

from __future__ import annotations

from enum import StrEnum
from typing import Annotated

import typer

from cnnc.cli.common import (
    AllowPaths,
    File,
    MaxLayers,
    Output,
    Settings,
    choices,
    command,
    deliver,
    journey,
    progress,
    spare,
    stage_of,
)
from cnnc.cli.count import chosen, writer_for
from cnnc.pipeline import Journey
from compiler.counting import PROFILES
from compiler.expansion.elaborate import MAX_LAYERS
from compiler.formats.columns import USUAL, Layout
from compiler.formats.cs231n import cs231n
from compiler.formats.csv import csv
from compiler.formats.json import json
from compiler.formats.markdown import markdown
from compiler.formats.table import table
from compiler.measured import meant
from compiler.metrics import BY_NAME, METRICS, Metric
from compiler.report import Measure
from compiler.report import Stage as Counted


class Format(StrEnum):
    table = "table"
    cs231n = "cs231n"
    json = "json"
    csv = "csv"
    markdown = "markdown"
    html = "html"


class Stage(StrEnum):
    source = "source"
    optimised = "optimised"


class Dtype(StrEnum):
    float64 = "float64"
    float32 = "float32"
    float16 = "float16"
    bfloat16 = "bfloat16"
    int8 = "int8"


@command
def report(
    file: File,
    settings: Settings = None,
    format: Annotated[
        Format, typer.Option(metavar="FORMAT", help=f"One of {choices(Format)}.")
    ] = Format.table,
    columns: Annotated[
        str | None,
        typer.Option(metavar="NAME,...", help="Metrics to show, or `all`; table, csv, markdown."),
    ] = None,
    depth: Annotated[
        int | None,
        typer.Option(min=1, metavar="N", help="Fold blocks to this many parts of a path."),
    ] = None,
    batch: Annotated[int, typer.Option(min=1, metavar="N", help="Images at once.")] = 1,
    dtype: Annotated[
        Dtype, typer.Option(metavar="TYPE", help=f"Of all values and weights: {choices(Dtype)}.")
    ] = Dtype.float32,
    stage: Annotated[
        Stage | None,
        typer.Option(help="The graph that is counted: as written (usual), or after -O 2."),
    ] = None,
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
    allow_path: AllowPaths = None,
) -> None:
    """What every layer holds and costs: parameters, MACs, memory."""
    spare(output, file)
    graph = stage_of(stage, train) or "source"
    _refuse_ignored(format, columns, depth, batch, dtype, train)
    profiles = chosen(count, explain_count)
    if profiles:
        if (columns, depth, batch, dtype, train) != (None, None, 1, Dtype.float32, False):
            raise typer.BadParameter("--count is of one image in float32, layer by layer")
        writer = writer_for(format.value, explain_count)
        with progress(f"counting {file}"):
            text = writer(journey(file, settings, max_layers, allow_path), graph, profiles)
        deliver(text, output)
        return
    metrics = _metrics(columns, format, graph)
    with progress(f"reporting {file}"):
        way = journey(file, settings, max_layers, allow_path)
        text = _text(way, graph, Measure(batch, dtype.value), format, Layout(metrics, depth))
    deliver(text, output)


def _refuse_ignored(
    format: Format, columns: str | None, depth: int | None, batch: int, dtype: Dtype, train: bool
) -> None:
    """What a format has no place for is refused, not passed over."""
    if columns is not None and format not in (Format.table, Format.csv, Format.markdown):
        raise typer.BadParameter(f"--columns chooses those of a table, and {format} has its own")
    if format is Format.cs231n and (depth, batch, dtype, train) != (None, 1, Dtype.float32, False):
        raise typer.BadParameter("the notes' table is of every layer, for one image in float32")


def _text(way: Journey, stage: Counted, measure: Measure, format: Format, layout: Layout) -> str:
    if format is Format.html:
        return way.page(stage, measure, layout.depth)
    report = way.report(stage, measure)
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


def _metrics(columns: str | None, format: Format, stage: Counted) -> tuple[Metric, ...]:
    if columns in ("all", None) and format is Format.csv:
        return METRICS  # whatever is counted, so that a script finds each where it was
    if columns == "all":
        return tuple(metric for metric in METRICS if metric.is_of(stage))
    if columns is None:
        usual = (*USUAL, "saved_bytes") if stage == "training" else USUAL
        return tuple(BY_NAME[name] for name in usual)
    metrics = []
    for name in columns.split(","):
        if name.strip() not in BY_NAME:
            mend = meant(name.strip(), BY_NAME) or f"they are {', '.join(BY_NAME)}"
            raise typer.BadParameter(f"there is no column `{name.strip()}`; {mend}")
        metric = BY_NAME[name.strip()]
        if not metric.is_of(stage):
            mend = "--train has it" if metric.only == "training" else "without --train there is one"
            raise typer.BadParameter(f"`{metric.name}` is of {metric.only} alone; {mend}")
        metrics.append(metric)
    return tuple(metrics)
