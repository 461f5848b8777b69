"""A bench in one of its formats."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from cnnc.benching.bench import Bench
from cnnc.benching.formats.columns import NUMBERS_FROM, TITLES, heading, notes, row
from cnnc.benching.formats.json import json
from compiler.formats.markdown import escaped, pipes
from compiler.formats.table import aligned


def table(bench: Bench) -> str:
    rows = [TITLES, *(row(bench, each) for each in bench.entries), ("",) * len(TITLES)]
    # There is no total: the last line and the rule before it go.
    lines = aligned(rows, NUMBERS_FROM)[:-2]
    return "\n".join([heading(bench), "", *lines, "", *notes(bench)]) + "\n"


def markdown(bench: Bench) -> str:
    lines = pipes(TITLES, [row(bench, each) for each in bench.entries], NUMBERS_FROM)
    said = [f"- {escaped(note)}" for note in notes(bench)]
    return "\n".join([f"### {escaped(heading(bench))}", "", *lines, "", *said]) + "\n"


FORMATS: Mapping[str, Callable[[Bench], str]] = {
    "table": table,
    "json": json,
    "markdown": markdown,
}


def written(bench: Bench, format: str) -> str:
    """Raises KeyError where there is no such format."""
    return FORMATS[format](bench)
