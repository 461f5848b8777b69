"""Lines of text in a picture: their sizes, and what is said of a part."""

from __future__ import annotations

import re

from compiler.drawing import fonts, labels
from compiler.drawing.part import Part
from compiler.drawing.scene import Anchor, Point, Text

SIZES = {"call": 13.0, "title": 12.0, "heading": 15.0, "symbol": 15.0, "caption": 11.0}
SMALL = 10.5
BOLD = frozenset({"call", "title", "heading", "caption"})
ROOM = 240.0  # for a line within a box
HEADING = 460.0  # for one above the picture
SYMBOLS = {"ADD": "+", "MUL": "×"}
ILLEGAL = re.compile("[^\t\n\r -\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
MAIN = "output"  # the name of an output that has none


def width(text: str, role: str) -> float:
    return fonts.width(text, SIZES.get(role, SMALL), role in BOLD)


def fitted(text: str, role: str, room: float) -> str:
    return fonts.fitted(text, SIZES.get(role, SMALL), room, role in BOLD)


def line(x: float, y: float, text: str, role: str, anchor: Anchor = "start") -> Text:
    return Text(x, y, text, role, anchor, width(text, role))


def headings(network: Part, x: float, y: float) -> tuple[Text, Text]:
    name = fitted(network.name, "heading", HEADING)
    return line(x, y + 15, name, "heading"), line(x, y + 33, totals(network), "small")


def totals(part: Part) -> str:
    return (
        f"{part.layers:,} {'layer' if part.layers == 1 else 'layers'}"
        f" · {labels.count(part.parameters)} parameters · {labels.count(part.macs)} MACs"
    )


def joined(part: Part) -> str:
    return fitted(" · ".join(part.joined), "joined", ROOM)


def outputs(part: Part) -> str:
    """`→ aux1`: what the network calls the value, where the program gave it a name."""
    names = ", ".join(name for name in part.outputs if name != MAIN)
    return fitted(f"→ {names}", "label", ROOM) if names else ""


def called(part: Part) -> str:
    """`35× bottleneck`: the call of a box, or the name of a scope that has none."""
    name = part.call or part.name
    return f"{part.count}× {name}" if part.count > 1 else name


def titled(part: Part) -> tuple[str, tuple[str, ...]]:
    """Of a frame, `6× denseblock1` and `dense_layer`, `335 k params in all`; a number that merely
    counts gives way to the block's name."""
    names = [part.call] if part.call and counted(part) else [part.name, part.call]
    name, *words = [each for each in names if each]
    if part.parameters and not part.varies:
        words.append(parameters(part))
    return f"{part.count}× {name}" if part.count > 1 else name, tuple(words)


def small(part: Part) -> tuple[str, ...]:
    """Of a box, `conv1`, `9.54 k params`; a number that merely counts is no name."""
    words = [part.name] if part.call and not counted(part) else []
    if part.parameters and not part.varies:
        words.append(parameters(part))
    return tuple(words)


def written(part: Part) -> tuple[str, ...]:
    """The lines of a box whose width is somebody else's matter."""
    lines = [called(part), " · ".join(part.joined), " · ".join(small(part))]
    if part.outputs:
        lines += [labels.volume(part.volume, part.last), outputs(part)]
    return tuple(filter(None, lines))


def parameters(part: Part) -> str:
    return f"{labels.count(part.parameters)} params{' in all' if part.count > 1 else ''}"


def tooltip(part: Part) -> str:
    """All that is known, for those who point at a shape and those who have it read out."""
    words = [f"{part.path}: {part.written or part.name}", *part.joined]
    if part.count > 1:
        words.append(f"{part.count} times")
    words.append(labels.volume(part.volume, part.last))
    words.append(f"{part.parameters:,} parameters, {part.macs:,} MACs")
    if part.varies:
        words[-1] += " in the first member of the run; others have others"
    return ", ".join(words)


def counted(part: Part) -> bool:
    """Whether its name is a mere number, as that of a layer which the program gave none."""
    return all(name.isdigit() for name in part.name.replace(" … ", ".").split("."))


def straightened(points: tuple[Point, ...]) -> tuple[Point, ...]:
    """Without bends that are none."""
    kept: list[Point] = []
    for point in points:
        while len(kept) > 1 and _on(kept[-2], kept[-1], point):
            kept.pop()
        if not kept or kept[-1] != point:
            kept.append(point)
    return tuple(kept)


def _on(start: Point, middle: Point, end: Point) -> bool:
    """Whether a line along one axis is continued."""
    return any(
        abs(start[axis] - middle[axis]) < 0.01 and abs(middle[axis] - end[axis]) < 0.01
        for axis in (0, 1)
    )


def legal(text: str) -> str:
    """With a mark in the place of each character that XML 1.0 has no way to write, nor Graphviz."""
    return ILLEGAL.sub("\ufffd", text)
