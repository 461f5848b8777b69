"""Blocks that were added, removed, moved or renamed as wholes."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from compiler.difference.model import Block, Fate, Pair
from compiler.difference.moves import scopes
from compiler.difference.tokens import skeleton
from compiler.report import Report, Row


@dataclass(frozen=True, slots=True)
class Side:
    """The layers of one report, and for each the number of its pair."""

    rows: tuple[Row, ...]
    pairs: tuple[int, ...]


def blocks(old: Report, new: Report, pairs: Sequence[Pair]) -> tuple[Block, ...]:
    """In the order of the pairs. What lies within a block of the same fate is not told."""
    numbers = list(enumerate(pairs))
    olds = {pair.old.path: at for at, pair in numbers if pair.old is not None}
    news = {pair.new.path: at for at, pair in numbers if pair.new is not None}
    before = Side(old.rows, tuple(olds[row.path] for row in old.rows))
    after = Side(new.rows, tuple(news[row.path] for row in new.rows))
    found = [
        *_one_sided(before, pairs, "removed"),
        *_one_sided(after, pairs, "added"),
        *_two_sided(before, after, pairs, "moved"),
        *_two_sided(before, after, pairs, "renamed"),
    ]
    found.sort(key=lambda block: block.pairs[0])
    return _joined(found, pairs)


def _one_sided(side: Side, pairs: Sequence[Pair], fate: Fate) -> list[Block]:
    found: list[Block] = []
    covered = -1
    for prefix, inside in scopes(side.rows).items():
        if inside.start < covered or len(inside) < 2:
            continue
        numbers = tuple(side.pairs[at] for at in inside)
        if all(pairs[number].status == fate for number in numbers):
            covered = inside.stop
            before, after = ((prefix,), ()) if fate == "removed" else ((), (prefix,))
            found.append(Block(fate, before, after, _called(side, prefix, inside), numbers))
    return found


def _two_sided(before: Side, after: Side, pairs: Sequence[Pair], fate: Fate) -> list[Block]:
    """Blocks whose layers are still one block, at another place or under another name."""
    targets = scopes(after.rows)
    found: list[Block] = []
    covered = -1
    for prefix, inside in scopes(before.rows).items():
        if inside.start < covered or len(inside) < 2:
            continue
        both = [number for at in inside if pairs[number := before.pairs[at]].new is not None]
        target = _target(prefix, [pairs[number] for number in both])
        if target is None or target not in targets or not _has(fate, prefix, target, both, pairs):
            continue
        there = {number for at in targets[target] if pairs[number := after.pairs[at]].old}
        if there == set(both):
            covered = inside.stop
            name = _called(after, target, targets[target])
            found.append(Block(fate, (prefix,), (target,), name, tuple(sorted(both))))
    return found


def _has(fate: Fate, prefix: str, target: str, both: Sequence[int], pairs: Sequence[Pair]) -> bool:
    if fate == "moved":
        return all(pairs[number].moved for number in both)
    return skeleton(prefix) != skeleton(target)


def _target(prefix: str, both: Sequence[Pair]) -> str | None:
    """The path that the block has now, if all its layers kept their names within it."""
    targets = set()
    for pair in both:
        assert pair.old is not None and pair.new is not None
        inner = pair.old.path[len(prefix) :]
        if not skeleton(pair.new.path).endswith(skeleton(inner)):
            return None
        parts = pair.new.path.split(".")
        targets.add(".".join(parts[: len(parts) - inner.count(".")]))
    return targets.pop() if len(targets) == 1 else None


def _called(side: Side, prefix: str, inside: range) -> str:
    """The block that was called there; "" for a label."""
    return dict(side.rows[inside.start].scopes).get(prefix, "")


def _joined(found: list[Block], pairs: Sequence[Pair]) -> tuple[Block, ...]:
    """Equal blocks that follow one another as one."""
    joined: list[Block] = []
    for block in found:
        last = joined[-1] if joined else None
        if last is not None and _is_next(last, block, pairs):
            joined[-1] = replace(
                last,
                old=last.old + block.old,
                new=last.new + block.new,
                pairs=last.pairs + block.pairs,
            )
        else:
            joined.append(block)
    return tuple(joined)


def _is_next(last: Block, block: Block, pairs: Sequence[Pair]) -> bool:
    if (last.status, last.name) != (block.status, block.name):
        return False
    if last.pairs[-1] + 1 != block.pairs[0] or _around(last) != _around(block):
        return False
    size = len(block.pairs)
    layers = [pairs[number].row.layer for number in block.pairs]
    return bool(block.name) or [pairs[n].row.layer for n in last.pairs[-size:]] == layers


def _around(block: Block) -> str:
    return (block.new or block.old)[-1].rpartition(".")[0]
