"""`cnnc explore`."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from cnnc.cli.common import (
    INTERRUPTED,
    AllowPaths,
    File,
    MaxLayers,
    Output,
    Settings,
    choices,
    command,
    deliver,
    journey,
    parse_settings,
    spare,
)
from compiler.expansion.elaborate import MAX_LAYERS
from compiler.expansion.family import MAX_MEMBERS

if TYPE_CHECKING:
    from cnnc.exploring.exploration import Tell


class Format(StrEnum):
    table = "table"
    csv = "csv"
    json = "json"
    html = "html"


@command
def explore(
    file: File,
    settings: Settings = None,
    vary: Annotated[
        list[str] | None,
        typer.Option(metavar="NAME=VALUES", help="Walk [1, 2, 4] or 1..4; may be repeated."),
    ] = None,
    where: Annotated[
        str | None, typer.Option(metavar="EXPR", help="Only members for which this is true.")
    ] = None,
    pareto: Annotated[
        str | None,
        typer.Option(metavar="COLUMN,...", help="Only members that no other beats in these."),
    ] = None,
    sort: Annotated[
        str | None, typer.Option(metavar="EXPR", help="Least first; -params: largest first.")
    ] = None,
    top: Annotated[
        int | None, typer.Option(min=1, metavar="N", help="Only so many, the first ones.")
    ] = None,
    format: Annotated[
        Format, typer.Option(metavar="FORMAT", help=f"One of {choices(Format)}.")
    ] = Format.table,
    limit: Annotated[
        int, typer.Option(min=1, metavar="N", help="Refuse families with more members.")
    ] = MAX_MEMBERS,
    jobs: Annotated[
        int | None,
        typer.Option(min=1, metavar="N", help="Processes that count; one for each processor."),
    ] = None,
    resume: Annotated[
        Path | None,
        typer.Option(metavar="JOURNAL", help="Keep what is counted here, and go on from it."),
    ] = None,
    ray: Annotated[
        str | None,
        typer.Option(metavar="ADDRESS", help="Count on a Ray cluster: HOST:PORT, auto, local."),
    ] = None,
    output: Output = None,
    max_layers: MaxLayers = MAX_LAYERS,
    allow_path: AllowPaths = None,
) -> None:
    """A whole family of networks, by its params: one row a member."""
    spare(output, file, resume)
    spare(resume, file)
    varied = parse_settings(vary, "--vary", "NAME=[1, 2] or NAME=1..4")
    start = journey(file, settings, max_layers, allow_path)
    for name in start.settings.keys() & varied.keys():
        raise typer.BadParameter(f"{name} is set and varied")
    if ray not in (None, "local") and jobs is not None:
        raise typer.BadParameter("a cluster that runs has its own processors: leave out --jobs")
    # No other command needs what walks a family, nor its formats.
    from cnnc.exploring.exploration import Asked, Work
    from cnnc.exploring.exploration import explore as walk
    from cnnc.exploring.formats.written import written

    asked, work = Asked(where, sort, pareto, top), Work(jobs, ray, resume, limit)
    try:
        with _progress(f"exploring {file}") as tell:
            text = written(walk(start, varied, asked, work, tell), format.value)
    except KeyboardInterrupt:
        if resume is not None and resume.exists():
            print(f"stopped; --resume {resume} goes on from here", file=sys.stderr)
        raise typer.Exit(INTERRUPTED) from None
    deliver(text, output)


@contextmanager
def _progress(what: str) -> Iterator[Tell]:
    """A bar on a terminal, nothing elsewhere."""
    if not sys.stderr.isatty():
        yield lambda done, size: None
        return
    from rich.console import Console  # rich is slow to import
    from rich.markup import escape
    from rich.progress import (
        BarColumn,
        MofNCompleteColumn,
        Progress,
        TextColumn,
        TimeRemainingColumn,
    )

    columns = (
        TextColumn("{task.description}"),
        BarColumn(),
        MofNCompleteColumn(),
        TimeRemainingColumn(),
    )
    with Progress(*columns, console=Console(stderr=True), transient=True) as bar:
        task = bar.add_task(escape(what), total=None)
        yield lambda done, size: bar.update(task, completed=done, total=size)
