"""`cnnc report`."""

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
from compiler.expansion.elaborate import MAX_LAYERS
from compiler.formats.cs231n import cs231n
from compiler.formats.json import json
from compiler.formats.markdown import markdown
from compiler.formats.table import table


class Format(StrEnum):
    table = "table"
    cs231n = "cs231n"
    json = "json"
    markdown = "markdown"


FORMATS = {
    Format.table: table,
    Format.cs231n: cs231n,
    Format.json: json,
    Format.markdown: markdown,
}


@command
def report(
    file: File,
    settings: Settings = None,
    format: Annotated[Format, typer.Option(help="How to write it.")] = Format.table,
    train: Annotated[
        bool, typer.Option("--train", help="Count what only training needs, too.")
    ] = False,
    output: Output = None,
    max_layers: MaxLayers = MAX_LAYERS,
) -> None:
    """What every layer holds and costs: parameters, MACs, activations, receptive field."""
    spare(output, file)
    with progress(f"reporting {file}"):
        text = FORMATS[format](journey(file, settings, max_layers).report(train))
    deliver(text, output)
