"""`cnnc draw`."""

from __future__ import annotations

from enum import StrEnum
from pathlib import Path
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
from cnnc.cli.report import Stage
from cnnc.pipeline import Journey
from compiler.drawing.folding import NoScope
from compiler.drawing.look import Format as Drawn
from compiler.drawing.look import Look
from compiler.expansion.elaborate import MAX_LAYERS
from compiler.report import Stage as Graphs


class Format(StrEnum):
    svg = "svg"
    dot = "dot"
    mermaid = "mermaid"
    html = "html"


class Style(StrEnum):
    graph = "graph"
    volumes = "volumes"


class Theme(StrEnum):
    auto = "auto"
    light = "light"
    dark = "dark"


WRITTEN: dict[Format, Drawn] = {
    Format.svg: "svg",
    Format.dot: "dot",
    Format.mermaid: "mermaid",
}
SUFFIXES = {
    ".svg": Format.svg,
    ".dot": Format.dot,
    ".gv": Format.dot,
    ".mmd": Format.mermaid,
    ".mermaid": Format.mermaid,
    ".html": Format.html,
}


@command
def draw(
    file: File,
    settings: Settings = None,
    format: Annotated[
        Format | None,
        typer.Option(
            metavar="FORMAT", help=f"One of {choices(Format)}; else what the suffix of -o says."
        ),
    ] = None,
    style: Annotated[Style, typer.Option(help="Of an SVG: boxes, or volumes.")] = Style.graph,
    depth: Annotated[
        int | None,
        typer.Option(min=1, metavar="N", help="Levels of scopes to show; else what can be read."),
    ] = None,
    unfold: Annotated[
        list[str] | None,
        typer.Option(metavar="PATH", help="Show what is in this scope, too; may be repeated."),
    ] = None,
    theme: Annotated[Theme, typer.Option(help="Of an SVG; auto: its reader's.")] = Theme.auto,
    stage: Annotated[
        Stage | None,
        typer.Option(help="The graph that is drawn: as written (usual), or after -O 2."),
    ] = None,
    train: Annotated[bool, typer.Option("--train", help="Draw the training graph.")] = False,
    output: Output = None,
    max_layers: MaxLayers = MAX_LAYERS,
    allow_path: AllowPaths = None,
) -> None:
    """The picture of a network: SVG, DOT, Mermaid, or a page."""
    spare(output, file)
    drawn = stage_of(stage, train) or "source"
    chosen = format or _format(output)
    if chosen is not Format.svg and (style is not Style.graph or theme is not Theme.auto):
        raise typer.BadParameter(f"--style and --theme are for SVG; this picture is {chosen}")
    if chosen is Format.html and unfold:
        raise typer.BadParameter("the reader of a page unfolds it; --unfold is for other formats")
    with progress(f"drawing {file}"):
        whole = journey(file, settings, max_layers, allow_path)
        if chosen is Format.html:
            text = whole.page(drawn, depth=depth)
        else:
            paths = frozenset(unfold or ())
            how = Look(WRITTEN[chosen], style.value, depth, paths, theme.value)
            text = _picture(whole, drawn, how)
    deliver(text, output)


def _picture(journey: Journey, stage: Graphs, how: Look) -> str:
    try:
        return journey.drawing(stage, how)
    except NoScope as error:
        raise typer.BadParameter(str(error)) from None


def _format(output: Path | None) -> Format:
    if output is None or str(output) == "-":
        return Format.svg
    if output.suffix not in SUFFIXES:
        known = ", ".join(SUFFIXES)
        raise typer.BadParameter(
            f"no picture is written as {output.name!r}: {known}; or add --format"
        )
    return SUFFIXES[output.suffix]
