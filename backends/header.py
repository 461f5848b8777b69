"""What the head of a generated module says. Text of a program passes `plain` on its way there."""

from __future__ import annotations

import textwrap
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass

from backends.identifiers import class_name
from compiler.check import CheckedGraph
from compiler.sizes import sizes
from compiler.volume import Volume


@dataclass(frozen=True)
class About:
    """Where a network comes from. `totals` are those of the report, e.g. `parameters`, `macs`.

    `dropped_weights`: full keys, such as `aux1.fc1.weight`, of layers that inference lost.
    """

    source: str
    params: Mapping[str, object]
    version: str
    totals: Mapping[str, int]
    doc: str
    dropped_weights: tuple[str, ...] = ()


@dataclass(frozen=True)
class Header:
    """Lines for a docstring or a comment, safe in both: a title, then what follows a blank line."""

    title: str
    lines: tuple[str, ...]


def header(checked: CheckedGraph, about: About, width: int = 92) -> Header:
    graph = checked.graph
    name = class_name(graph.name)
    title = f"{name}, compiled from {plain(about.source)} by cnnc {plain(about.version)}."
    lines: list[str] = []
    for paragraph in filter(str.strip, about.doc.split("\n\n")):
        lines += [*_wrap(plain(" ".join(paragraph.split())), width), ""]
    if about.params:
        params = ", ".join(f"{name} = {value!r}" for name, value in about.params.items())
        lines += _wrap(f"params: {plain(params)}", width)
    counts = (f"{_LABELS.get(name, name)}: {count:,}" for name, count in about.totals.items())
    lines += _wrap(plain(", ".join(counts)), width)
    sources = [graph[node].shape for node in graph.sources()]
    taken = sizes(graph)
    others = f" ({taken})" if taken else ""
    lines += _wrap("input: " + ", ".join(map(batch, sources)) + others, width)
    results = [
        f"{plain(output.name)} {batch(graph[output.node].shape)}"
        + (f" (training, loss weight {output.weight:g})" if output.train else "")
        for output in graph.outputs
    ]
    single = batch(graph[graph.outputs[0].node].shape)
    lines += _wrap("output: " + (single if len(results) == 1 else ", ".join(results)), width)
    return Header("\n".join(_wrap(title, width)), tuple(lines))


_LABELS = {"macs": "MACs"}


def batch(volume: Volume) -> str:
    """`N x 64 x 112 x 112`, or `N x 4096` for a flat value."""
    if volume.flat:
        return f"N x {volume.c}"
    return f"N x {volume.c} x {volume.h} x {volume.w}"


def plain(text: str) -> str:
    r"""The text as one line that ends no docstring and no comment, and escapes nothing.

    >>> print(plain('a\nb \\N{DIGIT ONE} ' + 3 * '"'))
    a\\nb \\N{DIGIT ONE} \"\"\"
    """
    escaped = "".join(map(_printable, text)).replace("\\", "\\\\")
    return escaped.replace('"""', '\\"\\"\\"')


def _printable(char: str) -> str:
    """Control and format characters, odd spaces, line ends, surrogates: as Python writes them."""
    hidden = unicodedata.category(char)[0] in "CZ" and char != " "
    return repr(char)[1:-1] if hidden else char


def _wrap(text: str, width: int) -> list[str]:
    return textwrap.wrap(text, width, break_long_words=False, break_on_hyphens=False)
