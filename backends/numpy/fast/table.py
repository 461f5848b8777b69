"""The plan of the fast form as a table: for a module's docstring, and for `--stop-after plan`."""

from __future__ import annotations

from backends.header import plain
from backends.numpy.fast.lowering import Lowered
from backends.numpy.layers.convolution import SquareConvolution
from compiler.ops.input import Input
from compiler.ops.merge import Concat

HEADINGS = ("layer", "height x width x channels", "computed by", "buffer", "channel", "offset")


def plan_table(lowered: Lowered) -> list[str]:
    """One line a layer; below, the arena beside what must live at once, for one image.

    Offsets are in floats from the start of an image's arena; layers of one buffer take turns in it,
    or share it by channels.
    """
    rows = [HEADINGS]
    for step in lowered.steps.steps:
        place, value = lowered.places.places[step.number], lowered.values[step.number]
        rows.append(
            (
                plain(step.node.path),
                f"{value.height} x {value.width} x {value.channels}",
                _algorithm(lowered, step.number, isinstance(step.op, Input | Concat)),
                str(place.buffer),
                str(place.channel),
                f"{lowered.buffers[place.buffer].offset:,}",
            )
        )
    widths = [max(len(row[column]) for row in rows) for column in range(len(HEADINGS))]
    lines = ["  ".join(_cells(row, widths)).rstrip() for row in rows]
    lines.append(
        f"arena: {lowered.arena:,} floats an image, {lowered.arena / lowered.least:.2f} of the most"
        " that live at once"
    )
    return lines


def _cells(row: tuple[str, ...], widths: list[int]) -> list[str]:
    """Words on the left, numbers on the right."""
    pairs = list(zip(row, widths, strict=True))
    return [text.ljust(width) for text, width in pairs[:3]] + [
        text.rjust(width) for text, width in pairs[3:]
    ]


def _algorithm(lowered: Lowered, number: int, moves: bool) -> str:
    """The class of the layer, without a word for what computes nothing."""
    if moves:
        return ""
    layer = lowered.layers[number]
    if isinstance(layer, SquareConvolution):
        return f"{type(layer).__name__} {layer.square}"
    return type(layer).__name__ if layer else "Plain"
