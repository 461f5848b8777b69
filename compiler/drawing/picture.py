"""Graph to the text of a picture."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal, TypeAlias, get_args

from compiler.drawing.describe import describe
from compiler.drawing.diagram import diagram
from compiler.drawing.dot import dot
from compiler.drawing.figure import figure
from compiler.drawing.flatten import chained, flat
from compiler.drawing.folding import fold
from compiler.drawing.mermaid import mermaid
from compiler.drawing.part import Part
from compiler.drawing.scopes import parts
from compiler.drawing.svg import svg
from compiler.drawing.theme import Theme
from compiler.graph import Graph

Format: TypeAlias = Literal["svg", "dot", "mermaid"]
Style: TypeAlias = Literal["graph", "volumes"]
FORMATS: tuple[Format, ...] = get_args(Format)
STYLES: tuple[Style, ...] = get_args(Style)
THEMES: tuple[Theme, ...] = get_args(Theme)


@dataclass(frozen=True, slots=True)
class Look:
    """How a network is drawn.

    style    of an SVG: boxes and wires, or volumes in space
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
    network = parts(graph)
    if look.format == "svg" and look.style == "volumes":
        spread = _spread(network, look)
        return svg(figure(spread), describe(graph.doc, spread), look.theme)
    shown = fold(network, look.depth, look.unfold)
    match look.format:
        case "svg":
            return svg(diagram(shown), describe(graph.doc, shown), look.theme)
        case "dot":
            return dot(shown)
        case "mermaid":
            return mermaid(shown)


def _spread(network: Part, look: Look) -> Part:
    if look.depth is None and not look.unfold:
        return flat(chained(network))
    return flat(fold(network, look.depth or 1, look.unfold))
