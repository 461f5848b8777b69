"""The network as boxes, frames and wires that run down."""

from __future__ import annotations

from dataclasses import dataclass
from math import ceil

from compiler.drawing import labels
from compiler.drawing.arrange import Arrangement, Cell, arrange, ports
from compiler.drawing.part import OUTSIDE, Part
from compiler.drawing.scene import COPY, Point, Scene, Shape, Text, Wire
from compiler.drawing.words import (
    ROOM,
    SYMBOLS,
    called,
    fitted,
    headings,
    joined,
    line,
    outputs,
    small,
    straightened,
    titled,
    tooltip,
    width,
)

SIDE = 12.0  # between a box's border and its text
NARROWEST = 116.0
HEIGHT, LINE, FOOTER = 30.0, 15.0, 17.0  # of a box: with one line, a further line, what joined
TAIL, SHORT, STUB = 17.0, 8.0, 26.0  # behind a box: with a label, without, with an output's arrow
COPIES = 2
RADIUS = 11.0
PILL = (62.0, 22.0)
HEAD, PAD, FOOT = 27.0, 16.0, 2.0  # of a frame: for its title, beside what it holds, below
MARGIN, HEADING = 20.0, 64.0  # of the picture: around it, and what its name takes
NET_SLIM, FRAME_SLIM = 0.8, 1.2  # length by width that columns aim at


@dataclass(frozen=True, slots=True)
class Node:
    """A part, its cell, how far its shape reaches to both sides of its axis, and what stands beside
    the wire that leaves it."""

    part: Part
    cell: Cell
    left: float
    right: float
    label: str
    nodes: tuple[Node, ...] = ()
    inner: Arrangement | None = None


def diagram(network: Part) -> Scene:
    nodes = _nodes(network)
    cells = tuple(node.cell for node in nodes)
    inner = arrange(network, cells, HEADING, MARGIN, NET_SLIM)
    heading = headings(network, MARGIN, MARGIN)
    origin = inner.before + MARGIN
    wide = max(origin + inner.after, *(MARGIN + text.width for text in heading)) + MARGIN
    sheet = _Sheet([], [], list(heading))
    sheet.fill(network, nodes, inner, (origin, 0.0))
    parts = tuple(sheet.shapes), tuple(sheet.wires), tuple(sheet.labels)
    return Scene(ceil(wide), ceil(inner.length), network.name, *parts)


@dataclass(frozen=True, slots=True)
class _Sheet:
    shapes: list[Shape]
    wires: list[Wire]
    labels: list[Text]

    def fill(self, part: Part, nodes: tuple[Node, ...], inner: Arrangement, origin: Point) -> None:
        """Draws the items of a part, its axis at `origin`."""
        for node, (u, v) in zip(nodes, inner.spots, strict=True):
            self.draw(node, (origin[0] + u, origin[1] + v))
        for wire, spots in zip(part.wires, inner.lines, strict=True):
            points = tuple((origin[0] + u, origin[1] + v) for u, v in spots)
            source, target = (
                part.path if item == OUTSIDE else part.items[item].path
                for item in (wire.source, wire.target)
            )
            arrow = wire.target != OUTSIDE and not part.items[wire.target].items
            self.wires.append(Wire(straightened(points), source, target, arrow))

    def draw(self, node: Node, spot: Point) -> None:
        part, (x, y) = node.part, spot
        self.shapes.append(_shape(node, x, y))
        if node.inner:
            self.fill(part, node.nodes, node.inner, spot)
        if node.label:
            x, y = x + (node.cell.exits or (0.0,))[-1], y + node.cell.length
            self.labels.append(line(x + 7, y + 13 + _edge(part), node.label, "label"))
            if part.outputs:
                end = y + STUB + _edge(part)
                self.wires.append(Wire(((x, y), (x, end)), part.path, "", True))


def _nodes(part: Part) -> tuple[Node, ...]:
    """The items of a part, plain boxes among them all of one width."""
    plain = [item for item in part.items if not item.items and item.kind != "merge"]
    half = max([NARROWEST / 2, *(_wide(item) / 2 for item in plain)])
    return tuple(_node(item, half) for item in part.items)


def _node(part: Part, half: float) -> Node:
    if part.items:
        return _framed(part)
    exits, text, disc = ports(part.exits), _label(part), part.call in SYMBOLS
    label = (exits or (0.0,))[-1] + 7 + width(text, "label") if text else 0.0
    tail = (STUB if part.outputs else TAIL if text else SHORT) + _edge(part)
    if part.kind == "merge":
        half = RADIUS if disc else max(PILL[0], width(part.call.lower(), "small") + 16) / 2
        length = 2 * RADIUS if disc else PILL[1]
        entries = (0.0,) * part.entries
        cell = Cell(half, max(half, label), length, tail, entries, exits, RADIUS if disc else 0.0)
    else:
        length = HEIGHT + (LINE if _small(part) else 0) + (FOOTER if part.joined else 0)
        cell = Cell(half, max(half + _edge(part), label), length, tail, ports(part.entries), exits)
    return Node(part, cell, half, half, text)


def _framed(part: Part) -> Node:
    nodes = _nodes(part)
    cells = tuple(node.cell for node in nodes)
    inner = arrange(part, cells, HEAD, FOOT if part.exits else PAD, FRAME_SLIM)
    name, more = _titles(part)
    spread = max(inner.entries, default=0.0)  # of the wires that come in between the titles
    left = max(inner.before + PAD, width(name, "title") + 20 + spread)
    right = max(inner.after + PAD, width(more, "small") + 20 + spread)
    edge = _edge(part)
    cell = Cell(left, right + edge, inner.length, SHORT + edge, inner.entries, inner.exits)
    return Node(part, cell, left, right, "", nodes, inner)


def _edge(part: Part) -> float:
    """How far the copies behind a run peep out."""
    return COPIES * COPY if part.count > 1 else 0.0


def _wide(part: Part) -> float:
    texts = ((_call(part), "call"), (_small(part), "small"), (joined(part), "joined"))
    return max(width(*each) for each in texts) + 2 * SIDE


def _call(part: Part) -> str:
    return fitted(called(part), "call", ROOM)


def _small(part: Part) -> str:
    return " · ".join(fitted(word, "small", ROOM * 0.6) for word in small(part))


def _label(part: Part) -> str:
    """The volume that flows out, with what joined a merge and what the network calls it."""
    if part.kind == "input" and not part.outputs:
        return ""  # its box says it
    if not (part.exits or part.outputs):
        return ""
    words = [joined(part)] if part.kind == "merge" else []
    words.append(f"{labels.volume(part.volume, part.last)} {outputs(part)}".strip())
    return " · ".join(word for word in words if word)


def _titles(part: Part) -> tuple[str, str]:
    """Left and right of the wire that comes into a frame."""
    name, words = titled(part)
    more = " · ".join(fitted(word, "small", ROOM * 0.6) for word in words)
    return fitted(name, "title", ROOM * 0.6), more


def _shape(node: Node, axis: float, y: float) -> Shape:
    part, x, wide, high = node.part, axis - node.left, node.left + node.right, node.cell.length
    footer = 0.0
    if node.inner:
        form = "frame"
        name, more = _titles(part)
        texts = [line(x + 10, y + 17, name, "title")]
        texts += [line(x + wide - 10, y + 17, more, "small", "end")] if more else []
    elif part.kind == "merge":
        form = "disc" if node.cell.radius else "pill"
        role = "symbol" if node.cell.radius else "small"
        text = SYMBOLS.get(part.call, part.call.lower())
        texts = [line(axis, y + (16.2 if node.cell.radius else 14.8), text, role, "middle")]
    else:
        form = "box"
        texts = [line(axis, y + 19.5, _call(part), "call", "middle")]
        texts += [line(axis, y + 35, _small(part), "small", "middle")] if _small(part) else []
        if part.joined:
            footer = FOOTER
            texts.append(line(axis, y + high - 5, joined(part), "joined", "middle"))
    copies = COPIES if part.count > 1 else 0
    says = tooltip(part)
    return Shape(part.path, part.kind, form, x, y, wide, high, says, tuple(texts), copies, footer)
