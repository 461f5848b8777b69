"""Expressions that do not stand in the program: of `--set`, `--where` and `--sort`."""

from __future__ import annotations

from dsl import syntax
from dsl.diagnostics import CnnError
from dsl.parser import parse
from dsl.source import Source


def outside(place: str, name: str, text: str) -> syntax.Expression | None:
    """The expression, with spans in a source called `place`; None where the text is none."""
    around = f"let {name} = "
    try:
        (declaration,) = parse(Source(place, around + text, len(around))).declarations
    except (CnnError, ValueError):
        return None
    return declaration.value if isinstance(declaration, syntax.Let) else None
