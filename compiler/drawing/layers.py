"""Where the items of a part stand: ranks from top to bottom, lanes from left to right, no pixels.

A layered drawing (Sugiyama, Tagawa, Toda, 1981) for graphs that are nearly a chain. Ranks fall into
bands, one below another: a rank with a single item that no wire passes is a band of its own, and
what lies between two of those is one band. Lanes are counted within a band: wide ones, in which
items stand, from 0, and right of them thin ones, in which only wires pass.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from heapq import heappop, heappush

from compiler.drawing.part import OUTSIDE, Part, Wire


@dataclass(frozen=True, slots=True)
class Band:
    """Ranks `first` to `last`. `centred`: its wide lanes share the main line between them, as the
    branches of a merge do; else lane 0 goes on with the main line."""

    first: int
    last: int
    wide: int
    thin: int
    centred: bool


@dataclass(frozen=True, slots=True)
class Place:
    """An item's rank, the index of its band, and its wide lane in it."""

    rank: int
    band: int
    lane: int


@dataclass(frozen=True, slots=True)
class Way:
    """How a wire passes ranks: in a lane of a band, from rank `first` to rank `last`. Thin lanes
    are counted after the wide ones."""

    band: int
    lane: int
    first: int
    last: int


@dataclass(frozen=True, slots=True)
class Places:
    """One place an item, one way a wire, in the part's order; None for a wire between neighbouring
    ranks, which passes none."""

    bands: tuple[Band, ...]
    items: tuple[Place, ...]
    ways: tuple[Way | None, ...]


@dataclass(frozen=True, slots=True)
class _Chain:
    """Items one below another in one lane, and the ranks for which they have it to themselves."""

    items: tuple[int, ...]
    first: int
    last: int
    closed: bool


def places(part: Part) -> Places:
    """Of the items of a part that is not folded."""
    ranks = _ranks(part)
    depth = max(ranks) + 1
    spans = [_span(wire, ranks, depth) for wire in part.wires]
    limits = _cut(ranks, spans, depth)
    band_at = [index for index, (a, b) in enumerate(limits) for _ in range(a, b + 1)]
    near = _nearest(part, ranks)
    chains = _chains(part, ranks, spans, band_at, near)
    grouped: list[list[_Chain]] = [[] for _ in limits]
    for chain in chains:
        grouped[band_at[ranks[chain.items[0]]]].append(chain)

    lanes = [0] * len(ranks)
    wide, centred = [], []
    for members in grouped:
        centred.append(len(members) > 1 and len({each.closed for each in members}) == 1)
        taken = _lanes(members, centred[-1])
        wide.append(max(taken) + 1)
        for chain, lane in zip(members, taken, strict=True):
            for item in chain.items:
                lanes[item] = lane

    carriers = _carriers(part, spans, ranks, band_at, near, chains)
    passing: list[dict[tuple[int, int], tuple[int, int]]] = [{} for _ in limits]
    for wire, (first, last), carrier in zip(part.wires, spans, carriers, strict=True):
        if first <= last and carrier is None:
            values = passing[band_at[first]]
            a, b = values.get((wire.source, wire.exit), (first, last))
            values[wire.source, wire.exit] = min(a, first), max(b, last)
    thin = [_thin_lanes(values) for values in passing]
    ways: list[Way | None] = []
    for wire, (first, last), carrier in zip(part.wires, spans, carriers, strict=True):
        if first > last:
            ways.append(None)
            continue
        band = band_at[first]
        lane = (
            wide[band] + thin[band][wire.source, wire.exit] if carrier is None else lanes[carrier]
        )
        ways.append(Way(band, lane, first, last))
    return Places(
        tuple(
            Band(a, b, wide[index], len(set(thin[index].values())), centred[index])
            for index, (a, b) in enumerate(limits)
        ),
        tuple(Place(rank, band_at[rank], lane) for rank, lane in zip(ranks, lanes, strict=True)),
        tuple(ways),
    )


def _ranks(part: Part) -> list[int]:
    """As many ranks down as the longest way to an item is long; then down to what reads it."""
    inner = [wire for wire in part.wires if OUTSIDE not in (wire.source, wire.target)]
    ranks = [0] * len(part.items)
    reads: list[list[int]] = [[] for _ in part.items]
    for wire in inner:
        reads[wire.source].append(wire.target)
    for item, targets in enumerate(reads):  # items stand in computing order
        for target in targets:
            ranks[target] = max(ranks[target], ranks[item] + 1)
    leaving = {wire.source for wire in part.wires if wire.target == OUTSIDE}
    for item in reversed(range(len(ranks))):
        if reads[item] and item not in leaving:
            ranks[item] = min(ranks[target] for target in reads[item]) - 1
    return ranks


def _span(wire: Wire, ranks: list[int], depth: int) -> tuple[int, int]:
    """The ranks that a wire passes; the last below the first where there are none."""
    source = -1 if wire.source == OUTSIDE else ranks[wire.source]
    target = depth if wire.target == OUTSIDE else ranks[wire.target]
    return source + 1, target - 1


def _cut(ranks: list[int], spans: Iterable[tuple[int, int]], depth: int) -> list[tuple[int, int]]:
    """The first and last ranks of the bands."""
    steps = [0] * (depth + 1)
    for first, last in spans:
        if first <= last:
            steps[first] += 1
            steps[last + 1] -= 1
    count = [0] * depth
    for rank in ranks:
        count[rank] += 1
    bands: list[tuple[int, int]] = []
    passing, joins = 0, False
    for rank in range(depth):
        passing += steps[rank]
        alone = count[rank] == 1 and not passing
        if joins and not alone:
            bands[-1] = (bands[-1][0], rank)
        else:
            bands.append((rank, rank))
        joins = not alone
    return bands


def _nearest(part: Part, ranks: list[int]) -> dict[int, int]:
    """For each item the lowest of those that flow into it; OUTSIDE where none does."""
    found: dict[int, int] = {}
    for wire in part.wires:
        if wire.target == OUTSIDE:
            continue
        known = found.get(wire.target, OUTSIDE)
        lower = wire.source != OUTSIDE and (known == OUTSIDE or ranks[wire.source] > ranks[known])
        found[wire.target] = wire.source if lower else known
    return found


def _chains(
    part: Part,
    ranks: list[int],
    spans: list[tuple[int, int]],
    band_at: list[int],
    near: dict[int, int],
) -> list[_Chain]:
    """An item continues the chain of its nearest source; of several, the one with most below it."""
    below = [0] * len(ranks)
    reach = list(ranks)  # the last rank that the item's value passes
    read = set()
    for wire, (_, last) in zip(reversed(part.wires), reversed(spans), strict=True):
        if wire.source != OUTSIDE:
            read.add(wire.source)
            reach[wire.source] = max(reach[wire.source], last)
            if wire.target != OUTSIDE:
                below[wire.source] = max(below[wire.source], below[wire.target] + 1)
    follower: dict[int, int] = {}
    for target, source in near.items():
        if source == OUTSIDE or band_at[ranks[target]] != band_at[ranks[source]]:
            continue
        if source not in follower or below[target] > below[follower[source]]:
            follower[source] = target
    followed = set(follower.values())
    chains = []
    for item in range(len(ranks)):
        if item in followed:
            continue
        members = [item]
        while members[-1] in follower:
            members.append(follower[members[-1]])
        source = near.get(item, item)
        above = ranks[item] if source == item else -1 if source == OUTSIDE else ranks[source]
        first = min(above + 1, ranks[item])
        chains.append(_Chain(tuple(members), first, reach[members[-1]], members[-1] in read))
    return chains


def _carriers(
    part: Part,
    spans: list[tuple[int, int]],
    ranks: list[int],
    band_at: list[int],
    near: dict[int, int],
    chains: list[_Chain],
) -> list[int | None]:
    """For each wire the item in whose lane it can pass, since nothing else stands there."""
    above: dict[int, int] = {}
    for chain in chains:
        above[chain.items[0]] = near.get(chain.items[0], OUTSIDE)
        above.update(zip(chain.items[1:], chain.items[:-1], strict=True))
    ends = {chain.items[-1] for chain in chains}
    found: list[int | None] = []
    for wire, (first, last) in zip(part.wires, spans, strict=True):
        carrier = None
        if first > last:
            pass
        elif wire.target != OUTSIDE and above.get(wire.target) == wire.source:
            carrier = wire.target
            del above[wire.target]  # a second value from there goes its own way
        elif wire.source in ends and band_at[ranks[wire.source]] == band_at[first]:
            carrier = wire.source
        found.append(carrier)
    return found


def _lanes(chains: list[_Chain], centred: bool) -> list[int]:
    """A lane a chain, as few as can be; the longest one has lane 0 for itself unless centred."""
    lanes = [0] * len(chains)
    order = sorted(range(len(chains)), key=lambda index: (chains[index].first, index))
    if not centred:
        main = max(order, key=lambda index: (chains[index].closed, len(chains[index].items)))
        order.remove(main)
    free: list[int] = []
    busy: list[tuple[int, int]] = []
    used = 0 if centred else 1
    for index in order:
        while busy and busy[0][0] < chains[index].first:
            heappush(free, heappop(busy)[1])
        if free:
            lane = heappop(free)
        else:
            lane, used = used, used + 1
        lanes[index] = lane
        heappush(busy, (chains[index].last, lane))
    return lanes


def _thin_lanes(values: dict[tuple[int, int], tuple[int, int]]) -> dict[tuple[int, int], int]:
    """What passes further lies further out, so that nested wires do not cross."""
    free: list[int] = []
    busy: list[tuple[int, int]] = []
    found = {}
    used = 0
    for value, (first, last) in sorted(values.items(), key=lambda each: (-each[1][1], each[1][0])):
        while busy and -busy[0][0] > last:
            heappush(free, heappop(busy)[1])
        if free:
            lane = heappop(free)
        else:
            lane, used = used, used + 1
        found[value] = lane
        heappush(busy, (-first, lane))
    return {value: used - 1 - lane for value, lane in found.items()}
