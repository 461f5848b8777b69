"""What differs between a layer and its partner: arguments, and the layers that it reads."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import fields

from compiler.arguments import written
from compiler.difference.model import Argument
from compiler.op import Op
from compiler.report import Row

MOST_SEEN = 64


def changed_arguments(old: Op, new: Op) -> list[Argument]:
    """In the order of the operator's arguments; the two calls where it is another operator."""
    if type(old) is not type(new):
        return [Argument("", str(old), str(new))]
    changed = []
    for each in fields(old):
        before, after = getattr(old, each.name), getattr(new, each.name)
        if before != after and not _follows(each.name, old, new):
            changed.append(Argument(each.name, written(before), written(after)))
    return changed


def _follows(name: str, old: Op, new: Op) -> bool:
    """Whether a value is the usual one on both sides, as a pool's stride is that of its window."""
    before, after = old.usual(), new.usual()
    is_usual = name in before and getattr(old, name) == before[name]
    return is_usual and name in after and getattr(new, name) == after[name]


class Wires:
    """What layers read, seen through layers that were added, removed or moved.

    `partners`: new paths by old paths, of layers that kept their place.
    """

    def __init__(
        self, old: tuple[Row, ...], new: tuple[Row, ...], partners: Mapping[str, str]
    ) -> None:
        kept = set(partners.values())
        self._partners = partners
        self._calls = tuple({row.path: str(row.layer) for row in rows} for rows in (old, new))
        self._old = _seen(old, {row.path for row in old if row.path in partners})
        self._new = _seen(new, kept)

    def changed(self, old: Row, new: Row) -> list[Argument]:
        """`inputs a → b` where the layer reads others, not just what was put before it."""
        before = [self._through(source) for source in old.sources]
        after = [self._new[source] for source in new.sources]
        same_number = len(before) == len(after)
        if same_number and all(
            one & other or not one or not other for one, other in zip(before, after, strict=True)
        ):
            return []
        if old.sources != new.sources:
            return [Argument("inputs", ", ".join(old.sources), ", ".join(new.sources))]
        # The same numbers, which are other layers now.
        named = (
            ", ".join(f"{path} {calls[path]}" for path in row.sources)
            for row, calls in ((old, self._calls[0]), (new, self._calls[1]))
        )
        return [Argument("inputs", *named)]

    def _through(self, source: str) -> frozenset[str]:
        return frozenset(self._partners[each] for each in self._old[source])


def _seen(rows: tuple[Row, ...], kept: set[str]) -> dict[str, frozenset[str]]:
    """For each layer itself, or the nearest layers above it that kept their place; of more than
    MOST_SEEN the first, so that time and memory stay linear."""
    seen: dict[str, frozenset[str]] = {}
    for row in rows:
        if row.path in kept:
            seen[row.path] = frozenset([row.path])
            continue
        above: dict[str, None] = {}
        for source in row.sources:
            above.update(dict.fromkeys(sorted(seen[source])))
        seen[row.path] = frozenset(list(above)[:MOST_SEEN])
    return seen
