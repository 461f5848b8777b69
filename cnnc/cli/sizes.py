"""`--size HxW`."""

from __future__ import annotations

import re

import typer

from cnnc.pipeline import Journey


def image_size(text: str | None, whole: Journey) -> tuple[int, int] | None:
    """Height and width that are asked for, None where they are not. Raises BadParameter where the
    network does not take them."""
    if text is None:
        return None
    match = re.fullmatch(r"([1-9]\d{0,5})x([1-9]\d{0,5})", text)
    if match is None:
        raise typer.BadParameter(f"{text!r}: write --size HEIGHTxWIDTH, such as 224x224")
    size = int(match[1]), int(match[2])
    graph, taken = whole.inference.graph, whole.report().sizes
    volumes = [graph[node].shape for node in graph.sources()]
    own = all((volume.h, volume.w) == size for volume in volumes)
    if not own and (taken is None or size not in taken):
        only = ", ".join(f"{volume.h}x{volume.w}" for volume in volumes)
        raise typer.BadParameter(f"{graph.name} takes no {text}: {taken or f'{only} alone'}")
    return size
