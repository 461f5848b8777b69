"""`cnnc check`."""

from __future__ import annotations

import json
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer

from cnnc.cli.common import (
    FAILED,
    AllowPaths,
    MaxLayers,
    Output,
    Settings,
    choices,
    command,
    deliver,
    journey,
    progress,
    show,
    spare,
)
from cnnc.cli.found import as_json
from cnnc.cli.sarif import sarif
from cnnc.nets import nets
from compiler.budget import broken
from compiler.expansion.elaborate import MAX_LAYERS
from dsl.diagnostics import CnnError, Diagnostic, printable


class Format(StrEnum):
    text = "text"
    json = "json"
    sarif = "sarif"


@dataclass(frozen=True, slots=True)
class Checked:
    """A net that holds."""

    file: str
    net: str
    layers: int


@command
def check(
    files: Annotated[
        list[str], typer.Argument(metavar="FILE...", help="Programs, FILE:NET, or - for stdin.")
    ],
    settings: Settings = None,
    format: Annotated[
        Format, typer.Option(metavar="FORMAT", help=f"One of {choices(Format)}.")
    ] = Format.text,
    output: Output = None,
    max_layers: MaxLayers = MAX_LAYERS,
    allow_path: AllowPaths = None,
) -> None:
    """Every error and warning, and budgets."""
    spare(output, *files)
    good: list[Checked] = []
    found: list[Diagnostic] = []
    for file in files:
        with progress(f"checking {file}"):
            _check_file(file, settings, max_layers, allow_path, good, found)
    if format is Format.json:
        deliver(_json(good, found), output)
    elif format is Format.sarif:
        deliver(sarif(found), output)
    else:
        show(found)
        lines = [f"{each.file}:{each.net} ok, {each.layers:,} layers" for each in good]
        deliver("".join(f"{printable(line)}\n" for line in lines), output)
    if any(each.severity == "error" for each in found):
        raise typer.Exit(FAILED)


def _check_file(
    file: str,
    settings: list[str] | None,
    max_layers: int,
    allow_path: list[Path] | None,
    good: list[Checked],
    found: list[Diagnostic],
) -> None:
    """Adds what holds to `good`, and what was found to `found`, each thing once."""
    try:
        ways = nets(journey(file, settings, max_layers, allow_path))
    except CnnError as error:
        found += error.diagnostics
        return
    for each in ways:
        try:
            graph = each.checked.graph
        except CnnError as error:
            found += [one for one in error.diagnostics if one not in found]
            continue
        found += [one for one in each.checked.warnings if one not in found]
        over = broken(each.report(), graph.budget) if graph.budget else []
        found += over
        if over:
            continue
        good.append(Checked(each.source.name, graph.name, len(graph)))


def _json(good: list[Checked], found: list[Diagnostic]) -> str:
    listed = [{"file": each.file, "net": each.net, "layers": each.layers} for each in good]
    content = {
        "format": "cnnc-check/1",
        "nets": listed,
        "diagnostics": [as_json(each) for each in found],
    }
    return json.dumps(content, indent=2) + "\n"
