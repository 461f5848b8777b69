"""`Net.draw`."""

from __future__ import annotations

from typing import Any

import pytest

import cnnc

NET = cnnc.loads("net N = INPUT(8x8x3) -> a: [conv: CONV(4) -> BN -> GAP -> fc: FC(2)]")


def test_a_notebook_shows_it() -> None:
    drawing = NET.draw()
    assert drawing._repr_svg_() == drawing.text == str(drawing)
    assert str(drawing).startswith("<svg ")
    assert NET.draw("dot")._repr_svg_() is None
    assert repr(drawing) == f"<cnnc.Drawing, svg of {len(drawing.text):,} characters>"


def test_what_is_drawn() -> None:
    assert "data-path" in str(NET.draw(style="volumes", theme="dark"))
    assert str(NET.draw(unfold=["a"])) == str(NET.draw(unfold="a")) == str(NET.draw(depth=2))
    assert "BN" in str(NET.draw(depth=2)) and "BN" not in str(NET.draw(depth=2, stage="optimised"))


@pytest.mark.parametrize(
    ("options", "says"),
    [
        ({"format": "png"}, "no picture is 'png': svg, dot, mermaid"),
        ({"style": "3d"}, "no picture is '3d': graph, volumes"),
        ({"theme": "red"}, "no picture is 'red': light, dark, auto"),
        ({"stage": "x"}, "no picture is 'x': source, optimised"),
        ({"format": "dot", "theme": "dark"}, "style and theme are for svg, not for dot"),
        ({"depth": 0}, "no picture shows 0 levels: 1 or more"),
        ({"unfold": ["b"]}, "there is no scope `b` to unfold"),
        ({"train": True, "stage": "optimised"}, "the training graph is not optimised"),
    ],
)
def test_what_cannot_be_drawn(options: dict[str, Any], says: str) -> None:
    with pytest.raises(ValueError, match=says):
        NET.draw(**options)
