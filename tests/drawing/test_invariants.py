"""The invariants are broken by what they forbid."""

from __future__ import annotations

from dataclasses import replace

import pytest

from compiler.drawing.scene import Scene, Shape, Wire
from compiler.drawing.words import line
from tests.drawing.invariants import hold


def box(path: str, x: float, y: float, form: str = "box") -> Shape:
    texts = (line(x + 40, y + 19, path, "call", "middle"),)
    return Shape(path, "convolution", form, x, y, 80, 30, path, texts)


FRAME = replace(box("f", 10, 5, "frame"), width=180, height=90, texts=())
A, B, C = box("a", 20, 20), box("b", 20, 60), box("c", 110, 20)
DOWN = Wire(((60, 50), (60, 60)), "a", "b", True)
LABEL = line(63, 58, "8", "label")
GOOD = Scene(200, 100, "good", (FRAME, A, B, C), (DOWN,), (LABEL,))


def test_a_good_scene() -> None:
    hold(GOOD)


BAD = {
    "a shape outside": replace(GOOD, width=150),
    "two boxes overlap": replace(GOOD, shapes=(A, B, box("c", 90, 20))),
    "copies reach the next box": replace(GOOD, shapes=(replace(A, copies=5), B, box("c", 105, 20))),
    "a box on a frame's border": replace(GOOD, shapes=(replace(FRAME, width=130), A, B, C)),
    "a text wider than its box": replace(GOOD, shapes=(replace(A, width=5), B, C)),
    "a text outside": replace(GOOD, labels=(line(195, 50, "512", "label"),)),
    "a text on a box": replace(GOOD, labels=(line(60, 70, "512", "label"),)),
    "a text on a text": replace(GOOD, labels=(LABEL, line(65, 57, "512", "label"))),
    "a wire through a box": replace(GOOD, wires=(Wire(((60, 35), (150, 35)), "b", "x", True),)),
    "a wire through a text": replace(GOOD, wires=(Wire(((65, 40), (65, 60)), "a", "b", True),)),
    "a wire outside": replace(GOOD, wires=(Wire(((60, 50), (60, 150)), "a", "b", True),)),
    "a wire into a frame that is not its end": replace(
        GOOD, wires=(Wire(((5, 95), (15, 94)), "", "b", True),)
    ),
}


@pytest.mark.parametrize("scene", BAD.values(), ids=BAD)
def test_a_bad_scene(scene: Scene) -> None:
    with pytest.raises(AssertionError):
        hold(scene)
