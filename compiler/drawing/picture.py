"""Graph to the text of a picture."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal, TypeAlias

from compiler.drawing.diagram import diagram
from compiler.drawing.folding import fold
from compiler.drawing.scopes import parts
from compiler.drawing.svg import Theme, svg
from compiler.graph import Graph

Format: TypeAlias = Literal["svg"]
Style: TypeAlias = Literal["graph"]


@dataclass(frozen=True, slots=True)
class Look:
    """How a network is drawn.

    depth    how many levels of scopes are shown; None: as many as can be read
    unfold   paths of scopes that are shown at any depth
    theme    of an SVG; `auto`: what its reader prefers
    """

    format: Format = "svg"
    style: Style = "graph"
    depth: int | None = None
    unfold: frozenset[str] = frozenset()
    theme: Theme = "auto"


USUAL = Look()


def picture(graph: Graph, look: Look = USUAL) -> str:
    network = fold(parts(graph), look.depth, look.unfold)
    return svg(diagram(network), look.theme)
