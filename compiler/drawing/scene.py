"""A picture as shapes at places, before it is text: units are pixels, y grows downwards."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal, TypeAlias

Point: TypeAlias = tuple[float, float]
Anchor: TypeAlias = Literal["start", "middle", "end"]

COPY = 3.0  # how far each copy behind a shape peeps out


@dataclass(frozen=True, slots=True)
class Text:
    """One line. `y` is the baseline; `role` says how it looks; `width` is what it takes at most."""

    x: float
    y: float
    text: str
    role: str
    anchor: Anchor
    width: float


@dataclass(frozen=True, slots=True)
class Shape:
    """What stands for a part.

    form    `box`, `frame`, `disc`, `pill` or `prism`
    copies  how many outlines peep out behind it: 2 for a run, else 0
    footer  how much of the lower end is tinted for what joined the layer
    depth   how far the far side of a prism is moved right and up
    """

    path: str
    kind: str
    form: str
    x: float
    y: float
    width: float
    height: float
    title: str
    texts: tuple[Text, ...] = ()
    copies: int = 0
    footer: float = 0.0
    depth: Point = (0.0, 0.0)


@dataclass(frozen=True, slots=True)
class Wire:
    """`source` and `target` are the paths of the shapes at its ends; "" is the picture's edge."""

    points: tuple[Point, ...]
    source: str
    target: str
    arrow: bool


@dataclass(frozen=True, slots=True)
class Scene:
    """All of it, the frames before what they hold."""

    width: int
    height: int
    title: str
    shapes: tuple[Shape, ...]
    wires: tuple[Wire, ...]
    labels: tuple[Text, ...]
