"""The networks of the examples, and graphs made by hand."""

from __future__ import annotations

import re
from collections.abc import Iterable
from functools import cache
from pathlib import Path
from typing import Any

from cnnc.net import load
from compiler.graph import Graph, Node, Output
from compiler.op import Op
from compiler.volume import Volume
from dsl.source import Source, Span

EXAMPLES = Path(__file__).parents[2] / "examples"
SOMEWHERE = Span(Source("made.cnn", ""), 0, 0)


def _nets() -> list[str]:
    found = []
    for file in sorted(EXAMPLES.glob("*.cnn")):
        names = re.findall(r"^net (\w+)", file.read_text(encoding="utf-8"), flags=re.M)
        found += [f"{file.name}:{name}" for name in names] or [file.name]
    return found


NETS = _nets()


@cache
def graph(target: str, train: bool = False) -> Graph:
    settings: dict[str, Any] = {"N": 2, "M": 5, "K": 2} if target.startswith("pattern") else {}
    journey = load(EXAMPLES / target, **settings).journey
    return (journey.checked if train else journey.inference).graph


def made(
    name: str, layers: Iterable[tuple[Op, str, Volume, tuple[int, ...]]], doc: str = ""
) -> Graph:
    """A graph of operators, paths, volumes and inputs, of which all that nobody reads is given."""
    found = Graph(name, doc)
    read: set[int] = set()
    for op, path, shape, inputs in layers:
        found.add(Node(op, path, SOMEWHERE, shape), inputs)
        read.update(inputs)
    given = [node for node in found if node not in read]
    found.outputs = tuple(
        Output("output" if len(given) == 1 else f"out{node}", node) for node in given
    )
    return found
