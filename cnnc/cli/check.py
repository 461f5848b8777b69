"""`cnnc check`."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Annotated

import typer

from cnnc.cli.common import (
    FAILED,
    MaxLayers,
    Output,
    Settings,
    command,
    deliver,
    journey,
    progress,
    show,
    spare,
)
from cnnc.cli.sarif import sarif
from cnnc.pipeline import Journey
from compiler.budget import broken
from compiler.expansion.elaborate import MAX_LAYERS
from compiler.expansion.program import net_names, settable
from dsl.diagnostics import CnnError, Diagnostic


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
    format: Annotated[Format, typer.Option(help="How to write what was found.")] = Format.text,
    output: Output = None,
    max_layers: MaxLayers = MAX_LAYERS,
) -> None:
    """Every error and warning, and budgets; a file's nets are all checked unless one is named."""
    spare(output, *files)
    good: list[Checked] = []
    found: list[Diagnostic] = []
    for file in files:
        with progress(f"checking {file}"):
            _check_file(file, settings, max_layers, good, found)
    if format is Format.json:
        deliver(_json(good, found), output)
    elif format is Format.sarif:
        deliver(sarif(found), output)
    else:
        show(found)
        deliver(
            "".join(f"{each.file}:{each.net} ok, {each.layers:,} layers\n" for each in good), output
        )
    if any(each.severity == "error" for each in found):
        raise typer.Exit(FAILED)


def _check_file(
    file: str,
    settings: list[str] | None,
    max_layers: int,
    good: list[Checked],
    found: list[Diagnostic],
) -> None:
    """Adds what holds to `good`, and what was found to `found`, each thing once."""
    try:
        whole = journey(file, settings, max_layers)
        nets: Sequence[str | None] = [whole.net] if whole.net else net_names(whole.tree)
    except CnnError as error:
        found += error.diagnostics
        return
    known = {net: _settable(whole, net) for net in nets} if len(nets) > 1 else {}
    anywhere = frozenset[str]().union(*known.values())
    for net in nets or [None]:
        # What only some nets of the file know is set in those.
        foreign = anywhere - known.get(net, anywhere)
        given = {name: value for name, value in whole.settings.items() if name not in foreign}
        each = whole.to(net, given)
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
        good.append(Checked(whole.source.name, graph.name, len(graph)))


def _settable(whole: Journey, net: str | None) -> frozenset[str]:
    return settable(whole.tree, whole.path, net) if whole.settings else frozenset()


def _json(good: list[Checked], found: list[Diagnostic]) -> str:
    nets = [{"file": each.file, "net": each.net, "layers": each.layers} for each in good]
    content = {
        "format": "cnnc-check/1",
        "nets": nets,
        "diagnostics": [_diagnostic(each) for each in found],
    }
    return json.dumps(content, indent=2) + "\n"


def _diagnostic(each: Diagnostic) -> dict[str, object]:
    labels = []
    for label in each.labels:
        (line, column), (end_line, end_column) = label.span.position, label.span.end_position
        labels.append(
            {
                "file": label.span.source.name,
                "line": line,
                "column": column,
                "end_line": end_line,
                "end_column": end_column,
                "text": label.text,
            }
        )
    return {
        "code": each.code,
        "severity": each.severity,
        "title": each.title,
        "file": labels[0]["file"] if labels else each.file,
        "labels": labels,
        "notes": list(each.notes),
        "help": each.help,
    }
