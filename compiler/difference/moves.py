"""Layers that were taken out in one place and put in again in another."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Hashable, Iterable, Sequence

from compiler.difference.tokens import Sides, skeleton
from compiler.report import Row

Key = Callable[[Row], Hashable]


def moves(sides: Sides, pairs: Sequence[tuple[int, int]]) -> list[tuple[int, int]]:
    """Pairs of what has no partner yet: whole blocks first, then layers of one path, then layers
    with weights that are like no other, and what stands beside them. Near linear."""
    search = _Search(sides, pairs)
    search.blocks()
    search.rows(lambda row: (row.path, row.op), lambda row: not _is_nameless(row))
    search.rows(lambda row: (skeleton(row.path), row.layer), lambda row: not _is_nameless(row))
    search.rows(lambda row: (row.layer, row.inputs, row.volume), lambda row: bool(row.arrays))
    search.companions()
    search.swaps(pairs)
    return search.found


def _is_nameless(row: Row) -> bool:
    return row.path.rpartition(".")[2].isdigit()


class _Search:
    def __init__(self, sides: Sides, pairs: Sequence[tuple[int, int]]) -> None:
        self.sides = sides
        self.old_left = set(range(len(sides.old_rows))) - {i for i, _ in pairs}
        self.new_left = set(range(len(sides.new_rows))) - {j for _, j in pairs}
        self.found: list[tuple[int, int]] = []

    def take(self, i: int, j: int) -> None:
        self.found.append((i, j))
        self.old_left.discard(i)
        self.new_left.discard(j)

    def blocks(self) -> None:
        """Blocks of one content, none of whose layers has a partner: first those of one path, then
        the largest. A name that both networks have is not taken for another."""
        old = _whole_blocks(self.sides.old_rows, self.old_left)
        new = _whole_blocks(self.sides.new_rows, self.new_left)
        for prefix, (content, block) in old.items():
            if prefix in new and new[prefix][0] == content:
                self._take_block(block, new[prefix][1])
        waiting: dict[Hashable, deque[range]] = {}
        for content, block in new.values():
            waiting.setdefault((content, self._owner(block)), deque()).append(block)
        for content, block in sorted(old.values(), key=lambda each: -len(each[1])):
            alike = waiting.get((content, self._owner_before(block)), deque())
            while alike and self.old_left.issuperset(block):
                self._take_block(block, alike.popleft())

    def _take_block(self, old: range, new: range) -> None:
        if self.old_left.issuperset(old) and self.new_left.issuperset(new):
            for i, j in zip(old, new, strict=True):
                self.take(i, j)

    def _owner(self, block: range) -> str:
        return self.sides.tokens[self.sides.new[block.start]].owner

    def _owner_before(self, block: range) -> str:
        return self.sides.tokens[self.sides.old[block.start]].owner

    def rows(self, key: Key, fits: Callable[[Row], bool]) -> None:
        """Layers of one key that no other layer has; it takes two to be mistaken."""
        old = _unique(self.sides.old_rows, self.old_left, key, fits)
        new = _unique(self.sides.new_rows, self.new_left, key, fits)
        for each, i in old.items():
            if each in new:
                self.take(i, new[each])

    def companions(self) -> None:
        """What follows or leads a layer that moved, and is the same layer as before."""
        for step in (1, -1):
            for i, j in list(self.found):
                i, j = i + step, j + step
                while i in self.old_left and j in self.new_left and self._is_same(i, j):
                    self.take(i, j)
                    i, j = i + step, j + step

    def swaps(self, pairs: Sequence[tuple[int, int]]) -> None:
        """Two neighbours that changed places: one of them has a partner, so the other moved."""
        for i, j in pairs:
            for step in (1, -1):
                before, after = i - step, j + step
                if before in self.old_left and after in self.new_left:
                    old, new = self.sides.old_rows[before], self.sides.new_rows[after]
                    if old.op == new.op:
                        self.take(before, after)

    def _is_same(self, i: int, j: int) -> bool:
        return self.sides.old_layers[i] == self.sides.new_layers[j]


def _unique(
    rows: Sequence[Row], left: Iterable[int], key: Key, fits: Callable[[Row], bool]
) -> dict[Hashable, int]:
    found: dict[Hashable, int] = {}
    twice = set()
    for at in sorted(left):
        if fits(rows[at]):
            each = key(rows[at])
            if each in found:
                twice.add(each)
            found[each] = at
    return {each: at for each, at in found.items() if each not in twice}


def _whole_blocks(rows: Sequence[Row], left: set[int]) -> dict[str, tuple[Hashable, range]]:
    """Scopes with a weight in them whose layers are all left, with their content."""
    found: dict[str, tuple[Hashable, range]] = {}
    for prefix, inside in scopes(rows).items():
        if len(inside) > 1 and left.issuperset(inside):
            cut = len(prefix) + 1
            content = tuple((rows[at].layer, rows[at].path[cut:]) for at in inside)
            if any(rows[at].arrays for at in inside):
                found[prefix] = content, inside
    return found


def scopes(rows: Sequence[Row]) -> dict[str, range]:
    """Each path around layers that stand in one stretch, and that stretch; outer paths first."""
    found: dict[str, range] = {}
    torn = set()
    around: list[str] = []
    last = ""
    for at, path in enumerate([*(row.path for row in rows), ""]):
        parent = path.rpartition(".")[0]
        if parent == last:
            continue
        while around and not f"{parent}.".startswith(f"{around[-1]}."):
            left = around.pop()
            found[left] = range(found[left].start, at)
        parts = parent.split(".") if parent else []
        for depth in range(len(around), len(parts)):
            prefix = ".".join(parts[: depth + 1])
            if prefix in found:
                torn.add(prefix)
            found.setdefault(prefix, range(at, at))
            around.append(prefix)
        last = parent
    return {prefix: inside for prefix, inside in found.items() if prefix not in torn}
