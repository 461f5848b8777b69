"""`cnnc weights`: what files of weights hold, and which of it is which parameter of a program."""

from __future__ import annotations

import json
from collections.abc import Iterator
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from cnnc.cli.common import Output, choices, command, deliver
from cnnc.cli.mapped import convert, map_
from dsl.diagnostics import printable

if TYPE_CHECKING:
    from cnnc.weights.stored import Part, Stored

app = typer.Typer(help="Look into files of weights, map and convert them.", no_args_is_help=True)


class Format(StrEnum):
    table = "table"
    json = "json"


@app.command("inspect")
@command
def inspect(
    file: Annotated[Path, typer.Argument(metavar="W", help="The file.")],
    inside: Annotated[
        str | None,
        typer.Option(metavar="KEY", help="Where in a PyTorch checkpoint the weights are."),
    ] = None,
    format: Annotated[
        Format, typer.Option(metavar="FORMAT", help=f"One of {choices(Format)}.")
    ] = Format.table,
    output: Output = None,
) -> None:
    """Keys, shapes and types; values that are no numbers. Nothing that a file says is run."""
    from cnnc.weights.reading import CHECKPOINTS, read_stored  # numpy is slow to import

    if inside is not None and file.suffix.lower() not in CHECKPOINTS:
        raise typer.BadParameter(
            f"--inside is for PyTorch checkpoints, {', '.join(CHECKPOINTS)}; leave it out"
        )
    stored = read_stored(file, inside)
    deliver(_json(stored) if format is Format.json else _table(stored), output)


app.command("map")(map_)
app.command("convert")(convert)


def _table(stored: Stored) -> str:
    rows = [("key", "shape", "type", "bytes", "trouble"), *map(_row, stored.parts)]
    widths = [max(len(row[column]) for row in rows) for column in range(len(rows[0]))]
    lines = [
        "  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)).rstrip()
        for row in rows
    ]
    values = sum(part.array.size for part in stored.parts)
    total = f"{stored.form}: {len(stored.parts)} arrays, {values:,} values"
    return "\n".join([*lines, "", total, *map(printable, stored.notes)]) + "\n"


def _row(part: Part) -> tuple[str, ...]:
    from cnnc.weights.stored import shown

    trouble = ", ".join(_troubles(part))
    cells = (part.key, shown(part.stored), part.dtype, f"{part.array.nbytes:,}", trouble)
    return tuple(map(printable, cells))


def _troubles(part: Part) -> Iterator[str]:
    """What makes weights useless, or was done to them."""
    import numpy as np

    if part.array.dtype.kind == "f":
        for name, found in (("NaN", np.isnan(part.array)), ("infinite", np.isinf(part.array))):
            if found.any():
                yield f"{int(found.sum()):,} {name}"
    if part.note:
        yield part.note


def _json(stored: Stored) -> str:
    content = {
        "format": "cnnc-weights/1",
        "file": str(stored.path),
        "form": stored.form,
        "arrays": [
            {
                "key": part.key,
                "shape": list(part.stored),
                "type": part.dtype,
                "torch_shape": list(part.shape),
                "trouble": list(_troubles(part)),
            }
            for part in stored.parts
        ],
        "notes": list(stored.notes),
        "metadata": dict(stored.metadata),
    }
    return json.dumps(content, indent=2) + "\n"
