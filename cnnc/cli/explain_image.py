"""`cnnc explain-image`."""

from __future__ import annotations

from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer

from cnnc.cli.bundle import numbers
from cnnc.cli.common import (
    AllowPaths,
    File,
    MaxLayers,
    Settings,
    choices,
    command,
    journey,
    progress,
    show,
    spare,
)
from cnnc.cli.pictured import json_text, plain_text
from cnnc.cli.sizes import image_size
from cnnc.files import write_whole
from cnnc.imaging.asked import Asked, Explanation
from cnnc.pipeline import Journey
from compiler.expansion.elaborate import MAX_LAYERS
from dsl.diagnostics import CnnError, Diagnostic


class Format(StrEnum):
    text = "text"
    json = "json"


@command
def explain_image(
    file: File,
    weights: Annotated[Path, typer.Option("--weights", metavar="W", help="The program's own.")],
    output: Annotated[
        Path,
        typer.Option("-o", "--output", metavar="PATH", help="A folder; X.png for one picture."),
    ],
    image: Annotated[
        Path | None,
        typer.Option("--input", metavar="IMAGE", help="PNG, JPEG, PPM, or .npy as it is."),
    ] = None,
    settings: Settings = None,
    chosen: Annotated[
        int | None,
        typer.Option("--class", min=0, metavar="N", help="Else the one with the highest score."),
    ] = None,
    layer: Annotated[
        str | None,
        typer.Option(metavar="PATH", help="Of the map; else the last maps before the classifier."),
    ] = None,
    no_cam: Annotated[bool, typer.Option("--no-cam", help="Leave out the Grad-CAM.")] = False,
    filters: Annotated[
        bool, typer.Option("--filters", help="Draw the first convolution's filters, too.")
    ] = False,
    activations: Annotated[
        bool, typer.Option("--activations", help="Draw the maps of that layer, too.")
    ] = False,
    activations_of: Annotated[
        list[str] | None,
        typer.Option(metavar="PATH", help="Draw the maps of this layer, too; may be repeated."),
    ] = None,
    resize: Annotated[
        bool, typer.Option("--resize", help="Scale the image to the network's size, bilinearly.")
    ] = False,
    size: Annotated[
        str | None, typer.Option(metavar="HxW", help="Another size, if the net takes it.")
    ] = None,
    mean: Annotated[
        str | None, typer.Option(metavar="M,...", help="Taken off; one a channel, or for all.")
    ] = None,
    std: Annotated[
        str | None, typer.Option(metavar="S,...", help="Divided by, after that; likewise.")
    ] = None,
    format: Annotated[
        Format, typer.Option(metavar="FORMAT", help=f"One of {choices(Format)}.")
    ] = Format.text,
    max_layers: MaxLayers = MAX_LAYERS,
    allow_path: AllowPaths = None,
) -> None:
    """What in a photograph speaks for a class (Grad-CAM); filters and activations."""
    maps = tuple(dict.fromkeys(activations_of or ()))
    cam = image is not None and not no_cam
    if image is None:
        of_images = (chosen, layer, size, mean, std)
        if not filters or no_cam or activations or maps or resize or of_images != (None,) * 5:
            raise typer.BadParameter("--input IMAGE says which photograph; --filters needs none")
    elif not (cam or activations or maps):
        raise typer.BadParameter("--no-cam, and no activations: nothing is made of --input")
    if no_cam and (chosen is not None or (layer is not None and not activations)):
        raise typer.BadParameter("--no-cam: nothing is drawn of --class and --layer")
    is_picture = _is_picture(output, cam + filters + activations + len(maps))
    if is_picture:
        spare(output, file, weights, image)
    means, stds = numbers("--mean", mean, 0.0), numbers("--std", std, 1.0)
    if min(stds) <= 0:
        raise typer.BadParameter(f"--std {std}: deviations are above 0")
    whole = journey(file, settings, max_layers, allow_path)
    show(whole.checked.warnings)
    taken = image_size(size, whole) or _own_size(whole)
    asked = Asked(
        weights, image, taken, resize, means, stds, chosen, layer, cam, filters, activations, maps
    )
    with progress(f"explaining {image or weights}"):
        result = _explained(whole, asked)
        files = [output if is_picture else output / f"{each.name}.png" for each in result.pictures]
        for path in files:
            spare(path, file, weights, image)
        _folder(None if is_picture else output)
        for path, picture in zip(files, result.pictures, strict=True):
            write_whole(path, picture.data)
    written = [str(path) for path in files]
    text = (json_text if format is Format.json else plain_text)(result, asked, written)
    typer.echo(text, nl=False)


def _explained(whole: Journey, asked: Asked) -> Explanation:
    try:
        from cnnc.imaging.explained import explain  # torch and Pillow are heavy, and optional
    except ModuleNotFoundError as error:
        title = f"explain-image needs {error.name}, which is not installed"
        mend = "pip install 'cnnc[explain]'"
        raise CnnError([Diagnostic("E0602", title, help=mend)]) from None
    try:
        return explain(whole, asked)
    except ValueError as error:
        raise typer.BadParameter(str(error)) from None


def _own_size(whole: Journey) -> tuple[int, int]:
    graph = whole.inference.graph
    return graph[graph.sources()[0]].shape.spatial


def _is_picture(output: Path, pictures: int) -> bool:
    """Else a folder, which may be new."""
    if str(output) == "-":
        raise typer.BadParameter("pictures do not go to stdout: -o X.png, or a folder")
    if output.is_dir() or not output.suffix:
        return False
    if output.suffix.lower() != ".png":
        raise typer.BadParameter(f"{output}: name a picture X.png, or a folder without a suffix")
    if pictures > 1:
        raise typer.BadParameter(f"{pictures} pictures do not go into {output}; -o a folder")
    return True


def _folder(path: Path | None) -> None:
    try:
        if path is not None:
            path.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        title = f"cannot write {path}: {error.strerror}"
        raise CnnError([Diagnostic("E0601", title, file=str(path))]) from None
