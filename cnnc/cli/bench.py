"""`cnnc bench`."""

from __future__ import annotations

import sys
import time
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from cnnc.benching.names import USUAL, Further
from cnnc.benching.threads import before_numpy, processors
from cnnc.cli.common import (
    PATIENCE,
    AllowPaths,
    File,
    MaxLayers,
    Output,
    Settings,
    choices,
    command,
    deliver,
    journey,
    show,
    spare,
)
from cnnc.cli.sizes import image_size
from compiler.expansion.elaborate import MAX_LAYERS
from dsl.diagnostics import printable

if TYPE_CHECKING:
    from cnnc.benching.rounds import Tell


class Format(StrEnum):
    table = "table"
    json = "json"
    markdown = "markdown"


@command
def bench(
    file: File,
    settings: Settings = None,
    batch: Annotated[int, typer.Option(min=1, metavar="N", help="Images at once.")] = 1,
    rounds: Annotated[int, typer.Option(min=1, metavar="N", help="Turns of each contender.")] = 10,
    threads: Annotated[
        int | None,
        typer.Option(min=1, metavar="N", help="Of each contender; one for each processor."),
    ] = None,
    weights: Annotated[
        Path | None,
        typer.Option("--weights", metavar="W", help="The program's; random ones unless given."),
    ] = None,
    size: Annotated[
        str | None, typer.Option(metavar="HxW", help="Another size of image, if the net takes it.")
    ] = None,
    further: Annotated[
        list[Further] | None,
        typer.Option("--with", metavar="NAME", help=f"Also one of {choices(Further)}."),
    ] = None,
    compiled: Annotated[
        bool, typer.Option("--compile", help="Also torch.compile; it takes its time.")
    ] = False,
    seed: Annotated[
        int, typer.Option(min=0, metavar="N", help="Of random weights and the input.")
    ] = 0,
    format: Annotated[
        Format, typer.Option(metavar="FORMAT", help=f"One of {choices(Format)}.")
    ] = Format.table,
    output: Output = None,
    max_layers: MaxLayers = MAX_LAYERS,
    allow_path: AllowPaths = None,
) -> None:
    """Speed of the generated code, beside PyTorch and onnxruntime in one run."""
    spare(output, file, weights)
    number = threads or processors()
    early = before_numpy(number)
    whole = journey(file, settings, max_layers, allow_path)
    image = image_size(size, whole)
    show(whole.checked.warnings)
    # NumPy reads how many threads it has when it is loaded, which is now.
    from cnnc.benching.bench import Asked
    from cnnc.benching.bench import bench as run
    from cnnc.benching.formats.written import written

    chosen = [*(further or ()), *([Further.torch_compile] if compiled else [])]
    names = (*USUAL, *dict.fromkeys(each.value for each in chosen))
    asked = Asked(names, batch, rounds, number, image, weights, seed)
    result = run(whole, asked, early, _teller(file))
    for name, reason in result.left_out.items():
        print(printable(f"left out: {name}: {reason}"), file=sys.stderr)
    if result.blas.startswith("unknown"):
        print(f"threads of NumPy's BLAS: {result.blas}", file=sys.stderr)
    deliver(written(result, format.value), output)


def _teller(file: str) -> Tell:
    """Says on a terminal what is being done, once it takes longer than `PATIENCE`, and then as
    often at most."""
    last = time.monotonic()

    def tell(what: str) -> None:
        nonlocal last
        if sys.stderr.isatty() and time.monotonic() - last >= PATIENCE:
            last = time.monotonic()
            print(f"benching {file}: {what} ...", file=sys.stderr, flush=True)

    return tell
