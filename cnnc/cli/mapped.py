"""`cnnc weights map` and `convert`."""

from __future__ import annotations

import json
import sys
from collections.abc import Iterator
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from cnnc.cli.common import (
    FAILED,
    AllowPaths,
    File,
    MaxLayers,
    Output,
    Settings,
    choices,
    command,
    deliver,
    journey,
    spare,
)
from compiler.expansion.elaborate import MAX_LAYERS
from dsl.diagnostics import printable

if TYPE_CHECKING:
    from cnnc.weights.mapping import Mapped, Match
    from cnnc.weights.stored import Stored
    from compiler.graph import Graph


class Format(StrEnum):
    table = "table"
    json = "json"


class Layout(StrEnum):
    torch = "torch"
    keras = "keras"


Weights = Annotated[Path, typer.Argument(metavar="W", help="The file of weights.")]
Rules = Annotated[
    Path | None, typer.Option(metavar="FILE", help="Lines PATTERN -> NAME; * stands for any text.")
]
NewHead = Annotated[bool, typer.Option("--new-head", help="Make the last layer with weights anew.")]
Inside = Annotated[
    str | None,
    typer.Option(metavar="KEY", help="Where in a PyTorch checkpoint the weights are."),
]
Inference = Annotated[
    bool, typer.Option("--inference", help="Leave out what training alone reads.")
]
Lies = Annotated[Layout, typer.Option(metavar="LAYOUT", help=f"Of a flat file: {choices(Layout)}.")]


@command
def map_(
    file: File,
    weights: Weights,
    settings: Settings = None,
    rules: Rules = None,
    new_head: NewHead = False,
    inference: Inference = False,
    inside: Inside = None,
    layout: Lies = Layout.torch,
    format: Annotated[
        Format, typer.Option(metavar="FORMAT", help=f"One of {choices(Format)}.")
    ] = Format.table,
    output: Output = None,
    max_layers: MaxLayers = MAX_LAYERS,
    allow_path: AllowPaths = None,
) -> None:
    """Which array of a file is which parameter of the program, and why."""
    from cnnc.weights.converting import broken  # numpy is slow to import

    spare(output, file, weights, rules)
    whole = journey(file, settings, max_layers, allow_path)
    graph = (whole.inference if inference else whole.checked).graph
    stored, mapped = _mapped(graph, weights, rules, new_head, inside, layout)
    made = _json(graph, stored, mapped) if format is Format.json else _table(graph, stored, mapped)
    deliver(made, output)
    if mapped.lacking or broken(mapped):
        raise typer.Exit(FAILED)


@command
def convert(
    file: File,
    weights: Weights,
    output: Annotated[
        Path, typer.Option("--output", "-o", metavar="PATH", help="The .safetensors to write.")
    ],
    settings: Settings = None,
    rules: Rules = None,
    new_head: NewHead = False,
    seed: Annotated[int, typer.Option(min=0, metavar="N", help="Of a new head.")] = 0,
    inference: Inference = False,
    inside: Inside = None,
    layout: Lies = Layout.torch,
    max_layers: MaxLayers = MAX_LAYERS,
    allow_path: AllowPaths = None,
) -> None:
    """A file's weights under the program's names, in PyTorch's layouts and float32."""
    from cnnc.files import write_whole
    from cnnc.weights import converting  # numpy is slow to import
    from cnnc.weights.written import safetensors

    if output.suffix.lower() != ".safetensors":
        raise typer.BadParameter(f"{output}: what is written is safetensors; name it so")
    spare(output, file, weights, rules)
    whole = journey(file, settings, max_layers, allow_path)
    graph = (whole.inference if inference else whole.checked).graph
    stored, mapped = _mapped(graph, weights, rules, new_head, inside, layout)
    arrays = converting.convert(graph, stored, mapped, seed)
    for line in _notes(graph, stored, mapped):
        print(line, file=sys.stderr)
    write_whole(output, safetensors(arrays, {"format": "pt"}))


def _mapped(
    graph: Graph,
    weights: Path,
    rules: Path | None,
    new_head: bool,
    inside: str | None,
    layout: Layout,
) -> tuple[Stored, Mapped]:
    from cnnc.weights.layouts import from_keras  # numpy is slow to import
    from cnnc.weights.mapping import map_weights
    from cnnc.weights.reading import CHECKPOINTS, read_stored
    from cnnc.weights.rules import read_rules

    if inside is not None and weights.suffix.lower() not in CHECKPOINTS:
        raise typer.BadParameter(
            f"--inside is for PyTorch checkpoints, {', '.join(CHECKPOINTS)}; leave it out"
        )
    stored = read_stored(weights, inside)
    if layout is Layout.keras:
        if stored.channels_last or stored.form == "ONNX":
            raise typer.BadParameter(f"{stored.form} says how its arrays lie; leave --layout out")
        stored = from_keras(stored, set(graph.weight_shapes().values()))
    return stored, map_weights(graph, stored, read_rules(rules) if rules else (), new_head)


def _table(graph: Graph, stored: Stored, mapped: Mapped) -> str:
    rows = [("parameter", "shape", "array", "why"), *map(_row, mapped.matches)]
    widths = [max(len(row[column]) for row in rows) for column in range(len(rows[0]))]
    lines = [
        "  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)).rstrip()
        for row in rows
    ]
    return "\n".join([*lines, "", *_notes(graph, stored, mapped)]) + "\n"


def _row(match: Match) -> tuple[str, ...]:
    from cnnc.weights.stored import shown

    why = match.why
    if match.part is not None and match.part.note:
        why += f"; {match.part.note}"
    array = match.part.key if match.part is not None else "-"
    return tuple(map(printable, (match.key, shown(match.shape), array, why)))


def _notes(graph: Graph, stored: Stored, mapped: Mapped) -> list[str]:
    """What is not in the rows: what was left, doubts, and the sum."""
    from cnnc.weights.converting import broken, doubts

    have = sum(each.part is not None for each in mapped.matches)
    new = sum(each.new for each in mapped.matches)
    lines = [f"unused: {what}: {why}" for why, what in _unused(mapped)]
    lines += [*stored.notes, *doubts(graph, mapped, stored)]
    lines += [f"not finite: {each}" for each in broken(mapped)]
    total = f"{have} of {len(mapped.matches)} parameters have weights"
    lines.append(f"{total}, {new} are made anew" if new else total)
    return list(map(printable, lines))


def _unused(mapped: Mapped) -> Iterator[tuple[str, str]]:
    """By reason; of many arrays the first, and how many."""
    names: dict[str, list[str]] = {}
    for part, why in mapped.unused:
        names.setdefault(why, []).append(part.key)
    for why, keys in names.items():
        yield why, keys[0] if len(keys) == 1 else f"{keys[0]} and {len(keys) - 1} more"


def _json(graph: Graph, stored: Stored, mapped: Mapped) -> str:
    from cnnc.weights.converting import broken, doubts

    content: dict[str, Any] = {
        "format": "cnnc-mapping/1",
        "file": str(stored.path),
        "form": stored.form,
        "parameters": [
            {
                "key": each.key,
                "shape": list(each.shape),
                "array": each.part.key if each.part is not None else None,
                "stored_shape": list(each.part.stored) if each.part is not None else None,
                "layout": each.part.note if each.part is not None else "",
                "why": each.why,
                "new": each.new,
            }
            for each in mapped.matches
        ],
        "unused": [{"array": part.key, "why": why} for part, why in mapped.unused],
        "not_finite": broken(mapped),
        "notes": [*stored.notes, *doubts(graph, mapped, stored)],
    }
    return json.dumps(content, indent=2) + "\n"
