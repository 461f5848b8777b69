"""Parts within parts to one chain of volumes, as the figures of papers show them."""

from __future__ import annotations

from collections.abc import Callable, Set
from dataclasses import dataclass, replace
from typing import TypeAlias

from compiler.drawing.part import OUTSIDE, Part, Wire

Port: TypeAlias = tuple[int, int]  # an item and the index of its entry or exit

ASIDE = frozenset({"normalisation", "activation", "regularisation"})  # no volume of their own


def chained(network: Part) -> Part:
    """The network with all runs folded, all scopes in which something branches, and all others that
    call a block of which such a scope is made."""
    folded: set[str] = set()
    waiting = list(network.items)
    while waiting:
        part = waiting.pop()
        waiting += part.items
        if part.items and part.call and (part.count > 1 or not _is_chain(part)):
            folded.add(part.call)
    return _chained(network, folded)


def _chained(part: Part, folded: Set[str]) -> Part:
    items = tuple(
        _chained(item, folded)
        if item.count == 1 and item.call not in folded and _is_chain(item)
        else replace(item, items=(), wires=())
        for item in part.items
    )
    return replace(part, items=items)


def _is_chain(part: Part) -> bool:
    """Whether each item takes the value of the one before and nothing else."""
    ways = [(wire.source, wire.target) for wire in part.wires if wire.target != OUTSIDE]
    along = [(item - 1, item) for item in range(len(part.items))]  # OUTSIDE is before the first
    return bool(part.items) and ways == (along if part.entries else along[1:])


def flat(network: Part) -> Part:
    """The network with the items of its parts, and theirs, right within it."""
    leaves: list[Part] = []
    wires: list[Wire] = []

    def spread(part: Part, takes: list[Port]) -> list[Port]:
        """Adds the leaves of a part that takes these values; gives where its own come from."""
        if not part.items:
            leaves.append(part)
            index = len(leaves) - 1
            wires.extend(
                Wire(source, exit, index, entry) for entry, (source, exit) in enumerate(takes)
            )
            return [(index, exit) for exit in range(part.exits)]
        given: list[list[Port]] = []
        wanted: list[dict[int, Port]] = [{} for _ in part.items]
        final: dict[int, Port] = {}

        def pass_on(source: int, found: Callable[[int], Port]) -> None:
            for wire in leaving.get(source, ()):
                if wire.target == OUTSIDE:
                    final[wire.entry] = found(wire.exit)
                else:
                    wanted[wire.target][wire.entry] = found(wire.exit)

        leaving: dict[int, list[Wire]] = {}
        for wire in part.wires:
            leaving.setdefault(wire.source, []).append(wire)
        pass_on(OUTSIDE, takes.__getitem__)
        for index, item in enumerate(part.items):
            given.append(spread(item, [wanted[index][entry] for entry in range(item.entries)]))
            pass_on(index, given[index].__getitem__)
        return [final[exit] for exit in range(part.exits)]

    spread(network, [])
    return replace(network, items=tuple(leaves), wires=tuple(wires))


@dataclass(frozen=True, slots=True)
class Cluster:
    """Volumes that stand close together: equal layers, the pooling behind them, and what changes no
    volume (dropout, a norm of its own)."""

    members: tuple[Part, ...]

    @property
    def volumes(self) -> tuple[Part, ...]:
        """The members that are drawn."""
        return tuple(
            each
            for index, each in enumerate(self.members)
            if not index or not silent(self.members[index - 1], each)
        )


def clusters(network: Part) -> tuple[Part, tuple[Cluster, ...]]:
    """Of a flat network: itself with an item a cluster, and the clusters."""
    readers = [0] * len(network.items)
    only: dict[int, int] = {}
    entered = [0] * len(network.items)
    for wire in network.wires:
        readers[wire.source] += 1
        entered[wire.target] += 1
        only[wire.target] = wire.source
    owner: list[int] = []
    grouped: list[list[int]] = []
    for index, item in enumerate(network.items):
        source = only.get(index, OUTSIDE)
        follows = (
            source != OUTSIDE
            and entered[index] == 1
            and readers[source] == 1
            and not network.items[source].outputs
            and grouped[owner[source]][-1] == source
            and _joins([network.items[each] for each in grouped[owner[source]]], item)
        )
        if follows:
            owner.append(owner[source])
            grouped[owner[source]].append(index)
        else:
            owner.append(len(grouped))
            grouped.append([index])
    found = tuple(Cluster(tuple(network.items[each] for each in group)) for group in grouped)
    items = tuple(
        replace(each.members[0], exits=each.members[-1].exits, outputs=each.members[-1].outputs)
        for each in found
    )
    wires = tuple(
        replace(wire, source=owner[wire.source], target=owner[wire.target])
        for wire in network.wires
        if owner[wire.source] != owner[wire.target]
    )
    return replace(network, items=items, wires=wires), found


def silent(before: Part, part: Part) -> bool:
    return part.kind in ASIDE and part.volume == before.last


def _joins(group: list[Part], part: Part) -> bool:
    head, before = group[0], group[-1]
    if head.kind in ("input", "merge") or part.kind == "merge":
        return False
    if silent(before, part):
        return True
    pooled = any(each.kind == "pooling" for each in group)
    if part.kind == "pooling":
        return part.volume.spatial != (1, 1)
    alike = (part.kind, part.call) == (head.kind, head.call)
    return alike and not pooled and part.volume.spatial == head.volume.spatial
