"""Nested calls and lists as `ruff format` lays them out."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import TypeAlias

from backends.numpy.layout import INDENT, WIDTH


@dataclass(frozen=True, slots=True)
class Group:
    """What stands between brackets; `head` ends with the opening one. `call`: of a function, whose
    arguments may share a line of their own."""

    head: str
    items: tuple[Item, ...]
    tail: str = ")"
    call: bool = True

    def __str__(self) -> str:
        return f"{self.head}{', '.join(map(str, self.items))}{self.tail}"


Item: TypeAlias = "Group | str"


def grouped(function: str, items: Iterable[Item]) -> Group:
    return Group(f"{function}(", tuple(items))


def listed(head: str, items: Iterable[Item]) -> Group:
    return Group(f"{head}[", tuple(items), "]", call=False)


def laid_out(item: Item, depth: int, start: str = "", end: str = "") -> list[str]:
    """`start` stands before the item on its first line, `end` behind it on its last."""
    indent = INDENT * depth
    plain = f"{indent}{start}{item}{end}"
    if len(plain) <= WIDTH or isinstance(item, str):
        return [plain]
    opened, closed = f"{indent}{start}{item.head}", f"{indent}{item.tail}{end}"
    together = f"{INDENT * (depth + 1)}{', '.join(map(str, item.items))}"
    if item.call and len(together) <= WIDTH:
        return [opened, together, closed]
    inner = [line for each in item.items for line in laid_out(each, depth + 1, end=",")]
    return [opened, *inner, closed]
