"""What holds of every picture, whatever it shows."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise

from compiler.drawing.scene import COPY, Point, Scene, Shape, Text
from compiler.drawing.words import SIZES, SMALL

TOUCH = 0.75  # borders are drawn on their lines


@dataclass(frozen=True)
class Area:
    left: float
    top: float
    right: float
    bottom: float

    def overlaps(self, other: Area) -> bool:
        return (
            self.left < other.right - TOUCH
            and other.left < self.right - TOUCH
            and self.top < other.bottom - TOUCH
            and other.top < self.bottom - TOUCH
        )

    def holds(self, other: Area) -> bool:
        return (
            self.left - TOUCH <= other.left
            and other.right <= self.right + TOUCH
            and self.top - TOUCH <= other.top
            and other.bottom <= self.bottom + TOUCH
        )

    def crossed(self, start: Point, end: Point) -> bool:
        """Whether a line from start to end passes within: Liang and Barsky, 1984."""
        near, far = 0.0, 1.0
        for axis, (low, high) in enumerate(((self.left, self.right), (self.top, self.bottom))):
            low, high = low + TOUCH, high - TOUCH
            step = end[axis] - start[axis]
            if step == 0:
                if not low < start[axis] < high:
                    return False
                continue
            a, b = sorted(((low - start[axis]) / step, (high - start[axis]) / step))
            near, far = max(near, a), min(far, b)
        return near < far


def around(shape: Shape) -> Area:
    """With the copies behind it, or with a prism's depth."""
    dx, dy = shape.depth
    peep = shape.copies * COPY if shape.form != "prism" else 0.0
    right, bottom = shape.x + shape.width, shape.y + shape.height
    return Area(shape.x, shape.y - dy, right + max(dx, peep), bottom + peep)


def taken(text: Text) -> Area:
    size = SIZES.get(text.role, SMALL)
    left = text.x - {"start": 0.0, "middle": 0.5, "end": 1.0}[text.anchor] * text.width
    return Area(left, text.y - size * 0.75, left + text.width, text.y + size * 0.22)


def hold(scene: Scene) -> None:
    shapes = [shape for shape in scene.shapes if shape.form != "key"]
    frames = [shape for shape in shapes if shape.form == "frame"]
    solid = [shape for shape in shapes if shape.form != "frame"]
    paper = Area(0, 0, scene.width, scene.height)
    texts = [*scene.labels, *(text for shape in shapes for text in shape.texts)]
    for shape in shapes:
        assert paper.holds(around(shape)), shape
        body = Area(shape.x, shape.y, shape.x + shape.width, shape.y + shape.height)
        for text in shape.texts:
            assert body.holds(taken(text)), (shape, text)
    for text in texts:
        assert paper.holds(taken(text)), text
    for wire in scene.wires:
        for x, y in wire.points:
            assert paper.holds(Area(x, y, x, y)), wire
    _apart(scene, solid, frames)
    _free(scene, solid, frames)


def _apart(scene: Scene, solid: list[Shape], frames: list[Shape]) -> None:
    """No two shapes overlap, but that a frame holds all of what is in it; no two texts; and no text
    of the picture lies on a shape."""
    goals = {wire.target for wire in scene.wires}
    cluster, number = {}, 0
    for shape in solid:  # slabs of one cluster stand together behind the one that a wire reaches
        number += shape.form != "prism" or shape.path in goals
        cluster[id(shape)] = number if shape.form == "prism" else -id(shape)
    for index, one in enumerate(solid):
        for other in solid[index + 1 :]:
            together = cluster[id(one)] == cluster[id(other)]
            assert together or not around(one).overlaps(around(other)), (one, other)
    for index, frame in enumerate(frames):
        area = around(frame)
        body = Area(frame.x, frame.y, frame.x + frame.width, frame.y + frame.height)
        for other in [*solid, *frames[index + 1 :]]:
            inside = body.holds(around(other)) or around(other).holds(area)
            assert inside or not area.overlaps(around(other)), (frame, other)
    texts = [*scene.labels, *(text for frame in frames for text in frame.texts)]
    for index, text in enumerate(texts):
        for other_text in texts[index + 1 :]:
            assert not taken(text).overlaps(taken(other_text)), (text, other_text)
        for shape in solid:
            assert not taken(text).overlaps(around(shape)), (text, shape)


def _free(scene: Scene, solid: list[Shape], frames: list[Shape]) -> None:
    """No wire crosses a shape that is not its end, the border of a frame that is none, or a text.
    A wire reaches its ends at their borders."""
    goals = {wire.target for wire in scene.wires}
    end_of: dict[str, str] = {}  # of a slab, the first one of its cluster
    first = ""
    for shape in solid:
        if shape.form == "prism":
            first = shape.path if shape.path in goals or not first else first
            end_of[shape.path] = first
    texts = [*scene.labels, *(text for frame in frames for text in frame.texts)]
    for wire in scene.wires:
        ends = {wire.source, wire.target}
        ends |= {end_of[path] for path in ends if path in end_of}
        lines = list(pairwise(wire.points))
        for shape in solid:
            if ends & {shape.path, end_of.get(shape.path, shape.path)}:
                continue
            assert not any(around(shape).crossed(*line) for line in lines), (wire, shape)
        for frame in frames:
            body = Area(frame.x, frame.y, frame.x + frame.width, frame.y + frame.height)
            if frame.path in ends or all(body.holds(Area(x, y, x, y)) for x, y in wire.points):
                continue
            assert not any(around(frame).crossed(*line) for line in lines), (wire, frame)
        for text in texts:
            assert not any(taken(text).crossed(*line) for line in lines), (wire, text)
