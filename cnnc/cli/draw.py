"""`cnnc draw`."""

from __future__ import annotations

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
from compiler.drawing.picture import Look
from compiler.expansion.elaborate import MAX_LAYERS


class Stage(StrEnum):
    source = "source"
    optimised = "optimised"


class Style(StrEnum):
    graph = "graph"
    volumes = "volumes"


class Theme(StrEnum):
    auto = "auto"
    light = "light"
    dark = "dark"


@command
def draw(
    file: File,
    settings: Settings = None,
    depth: Annotated[
        int | None, typer.Option(min=1, help="Levels of scopes to show; else what can be read.")
    ] = None,
    unfold: Annotated[
        list[str] | None,
        typer.Option(metavar="PATH", help="Show what is in this scope, too; may be repeated."),
    ] = None,
    style: Annotated[Style, typer.Option(help="Of an SVG: boxes, or volumes.")] = Style.graph,
    theme: Annotated[Theme, typer.Option(help="Of an SVG; auto: its reader's.")] = Theme.auto,
    stage: Annotated[
        Stage, typer.Option(help="The graph that is drawn: as written, or after -O 2.")
    ] = Stage.source,
    train: Annotated[bool, typer.Option("--train", help="Draw the training graph.")] = False,
    output: Output = None,
    max_layers: MaxLayers = MAX_LAYERS,
) -> None:
    """The picture of a network."""
    spare(output, file)
    if train and stage is Stage.optimised:
        raise typer.BadParameter("--train draws the training graph, which is never optimised")
    look = Look(style=style.value, depth=depth, unfold=frozenset(unfold or ()), theme=theme.value)
    with progress(f"drawing {file}"):
        text = journey(file, settings, max_layers).drawing(
            "training" if train else stage.value, look
        )
    deliver(text, output)
