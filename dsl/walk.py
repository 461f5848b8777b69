"""Every part of a syntax tree, for what only looks."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import fields
from functools import cache
from typing import Any

from dsl.syntax import Syntax


def walk(root: Syntax) -> Iterator[Syntax]:
    """The root and all that is in it, each before its parts, in the order of the source."""
    stack = [root]
    while stack:
        item = stack.pop()
        yield item
        stack += reversed(parts(item))


def parts(item: Syntax) -> list[Syntax]:
    """What a piece of the tree is made of."""
    found: list[Syntax] = []
    kind: Any = type(item)
    for name in _fields(kind):
        value = getattr(item, name)
        if isinstance(value, Syntax):
            found.append(value)
        elif isinstance(value, tuple):
            found += [each for each in value if isinstance(each, Syntax)]
    return found


@cache
def _fields(kind: Any) -> tuple[str, ...]:
    return tuple(each.name for each in fields(kind) if each.name not in ("span", "source"))
