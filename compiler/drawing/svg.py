"""A scene as SVG: one self-contained text, the same from run to run."""

from __future__ import annotations

from collections.abc import Mapping
from math import hypot
from xml.sax.saxutils import escape, quoteattr

from compiler.drawing.look import Theme
from compiler.drawing.scene import COPY, Point, Scene, Shape, Text, Wire
from compiler.drawing.theme import style
from compiler.drawing.words import legal

ROUND = 7.0  # the radius of a wire's bends
ARROW = (8.0, 3.6)  # length and half width of its head


def svg(scene: Scene, description: str, theme: Theme = "auto") -> str:
    lines = [
        _open(
            "svg",
            {
                "xmlns": "http://www.w3.org/2000/svg",
                "viewBox": f"0 0 {scene.width} {scene.height}",
                "width": str(scene.width),
                "height": str(scene.height),
                "role": "img",
                "class": f"cnnc cnnc-{theme}",
            },
        ),
        f"<title>{_safe(scene.title)}</title>",
        f"<desc>{_safe(description)}</desc>" if description else "",
        f"<style>\n{style(theme)}</style>",
        _leaf("rect", {"class": "paper", "width": "100%", "height": "100%"}),
        *(_shape(shape) for shape in scene.shapes if shape.form == "frame"),
        *(_wire(wire) for wire in scene.wires),
        *(_shape(shape) for shape in scene.shapes if shape.form != "frame"),
        *(_text(text) for text in scene.labels),
        "</svg>",
    ]
    return "\n".join(line for line in lines if line) + "\n"


def _shape(shape: Shape) -> str:
    if shape.form == "key":
        return _open("g", {"class": shape.kind}) + _outline(shape, 0.0, "body") + "</g>"
    lines = [
        _open("g", {"class": f"{shape.form} {shape.kind}", "data-path": shape.path}),
        f"<title>{_safe(shape.title)}</title>",
    ]
    if shape.form == "prism":
        lines += _prism(shape)
    else:
        lines += [_outline(shape, COPY * copy, "copy") for copy in range(shape.copies, 0, -1)]
        lines.append(_outline(shape, 0.0, "body"))
    if shape.footer:
        lines.append(_footer(shape))
    lines += [_text(text) for text in shape.texts]
    return "\n".join([*lines, "</g>"])


def _prism(shape: Shape) -> list[str]:
    """Its outline, its upper and right sides, and lines between the members of a run."""
    (x, y), (dx, dy) = (shape.x, shape.y), shape.depth
    right, bottom = x + shape.width, y + shape.height
    back = [(x + dx, y - dy), (right + dx, y - dy), (right + dx, bottom - dy)]
    lines = [
        _polygon("body", [(x, bottom), (x, y), *back, (right, bottom)]),
        _polygon("upper", [(x, y), back[0], back[1], (right, y)]),
        _polygon("side", [(right, y), back[1], back[2], (right, bottom)]),
    ]
    for copy in range(1, shape.copies):
        at = x + shape.width * copy / shape.copies
        d = "M" + "L".join(
            f"{_number(a)} {_number(b)}" for a, b in ((at, bottom), (at, y), (at + dx, y - dy))
        )
        lines.append(_leaf("path", {"class": "edge", "d": d}))
    return lines


def _polygon(name: str, points: list[Point]) -> str:
    joined = " ".join(f"{_number(x)},{_number(y)}" for x, y in points)
    return _leaf("polygon", {"class": name, "points": joined})


def _outline(shape: Shape, shift: float, name: str) -> str:
    if shape.form == "disc":
        radius = shape.width / 2
        return _leaf(
            "circle",
            {
                "class": name,
                "cx": _number(shape.x + radius),
                "cy": _number(shape.y + radius),
                "r": _number(radius),
            },
        )
    radius = {"box": 5.0, "frame": 8.0, "pill": shape.height / 2, "key": 2.0}[shape.form]
    return _leaf(
        "rect",
        {
            "class": name,
            "x": _number(shape.x + shift),
            "y": _number(shape.y + shift),
            "width": _number(shape.width),
            "height": _number(shape.height),
            "rx": _number(radius),
        },
    )


def _footer(shape: Shape) -> str:
    left, right = shape.x + 0.5, shape.x + shape.width - 0.5
    bottom = shape.y + shape.height - 0.5
    top = bottom - shape.footer + 0.5
    n = _number
    path = (
        f"M{n(left)} {n(top)}H{n(right)}V{n(bottom - 4.5)}"
        f"A4.5 4.5 0 0 1 {n(right - 4.5)} {n(bottom)}H{n(left + 4.5)}"
        f"A4.5 4.5 0 0 1 {n(left)} {n(bottom - 4.5)}Z"
    )
    return _leaf("path", {"class": "footer", "d": path})


def _wire(wire: Wire) -> str:
    points = list(wire.points)
    head = ""
    if wire.arrow:
        (ax, ay), (bx, by) = points[-2:]
        length = hypot(bx - ax, by - ay) or 1.0
        dx, dy = (bx - ax) / length, (by - ay) / length
        long, half = ARROW
        base = (bx - dx * long, by - dy * long)
        corners = [
            (bx, by),
            (base[0] - dy * half, base[1] + dx * half),
            (base[0] + dy * half, base[1] - dx * half),
        ]
        head = "\n" + _polygon("head", corners)
        points[-1] = (bx - dx * (long - 1), by - dy * (long - 1))
    return _leaf("path", {"class": "wire", "d": _curve(points)}) + head


def _curve(points: list[Point]) -> str:
    """A line with round bends."""
    n = _number
    d = f"M{n(points[0][0])} {n(points[0][1])}"
    for before, at, after in zip(points, points[1:], points[2:], strict=False):
        near, far = _towards(at, before), _towards(at, after)
        d += f"L{n(near[0])} {n(near[1])}Q{n(at[0])} {n(at[1])} {n(far[0])} {n(far[1])}"
    return f"{d}L{n(points[-1][0])} {n(points[-1][1])}"


def _towards(start: Point, end: Point) -> Point:
    length = hypot(end[0] - start[0], end[1] - start[1])
    share = min(ROUND, length / 2) / length if length else 0.0
    return start[0] + (end[0] - start[0]) * share, start[1] + (end[1] - start[1]) * share


def _text(text: Text) -> str:
    attributes = {"class": text.role, "x": _number(text.x), "y": _number(text.y)}
    if text.anchor != "start":
        attributes["text-anchor"] = text.anchor
    return _open("text", attributes) + _safe(text.text) + "</text>"


def _open(name: str, attributes: Mapping[str, str]) -> str:
    return f"<{name}{_written(attributes)}>"


def _leaf(name: str, attributes: Mapping[str, str]) -> str:
    return f"<{name}{_written(attributes)}/>"


def _written(attributes: Mapping[str, str]) -> str:
    return "".join(f" {name}={quoteattr(legal(value))}" for name, value in attributes.items())


def _safe(text: str) -> str:
    return escape(legal(text))


def _number(value: float) -> str:
    text = f"{value:.2f}".rstrip("0").rstrip(".")
    return "0" if text == "-0" else text
