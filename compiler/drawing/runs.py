"""Runs: equal items, one behind the other, become one that says how many."""

from __future__ import annotations

from collections.abc import Callable, Sequence, Set
from dataclasses import dataclass, replace

from compiler.drawing.part import OUTSIDE, Part, Wire

SHORTEST = {True: 2, False: 5}  # of scopes; of plain layers, of which papers draw each


@dataclass(frozen=True, slots=True)
class Item:
    """A part, its first box, the number that equal parts share, and the boxes whose values go in
    and out."""

    part: Part
    first: int
    key: int
    takes: tuple[int, ...]
    gives: tuple[int, ...]


def runs(items: list[Item], leaving: Set[int], key: Callable[[object], int]) -> list[Item]:
    """Items with each run in the place of its members.

    Members have equal layers with equal arguments, wired alike, for volumes of one height and width
    (the channels of a dense block grow); each takes the value of the one before and nothing else,
    and nobody else takes that. `leaving` are the values that somebody outside takes.
    """
    reads: dict[int, list[int]] = {}
    for index, item in enumerate(items):
        for value in item.takes:
            reads.setdefault(value, []).append(index)
    follower = [_follower(items, index, reads, leaving) for index in range(len(items))]
    followed = set(follower)
    found = []
    for index, item in enumerate(items):
        if index in followed:
            continue
        members = [item]
        ahead = follower[index]
        while ahead != OUTSIDE:
            members.append(items[ahead])
            ahead = follower[ahead]
        if len(members) < SHORTEST[bool(item.part.items)]:
            found += members
        else:
            part = _run([each.part for each in members])
            number = key(("run", item.key, len(members)))
            found.append(Item(part, item.first, number, item.takes, members[-1].gives))
    return found


def _follower(items: list[Item], index: int, reads: dict[int, list[int]], leaving: Set[int]) -> int:
    """The equal item that alone reads what this one gives; OUTSIDE where there is none."""
    gives = items[index].gives
    readers = reads.get(gives[0], []) if len(gives) == 1 else []
    if len(readers) != 1 or items[index].part.outputs or gives[0] in leaving:
        return OUTSIDE
    (reader,) = readers
    equal = items[reader].key == items[index].key and items[reader].takes == gives
    return reader if equal else OUTSIDE


def _run(members: list[Part]) -> Part:
    inner = _stretched(members)
    items, wires, kind = inner.items, inner.wires, inner.kind
    call, written = inner.call, inner.written
    if inner.count > 1:  # each member is a scope that holds a run
        call = written = inner.around
        kind = "block" if call else "group"
        items = (inner,)
        wires = (Wire(OUTSIDE, 0, 0, 0), Wire(0, 0, OUTSIDE, 0))
    return replace(
        inner,
        name=f"{members[0].path} … {members[-1].path}",
        call=call,
        written=written,
        kind=kind,
        around="",
        members=tuple(path for each in members for path in each.members),
        count=len(members),
        layers=sum(each.layers for each in members),
        parameters=sum(each.parameters for each in members),
        macs=sum(each.macs for each in members),
        varies=members[0].varies,
        items=items,
        wires=wires,
    )


def _stretched(members: Sequence[Part]) -> Part:
    """The first member, each volume in it up to that of the last."""
    first, last = members[0], members[-1]
    return replace(
        first,
        last=last.last,
        varies=any(
            (each.parameters, each.macs, each.varies) != (first.parameters, first.macs, False)
            for each in members
        ),
        items=tuple(map(_stretched, zip(*(each.items for each in members), strict=True))),
    )
