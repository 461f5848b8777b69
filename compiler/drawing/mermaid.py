"""Parts as a Mermaid flowchart, which code hosts draw within Markdown: scopes are subgraphs."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import count
from json import dumps

from compiler.drawing import labels
from compiler.drawing.flatten import flat
from compiler.drawing.part import Part
from compiler.drawing.theme import COLOURS, LIGHT
from compiler.drawing.words import legal, titled, written

PLAIN = frozenset(" ,./×·…→+-_=()[]")
CONFIG = ("config: {flowchart: {subGraphTitleMargin: {top: 4, bottom: 18}}}",)  # else wires cross


def mermaid(network: Part) -> str:
    spread = flat(network)
    title = dumps(network.name).replace("%", r"\u0025")  # %%{ }%% is a directive even there
    lines = ["---", f"title: {title}", *CONFIG, "---", "flowchart TB"]
    scopes = count()
    lines += _within(network, "  ", count(), scopes)
    for wire in spread.wires:
        source = spread.items[wire.source]
        volume = _quoted(labels.volume(source.volume, source.last))
        lines.append(f"  n{wire.source} -->|{volume}| n{wire.target}")
    for kind in sorted({item.kind for item in spread.items}):
        fill, border = COLOURS[kind][0]
        lines.append(f"  classDef {kind} fill:{fill},stroke:{border},color:{LIGHT['ink']}")
    if names := ",".join(f"s{index}" for index in range(next(scopes))):
        fill, border = COLOURS["group"][0]
        lines.append(f"  classDef scope fill:{fill},stroke:{border},color:{LIGHT['ink']}")
        lines.append(f"  class {names} scope")
    return "\n".join([*lines, ""])


def _within(part: Part, indent: str, boxes: Iterator[int], scopes: Iterator[int]) -> Iterator[str]:
    for item in part.items:
        if not item.items:
            yield f"{indent}n{next(boxes)}{_box(item)}:::{item.kind}"
            continue
        name, words = titled(item)
        yield f"{indent}subgraph s{next(scopes)} [{_quoted(' · '.join((name, *words)))}]"
        yield from _within(item, f"{indent}  ", boxes, scopes)
        yield f"{indent}end"


def _box(part: Part) -> str:
    text = _quoted(*written(part))
    if part.kind == "merge":
        return f"([{text}])"
    return f"[[{text}]]" if part.count > 1 else f"[{text}]"


def _quoted(*lines: str) -> str:
    """Mermaid reads quotes, markup, directives and Markdown even in strings: what is neither a
    letter nor harmless is written as its number."""
    safe = (
        "".join(
            char if char.isalnum() or char in PLAIN else f"#{ord(char)};"
            for char in " ".join(legal(line).split())
        )
        for line in lines
    )
    return f'"{"<br/>".join(safe)}"'
