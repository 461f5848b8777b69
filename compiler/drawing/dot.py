"""Parts as DOT, the language of Graphviz: scopes are clusters."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import count
from xml.sax.saxutils import escape

from compiler.drawing import labels
from compiler.drawing.flatten import flat
from compiler.drawing.part import Part
from compiler.drawing.theme import COLOURS, LIGHT
from compiler.drawing.words import legal, titled, totals, written


def dot(network: Part) -> str:
    ink = LIGHT["ink"]
    lines = [
        f"digraph {_quoted(network.name)} {{",
        f"  graph [label={_quoted(network.name, totals(network))}, labelloc=t, fontname=Helvetica]",
        f'  node [shape=box, style="rounded,filled", fontname=Helvetica, fontcolor="{ink}"]',
        f'  edge [fontname=Helvetica, fontsize=10, color="{LIGHT["wire"]}"]',
        *_within(network, "  ", count(), count()),
    ]
    spread = flat(network)
    for wire in spread.wires:
        source = spread.items[wire.source]
        volume = _quoted(labels.volume(source.volume, source.last))
        lines.append(f"  n{wire.source} -> n{wire.target} [label={volume}]")
    return "\n".join([*lines, "}", ""])


def _within(part: Part, indent: str, boxes: Iterator[int], scopes: Iterator[int]) -> Iterator[str]:
    for item in part.items:
        if not item.items:
            yield f"{indent}n{next(boxes)} [{_box(item)}]"
            continue
        name, words = titled(item)
        yield f"{indent}subgraph cluster_{next(scopes)} {{"
        yield f"{indent}  graph [label={_quoted(' · '.join((name, *words)))}, style=rounded]"
        yield from _within(item, f"{indent}  ", boxes, scopes)
        yield f"{indent}}}"


def _box(part: Part) -> str:
    fill, border = COLOURS[part.kind][0]
    shape = ", shape=oval" if part.kind == "merge" else ", peripheries=2" * (part.count > 1)
    colours = f'fillcolor="{fill}", color="{border}"'
    return f"label={_quoted(*written(part))}, {colours}{shape}"


def _quoted(*lines: str) -> str:
    """A string of DOT: in it a backslash begins an escape, and an ampersand an entity."""
    words = (escape(" ".join(legal(line).split())) for line in lines)
    safe = (text.replace("\\", "\\\\").replace('"', '\\"') for text in words)
    joined = "\\n".join(safe)
    return f'"{joined}"'
