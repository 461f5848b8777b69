"""The options of `cnnc compile --bundle`."""

from __future__ import annotations

from math import isfinite
from pathlib import Path
from typing import Annotated

import typer

from cnnc.bundling.wanted import Wanted

Whole = Annotated[
    bool,
    typer.Option("--bundle", help="For NumPy, to deploy: ready weights, photographs, labels."),
]
Single = Annotated[
    bool, typer.Option("--single", help="With --bundle: the weights inside the one module.")
]
Unpacked = Annotated[
    bool,
    typer.Option("--unpacked", help="With --bundle: weights folded, but in PyTorch's layouts."),
]
Labels = Annotated[
    Path | None,
    typer.Option(metavar="FILE", help="With --bundle: what classes are called, one a line."),
]
Resize = Annotated[
    str | None,
    typer.Option(metavar="N|HxW", help="With --bundle: scale the shorter side, or both."),
]
Crop = Annotated[
    str | None, typer.Option(metavar="N|HxW", help="With --bundle: then take this middle.")
]
Mean = Annotated[
    str | None, typer.Option(metavar="M,...", help="With --bundle: taken off values of 0 to 1.")
]
Std = Annotated[
    str | None, typer.Option(metavar="S,...", help="With --bundle: divided by, after that.")
]


def asked(
    bundle: bool,
    single: bool,
    unpacked: bool,
    labels: Path | None,
    resize: str | None,
    crop: str | None,
    mean: str | None,
    std: str | None,
) -> Wanted | None:
    """None without --bundle, which all others need."""
    given = {
        "--single": single or None,
        "--unpacked": unpacked or None,
        "--labels": labels,
        "--resize": resize,
        "--crop": crop,
        "--mean": mean,
        "--std": std,
    }
    if not bundle:
        for name, value in given.items():
            if value is not None:
                raise typer.BadParameter(f"{name} is of a bundle: give --bundle, too")
        return None
    middle = sides("--crop", crop)
    stds = numbers("--std", std, 1.0)
    if min(stds) <= 0:
        raise typer.BadParameter(f"--std {std}: deviations are above 0")
    return Wanted(
        labels=labels,
        resize=sides("--resize", resize),
        crop=middle * 2 if len(middle) == 1 else middle,
        mean=numbers("--mean", mean, 0.0),
        std=stds,
        single=single,
        packed=not unpacked,
    )


def sides(option: str, text: str | None) -> tuple[int, ...]:
    """One length, or height and width; none where nothing is said."""
    if text is None:
        return ()
    parts = text.lower().split("x")
    plain = len(parts) <= 2 and all(each.isascii() and each.isdecimal() for each in parts)
    found = tuple(map(int, parts)) if plain else ()
    if not found or not all(0 < each <= 1 << 15 for each in found):
        raise typer.BadParameter(f"{option} {text!r}: write pixels, such as 256, or 224x224")
    return found


def numbers(option: str, text: str | None, usual: float) -> tuple[float, ...]:
    """A number, or several with commas between; the usual one where nothing is said."""
    if text is None:
        return (usual,)
    try:
        found = tuple(float(each) for each in text.split(","))
    except ValueError:
        found = ()
    if not found or not all(map(isfinite, found)):
        raise typer.BadParameter(f"{option} {text!r}: write numbers, such as 0.485,0.456,0.406")
    return found
