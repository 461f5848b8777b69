"""Graph to the text of a picture."""

from __future__ import annotations

from compiler.drawing.describe import describe
from compiler.drawing.diagram import diagram
from compiler.drawing.dot import dot
from compiler.drawing.figure import figure
from compiler.drawing.flatten import chained, flat
from compiler.drawing.folding import fold
from compiler.drawing.look import USUAL, Look
from compiler.drawing.mermaid import mermaid
from compiler.drawing.part import Part
from compiler.drawing.scopes import parts
from compiler.drawing.svg import svg
from compiler.graph import Graph


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
