"""The network as boxes, frames and wires that run down."""

from __future__ import annotations

from dataclasses import dataclass

from compiler.drawing import labels
from compiler.drawing.arrange import Arrangement, Cell, arrange, ports
from compiler.drawing.fonts import fitted, width
from compiler.drawing.part import OUTSIDE, Part
from compiler.drawing.scene import COPY, Anchor, Point, Scene, Shape, Text, Wire

SIZES = {"call": 13.0, "title": 12.0, "small": 10.5, "label": 10.5, "heading": 15.0}
BOLD = frozenset({"call", "title", "heading"})
ROOM = 240.0  # for a line within a box
SIDE = 12.0  # between a box's border and its text
NARROWEST = 116.0
LINE, FOOTER, HEIGHT = 15.0, 17.0, 30.0
TAIL, STUB = 17.0, 26.0
COPIES = 2
APART = 8.0  # behind a frame, where no label stands
MAIN = "output"  # the name of an output that has none
RADIUS = 11.0
PILL = (62.0, 22.0)
HEAD, PAD = 27.0, 16.0
MARGIN = 20.0
SYMBOLS = {"ADD": "+", "MUL": "×"}
NET_SLIM, FRAME_SLIM = 0.8, 1.2


def diagram(network: Part) -> Scene:
    return _Diagram(network).scene()


@dataclass(frozen=True, slots=True)
class _Node:
    """A part, its cell, and how far its shape reaches to both sides of its axis."""

    part: Part
    cell: Cell
    left: float
    right: float
    label: str
    nodes: tuple[_Node, ...] = ()
    inner: Arrangement | None = None


class _Diagram:
    def __init__(self, network: Part) -> None:
        self.network = network
        self.shapes: list[Shape] = []
        self.wires: list[Wire] = []
        self.labels: list[Text] = []

    def scene(self) -> Scene:
        network = self.network
        nodes = _nodes(network)
        heading = _text(0, 0, network.name, "heading", room=420)
        below = _text(0, 0, _totals(network), "small", room=420)
        head = MARGIN + 44
        inner = arrange(network, tuple(node.cell for node in nodes), head, MARGIN, NET_SLIM)
        left = inner.before + MARGIN
        wide = max(left + inner.after + MARGIN, 2 * MARGIN + max(heading.width, below.width))
        self._within(network, nodes, inner, (left, 0.0))
        self.labels += [
            _text(MARGIN, MARGIN + 15, network.name, "heading", room=420),
            _text(MARGIN, MARGIN + 33, _totals(network), "small", room=420),
        ]
        return Scene(
            wide,
            inner.length,
            network.name,
            "",
            tuple(self.shapes),
            tuple(self.wires),
            tuple(self.labels),
        )

    def _within(
        self, part: Part, nodes: tuple[_Node, ...], inner: Arrangement, origin: Point
    ) -> None:
        spots = [(origin[0] + u, origin[1] + v) for u, v in inner.spots]
        for node, spot in zip(nodes, spots, strict=True):
            self._draw(node, spot)
        for wire, line in zip(part.wires, inner.lines, strict=True):
            points = tuple((origin[0] + u, origin[1] + v) for u, v in line)
            source = part.path if wire.source == OUTSIDE else part.items[wire.source].path
            target = part.path if wire.target == OUTSIDE else part.items[wire.target].path
            arrow = wire.target != OUTSIDE and not part.items[wire.target].items
            self.wires.append(Wire(_plain(points), source, target, arrow))

    def _draw(self, node: _Node, spot: Point) -> None:
        part, (x, y) = node.part, spot
        if node.inner:
            self.shapes.append(_frame(node, x - node.left, y))
            self._within(part, node.nodes, node.inner, spot)
        elif part.kind == "merge":
            self.shapes.append(_merge(node, x, y))
        else:
            self.shapes.append(_box(node, x - node.left, y))
        if node.label:
            x, y = x + (node.cell.exits or (0.0,))[-1], y + node.cell.length
            self.labels.append(_text(x + 7, y + 13 + _edge(part), node.label, "label"))
            if part.outputs:
                self.wires.append(Wire(((x, y), (x, y + STUB)), part.path, "", True))


def _nodes(part: Part) -> tuple[_Node, ...]:
    """The items of a part, boxes among them all of one width."""
    half = max([_half(item) for item in part.items if _plain_box(item)], default=NARROWEST / 2)
    return tuple(_node(item, half) for item in part.items)


def _plain_box(part: Part) -> bool:
    return not part.items and part.kind != "merge"


def _node(part: Part, half: float) -> _Node:
    exits, text = ports(part.exits), _label(part)
    label = (exits or (0.0,))[-1] + 7 + width(text, SIZES["label"]) if text else 0.0
    tail = (STUB if part.outputs else TAIL if text else 0.0) + _edge(part)
    if part.items:
        nodes = _nodes(part)
        cells = tuple(node.cell for node in nodes)
        inner = arrange(part, cells, HEAD, 2.0 if part.exits else PAD, FRAME_SLIM)
        name, more = _titles(part)
        left = max(inner.before + PAD, 10 + width(name, SIZES["title"], True) + 10)
        right = max(inner.after + PAD, 10 + width(more, SIZES["small"]) + 10)
        reach = right + _edge(part)
        cell = Cell(left, reach, inner.length, APART + tail, inner.entries, inner.exits)
        return _Node(part, cell, left, right, "", nodes, inner)
    if part.kind == "merge":
        disc = part.call in SYMBOLS
        half = RADIUS if disc else max(PILL[0], width(part.call.lower(), 10.5) + 16) / 2
        length = 2 * RADIUS if disc else PILL[1]
        entries = (0.0,) * part.entries
        cell = Cell(half, max(half, label), length, tail, entries, exits, RADIUS if disc else 0.0)
        return _Node(part, cell, half, half, text)
    length = HEIGHT + (LINE if _small(part) else 0) + (FOOTER if part.joined else 0)
    cell = Cell(half, max(half + _edge(part), label), length, tail, ports(part.entries), exits)
    return _Node(part, cell, half, half, text)


def _edge(part: Part) -> float:
    """How far the copies behind a run peep out."""
    return COPIES * COPY if part.count > 1 else 0.0


def _half(part: Part) -> float:
    words = [
        width(_call(part), SIZES["call"], True),
        width(_small(part), SIZES["small"]),
        width(_joined(part), SIZES["small"]),
    ]
    return max(NARROWEST, max(words) + 2 * SIDE) / 2


def _call(part: Part) -> str:
    text = part.call or part.name
    if part.count > 1:
        text = f"{part.count}× {text}"
    return fitted(text, SIZES["call"], ROOM, True)


def _small(part: Part) -> str:
    """`conv1 · 9.54 k params`; a number that merely counts is no name."""
    words = []
    if part.call and not _counted(part):
        words.append(fitted(part.name, SIZES["small"], ROOM * 0.6))
    if part.parameters:
        words.append(f"{labels.count(part.parameters)} params")
    return " · ".join(words)


def _counted(part: Part) -> bool:
    return all(name.isdigit() for name in part.name.replace(" … ", ".").split("."))


def _joined(part: Part) -> str:
    return fitted(" · ".join(part.joined), SIZES["small"], ROOM)


def _label(part: Part) -> str:
    """The volume that flows out, with what joined a merge and what the network calls it. Out of a
    frame flows what flows out of the last item in it, where it is written already."""
    if part.items or part.kind == "input" or not (part.exits or part.outputs):
        return ""
    words = [labels.volume(part.volume, part.last)]
    if part.kind == "merge" and part.joined:
        words.insert(0, _joined(part))
    names = ", ".join(name for name in part.outputs if name != MAIN)
    if names:
        words.append(fitted(f"→ {names}", SIZES["label"], ROOM))
    return " · ".join(words)


def _titles(part: Part) -> tuple[str, str]:
    """Of a frame, left and right of the wire that comes in: `6× denseblock1`, `dense_layer · 335 k
    params`; a number that merely counts gives way to the block's name."""
    names = [part.call] if part.call and _counted(part) else [part.name, part.call]
    name, *words = [each for each in names if each]
    if part.count > 1:
        name = f"{part.count}× {name}"
    words = [fitted(word, SIZES["small"], ROOM * 0.6) for word in words]
    if part.parameters:
        words.append(f"{labels.count(part.parameters)} params")
    return fitted(name, SIZES["title"], ROOM * 0.6, True), " · ".join(words)


def _totals(part: Part) -> str:
    return (
        f"{part.layers:,} layers · {labels.count(part.parameters)} parameters"
        f" · {labels.count(part.macs)} MACs"
    )


def _tooltip(part: Part) -> str:
    words = [f"{part.path}: {part.written or part.name}"]
    if part.count > 1:
        words.append(f"{part.count} times")
    words += part.joined
    words.append(labels.volume(part.volume, part.last))
    words.append(f"{part.parameters:,} parameters, {part.macs:,} MACs")
    return ", ".join(words)


def _box(node: _Node, x: float, y: float) -> Shape:
    part, middle = node.part, x + node.left
    texts = [_text(middle, y + 19.5, _call(part), "call", "middle")]
    if _small(part):
        texts.append(_text(middle, y + 35, _small(part), "small", "middle"))
    footer = FOOTER if part.joined else 0.0
    if footer:
        baseline = y + node.cell.length - 5
        texts.append(_text(middle, baseline, _joined(part), "joined", "middle"))
    copies = COPIES if part.count > 1 else 0
    return Shape(
        part.path,
        part.kind,
        "box",
        x,
        y,
        node.left + node.right,
        node.cell.length,
        _tooltip(part),
        tuple(texts),
        copies,
        footer,
    )


def _merge(node: _Node, x: float, y: float) -> Shape:
    part = node.part
    form = "disc" if node.cell.radius else "pill"
    text = SYMBOLS.get(part.call, part.call.lower())
    texts = (
        _text(
            x,
            y + (16 if form == "disc" else 15),
            text,
            "symbol" if form == "disc" else "small",
            "middle",
        ),
    )
    return Shape(
        part.path,
        part.kind,
        form,
        x - node.left,
        y,
        node.left + node.right,
        node.cell.length,
        _tooltip(part),
        texts,
    )


def _frame(node: _Node, x: float, y: float) -> Shape:
    part = node.part
    wide = node.left + node.right
    name, more = _titles(part)
    texts = [_text(x + 10, y + 17, name, "title")]
    if more:
        texts.append(_text(x + wide - 10, y + 17, more, "small", "end"))
    copies = COPIES if part.count > 1 else 0
    return Shape(
        part.path,
        part.kind,
        "frame",
        x,
        y,
        wide,
        node.cell.length,
        _tooltip(part),
        tuple(texts),
        copies,
    )


def _text(
    x: float, y: float, text: str, role: str, anchor: Anchor = "start", room: float = 1e9
) -> Text:
    size = SIZES.get(role, SIZES["small"])
    text = fitted(text, size, room, role in BOLD)
    return Text(x, y, text, role, anchor, width(text, size, role in BOLD))


def _plain(points: tuple[Point, ...]) -> tuple[Point, ...]:
    """Without bends that are none."""
    kept: list[Point] = []
    for point in points:
        if kept and abs(point[0] - kept[-1][0]) < 0.01 and abs(point[1] - kept[-1][1]) < 0.01:
            continue
        if len(kept) > 1 and (
            abs(kept[-2][0] - kept[-1][0]) < 0.01 and abs(kept[-1][0] - point[0]) < 0.01
        ):
            kept.pop()
        kept.append(point)
    return tuple(kept)
