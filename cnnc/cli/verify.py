"""`cnnc verify`."""

from __future__ import annotations

import json
from enum import StrEnum
from typing import TYPE_CHECKING, Annotated

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
    progress,
    spare,
)
from compiler.expansion.elaborate import MAX_LAYERS
from dsl.diagnostics import CnnError, Diagnostic

if TYPE_CHECKING:
    from cnnc.verify import Difference, Verification


class Format(StrEnum):
    text = "text"
    json = "json"


@command
def verify(
    file: File,
    settings: Settings = None,
    against: Annotated[
        str | None, typer.Option(metavar="MODEL", help="torchvision:NAME or MODEL.onnx.")
    ] = None,
    seed: Annotated[
        int, typer.Option(min=0, metavar="N", help="Of the weights and the input.")
    ] = 0,
    batch: Annotated[int, typer.Option(min=1, metavar="N", help="Images at once.")] = 1,
    format: Annotated[
        Format, typer.Option(metavar="FORMAT", help=f"One of {choices(Format)}.")
    ] = Format.text,
    output: Output = None,
    max_layers: MaxLayers = MAX_LAYERS,
    allow_path: AllowPaths = None,
) -> None:
    """NumPy against PyTorch, or torchvision, or ONNX, by numbers."""
    spare(output, file, against)
    whole = journey(file, settings, max_layers, allow_path)
    _ = whole.checked
    with progress(f"verifying {file}"):
        try:
            from cnnc.verify import verify as run  # torch is heavy, and optional
        except ModuleNotFoundError as error:
            title = f"verify needs {error.name}, which is not installed"
            mend = "pip install 'cnnc[torch]'"
            raise CnnError([Diagnostic("E0602", title, help=mend)]) from None
        result = run(whole, against, seed, batch)
    deliver(_json(result) if format is Format.json else _text(result), output)
    if not result.agrees:
        raise typer.Exit(FAILED)


def _text(result: Verification) -> str:
    rows = [("layer", "shape", "largest value", "difference", "relative")]
    rows += [_row(each) for each in result.layers]
    widths = [max(len(row[column]) for row in rows) for column in range(5)]
    lines = [
        "  ".join(
            cell.ljust(width) if column < 2 else cell.rjust(width)
            for column, (cell, width) in enumerate(zip(row, widths, strict=True))
        )
        for row in rows
    ]
    worst = max(result.layers, key=lambda each: each.relative)
    lines += [
        "",
        f"NumPy against PyTorch, layer by layer as written: {worst.relative:.1e} at {worst.what}",
        *(f"{each.what}: {each.relative:.1e}" for each in result.outputs),
        f"{result.net}: {'agrees' if result.agrees else 'DOES NOT AGREE'} within 1e-4",
    ]
    return "\n".join(lines) + "\n"


def _row(each: Difference) -> tuple[str, str, str, str, str]:
    shape = "x".join(map(str, each.shape))
    return each.what, shape, f"{each.largest:.3g}", f"{each.difference:.1e}", f"{each.relative:.1e}"


def _json(result: Verification) -> str:
    def rows(differences: tuple[Difference, ...]) -> list[dict[str, object]]:
        return [
            {
                "what": each.what,
                "shape": list(each.shape),
                "largest": each.largest,
                "difference": each.difference,
                "relative": each.relative,
                "agrees": each.agrees,
            }
            for each in differences
        ]

    content = {
        "format": "cnnc-verify/1",
        "net": result.net,
        "agrees": result.agrees,
        "layers": rows(result.layers),
        "outputs": rows(result.outputs),
    }
    return json.dumps(content, indent=2) + "\n"
