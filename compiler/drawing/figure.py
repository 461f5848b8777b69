"""The network as volumes, blocks in space from left to right, as in the papers of LeNet and VGG.

Sizes are square roots: a volume of four times the height is drawn twice as high.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from math import ceil, sqrt

from compiler.drawing import labels
from compiler.drawing.arrange import Cell, arrange
from compiler.drawing.flatten import Cluster, clusters
from compiler.drawing.part import Part
from compiler.drawing.scene import Point, Scene, Shape, Text, Wire
from compiler.drawing.words import (
    ROOM,
    SYMBOLS,
    fitted,
    headings,
    joined,
    line,
    outputs,
    straightened,
    tooltip,
    width,
)

TALLEST, THICKEST, LONGEST = 150.0, 34.0, 128.0  # the greatest height, channels, units of FC
LEAST = 7.0
SLANT = 0.30, 0.22  # how far the far side is moved right and up, of its width
BAR = 11.0  # the thickness of 1 x 1
RADIUS = 11.0
CAPTION, LINE = 17.0, 13.0  # the first baseline below a cluster, and the next ones
AIR = 10.0  # beside a caption
MARGIN, HEADING = 20.0, 92.0
SLIM = 4.5  # length by width that rows aim at
STUB = 26.0  # behind an output, for its arrow
LEGEND = {
    "input": "input",
    "convolution": "convolution",
    "pooling": "pooling",
    "normalisation": "normalisation",
    "activation": "activation",
    "regularisation": "dropout",
    "arrangement": "rearrangement",
    "image": "image processing",
    "linear": "fully connected",
    "block": "block of layers",
    "group": "group of layers",
}
COPIES = 5  # as many members of a run are told apart, at most


@dataclass(frozen=True, slots=True)
class Scale:
    """The greatest sizes in the network, for which the picture's greatest ones stand."""

    side: int
    channels: int
    units: int

    def high(self, size: int) -> float:
        return max(LEAST, TALLEST * sqrt(size / self.side))

    def thick(self, channels: int) -> float:
        return max(3.0, THICKEST * sqrt(channels / self.channels))

    def long(self, units: int) -> float:
        return max(LEAST, LONGEST * sqrt(units / self.units))


@dataclass(frozen=True, slots=True)
class Slab:
    """A volume: its front, centred on the axis but for half its depth, begins `x` behind the
    cluster's and is `thick` x `high`."""

    part: Part
    x: float
    thick: float
    high: float
    depth: Point


@dataclass(frozen=True, slots=True)
class Block:
    """A cluster as it is drawn, `wide` x twice `half` without the captions below. A merge has no
    slabs."""

    cluster: Cluster
    slabs: tuple[Slab, ...]
    wide: float
    half: float
    captions: tuple[tuple[str, str], ...]

    @property
    def length(self) -> float:
        return max([self.wide, *(width(*caption) + AIR for caption in self.captions)])


def figure(network: Part) -> Scene:
    """Of a network that is folded as far as it is to be: all scopes that are shown are spread."""
    spread, found = clusters(network)
    scale = _scale(found)
    blocks = [_block(cluster, scale) for cluster in found]
    floor = max(block.half for block in blocks) if _single(spread) else 0.0
    floors = [max(floor, block.half) for block in blocks]
    cells = tuple(map(_cell, blocks, floors))
    inner = arrange(spread, cells, MARGIN, MARGIN, SLIM)
    axis = HEADING + inner.before

    shapes: list[Shape] = []
    texts: list[Text] = [*headings(network, MARGIN, MARGIN)]
    wires: list[Wire] = []
    for block, (u, v), below in zip(blocks, inner.spots, floors, strict=True):
        middle, y = v + block.length / 2, axis + u
        shapes += _shapes(block, middle, y)
        for index, (text, role) in enumerate(block.captions):
            texts.append(line(middle, y + below + CAPTION + LINE * index, text, role, "middle"))
        if not block.slabs and _beside(block):
            texts.append(line(middle + RADIUS + 4, y - 5, _beside(block), "small"))
        if block.cluster.members[-1].outputs:
            start = middle + block.wide / 2
            end = v + block.length + STUB
            wires.append(Wire(((start, y), (end, y)), block.cluster.members[-1].path, "", True))
    for wire, spots in zip(spread.wires, inner.lines, strict=True):
        points = [(v, axis + u) for u, v in spots]
        source, target = blocks[wire.source], blocks[wire.target]
        points[0] = (points[0][0] - (source.length - source.wide) / 2, points[0][1])
        if points[-1][1] == points[-2][1]:
            points[-1] = (points[-1][0] + (target.length - target.wide) / 2, points[-1][1])
        paths = source.cluster.members[-1].path, target.cluster.members[0].path
        wires.append(Wire(straightened(tuple(points)), *paths, True))
    keys, names = _legend(found)
    wide = max(inner.length, *(text.x + text.width + MARGIN for text in (*texts[:2], *names)))
    high = axis + inner.after + MARGIN
    return Scene(
        ceil(wide), ceil(high), network.name, (*keys, *shapes), tuple(wires), (*texts, *names)
    )


def _single(network: Part) -> bool:
    """Whether all clusters stand in one line."""
    return [(wire.source, wire.target) for wire in network.wires] == [
        (index, index + 1) for index in range(len(network.items) - 1)
    ]


def _scale(found: tuple[Cluster, ...]) -> Scale:
    volumes = [part.last for cluster in found for part in cluster.volumes]
    spatial = [each for each in volumes if each.spatial != (1, 1)]
    return Scale(
        max((max(each.spatial) for each in spatial), default=1),
        max((each.c for each in spatial), default=1),
        max((each.c for each in volumes if each.spatial == (1, 1)), default=1),
    )


def _block(cluster: Cluster, scale: Scale) -> Block:
    head = cluster.members[0]
    if head.kind == "merge":
        return Block(cluster, (), 2 * RADIUS, RADIUS, ())
    slabs: list[Slab] = []
    x = 0.0
    for part in cluster.volumes:
        slabs.append(_slab(part, x, scale))
        x += slabs[-1].thick
    wide = max(slab.x + slab.thick + slab.depth[0] / 2 for slab in slabs)
    left = min(slab.x - slab.depth[0] / 2 for slab in slabs)
    half = max(slab.high + slab.depth[1] for slab in slabs) / 2
    moved = tuple(
        Slab(slab.part, slab.x - left, slab.thick, slab.high, slab.depth) for slab in slabs
    )
    return Block(cluster, moved, wide - left, half, _captions(cluster))


def _slab(part: Part, x: float, scale: Scale) -> Slab:
    volume = part.last
    if volume.spatial == (1, 1):
        return Slab(part, x, BAR, scale.long(volume.c), (5.0, 4.0))
    away = scale.high(volume.w)
    thick = scale.thick(volume.c) * min(part.count, COPIES)
    return Slab(part, x, thick, scale.high(volume.h), (away * SLANT[0], away * SLANT[1]))


def _captions(cluster: Cluster) -> tuple[tuple[str, str], ...]:
    """Each operator with how often it stands there, and below it the volumes that it gives."""
    found: list[tuple[str, str]] = []
    groups: list[list[Part]] = []
    for part in cluster.members:
        if groups and (groups[-1][-1].call, groups[-1][-1].kind) == (part.call, part.kind):
            groups[-1].append(part)
        else:
            groups.append([part])
    drawn = {id(part) for part in cluster.volumes}
    for group in groups:
        count = sum(part.count for part in group)
        name = group[0].call or group[0].name
        found.append(
            (fitted(f"{count}× {name}" if count > 1 else name, "caption", ROOM), "caption")
        )
        if id(group[0]) in drawn and group[0].kind != "input":
            found.append((labels.volume(group[0].volume, group[-1].last), "small"))
    return (*found, *_named(cluster.members[-1]))


def _named(part: Part) -> tuple[tuple[str, str], ...]:
    return ((outputs(part), "small"),) if outputs(part) else ()


def _beside(block: Block) -> str:
    """What stands above the wire that leaves a merge."""
    head = block.cluster.members[0]
    name = "" if head.call in SYMBOLS else head.call.lower()
    return " · ".join(filter(None, (name, joined(head), outputs(head))))


def _cell(block: Block, floor: float) -> Cell:
    last = block.cluster.members[-1]
    below = CAPTION + LINE * (len(block.captions) - 1) + 6 if block.captions else 0.0
    radius = 0.0 if block.slabs else RADIUS
    entries = (0.0,) * max(1, block.cluster.members[0].entries)
    beside = 0.0 if block.slabs else 4 + width(_beside(block), "small")
    tail = max(STUB if last.outputs else 0.0, beside)
    exits = (0.0,) * max(1, last.exits)
    return Cell(block.half + 6, floor + below, block.length, tail, entries, exits, radius)


def _shapes(block: Block, middle: float, y: float) -> list[Shape]:
    if not block.slabs:
        part = block.cluster.members[0]
        text = line(middle, y + 5.2, SYMBOLS.get(part.call, part.call[0]), "symbol", "middle")
        x, size = middle - RADIUS, 2 * RADIUS
        return [
            Shape(part.path, part.kind, "disc", x, y - RADIUS, size, size, tooltip(part), (text,))
        ]
    found = []
    for slab in block.slabs:
        x = middle - block.wide / 2 + slab.x - slab.depth[0] / 2
        top = y + slab.depth[1] / 2 - slab.high / 2
        copies = min(slab.part.count, COPIES)
        found.append(
            Shape(
                slab.part.path,
                slab.part.kind,
                "prism",
                x,
                top,
                slab.thick,
                slab.high,
                tooltip(slab.part),
                copies=copies,
                depth=slab.depth,
            )
        )
    return found


def _legend(found: Iterable[Cluster]) -> tuple[list[Shape], list[Text]]:
    """What the colours say, in one line."""
    kinds = {part.kind for cluster in found for part in cluster.volumes}
    shapes, texts, x = [], [], MARGIN
    for kind, name in LEGEND.items():
        if kind not in kinds:
            continue
        shapes.append(Shape("", kind, "key", x, MARGIN + 45, 11.0, 11.0, ""))
        texts.append(line(x + 16, MARGIN + 54.5, name, "small"))
        x += 16 + texts[-1].width + 12
    return shapes, texts
