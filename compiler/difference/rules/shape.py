"""How deep, how wide, how large."""

from __future__ import annotations

from compiler.difference.network import Network, look, stride, window
from compiler.difference.rules.sight import Sight, counted, distinct, listed, plain
from compiler.ops.convolution import Conv
from compiler.ops.input import Input
from compiler.ops.linear import FullyConnected
from compiler.volume import Volume


def depth(sight: Sight) -> list[str]:
    """Layers with weights on the longest path, and how many there are in all."""
    old, new = sight.old, sight.new
    before, after = _kinds(old), _kinds(new)
    if before == after and old.depth == new.depth:
        return []
    of = f"{_layers(new)} instead of {_layers(old)}"
    if old.depth == new.depth:
        return [f"As deep as before, with {of}."]
    word = "Deeper" if new.depth > old.depth else "Shallower"
    is_plain = sum(before) == old.depth and sum(after) == new.depth
    path = "" if is_plain else " on the longest path"
    return [
        f"{word}: {counted(new.depth, 'layer')} with weights{path} instead of {old.depth:,} ({of})."
    ]


def _kinds(network: Network) -> tuple[int, int]:
    return len(network.convolutions), len(network.connected)


def _layers(network: Network) -> str:
    convolutions, connected = _kinds(network)
    parts = [counted(convolutions, "convolution")] if convolutions else []
    return listed([*parts, f"{connected:,} FC"] if connected else parts or ["none"])


def resolution(sight: Sight) -> list[str]:
    """The input's size, where both networks have one input."""
    before, after = _input(sight.old), _input(sight.new)
    if before is None or after is None or before == after:
        return []
    if before.spatial == after.spatial:
        return [f"The input has {counted(after.c, 'channel')} instead of {before.c:,}."]
    pixels = after.h * after.w / (before.h * before.w)
    word = "Larger" if pixels > 1 else "Smaller" if pixels < 1 else "Another"
    times = "" if pixels == 1 else f", {plain(pixels)} times the pixels"
    return [f"{word} input: {after} instead of {before}{times}."]


def _input(network: Network) -> Volume | None:
    found = network.of(Input)
    return found[0].volume if len(found) == 1 else None


def outputs(sight: Sight) -> list[str]:
    """How many values each output has, where those are a vector."""
    before, after = _vectors(sight.old), _vectors(sight.new)
    changes: dict[tuple[int, int], list[str]] = {}
    for name in after:
        if name in before and before[name] != after[name]:
            changes.setdefault((before[name], after[name]), []).append(name)
    if len(sight.old.report.outputs) == len(sight.new.report.outputs) == 1:
        return [f"{counted(now, 'output')} instead of {was:,}." for was, now in changes]
    return [
        f"{'Outputs' if len(names) > 1 else 'Output'} {listed(names)}:"
        f" {counted(now, 'value')} instead of {was:,}."
        for (was, now), names in changes.items()
    ]


def _vectors(network: Network) -> dict[str, int]:
    """The values of each output without a map."""
    volumes = {
        each.name: network.rows[network.numbers[each.path]].volume
        for each in network.report.outputs
    }
    return {name: volume.c for name, volume in volumes.items() if volume.spatial == (1, 1)}


def width(sight: Sight) -> list[str]:
    """Filters of the convolutions that have a partner; where those are few, the widest one's."""
    filters = [
        (pair.old.layer.out, pair.new.layer.out)
        for pair in sight.pairs
        if pair.old is not None
        and pair.new is not None
        and isinstance(pair.old.layer, Conv)
        and isinstance(pair.new.layer, Conv)
    ]
    most = max(len(sight.old.convolutions), len(sight.new.convolutions))
    if not filters or 2 * len(filters) < most:
        return _widest(sight)
    changed = [new / old for old, new in filters if old != new]
    if not changed or 2 * len(changed) < len(filters) or min(changed) < 1 < max(changed):
        return []
    span = listed(distinct([plain(min(changed)), plain(max(changed))])).replace(" and ", " to ")
    if span in (plain(0.999), plain(1.001)):  # too little for words
        return []
    word = "Wider" if changed[0] > 1 else "Narrower"
    return [
        f"{word}: {span} times the filters in {len(changed):,} of"
        f" {counted(len(filters), 'convolution')}."
    ]


def _widest(sight: Sight) -> list[str]:
    old, new = (
        max((row.volume.c for row in network.of(Conv)), default=0)
        for network in (sight.old, sight.new)
    )
    if old == new or not old or not new:
        return []
    word = "Wider" if new > old else "Narrower"
    return [f"{word}: up to {counted(new, 'filter')} in a convolution instead of {old:,}."]


def connected_width(sight: Sight) -> list[str]:
    """The sizes of the FC layers before the last."""
    old, new = _hidden(sight.old), _hidden(sight.new)
    if old == new or not old or not new:
        return []
    return [f"Hidden FC layers of {_sizes(new)} values instead of {_sizes(old)}."]


def _hidden(network: Network) -> list[int]:
    rows = [row for row in network.classifying if isinstance(row.layer, FullyConnected)]
    return [row.volume.c for row in rows[:-1]]


def _sizes(sizes: list[int]) -> str:
    """At most three, in the order of the layers."""
    shown = distinct(f"{size:,}" for size in sizes)
    return listed(shown) if len(shown) <= 3 else f"{min(sizes):,} to {max(sizes):,}"


def first_layer(sight: Sight) -> list[str]:
    """Window and stride with which the first convolution looks at the input, if the stride is
    another one; windows are told of all."""
    if not sight.old.convolutions or not sight.new.convolutions:
        return []
    old, new = (network.convolutions[0] for network in (sight.old, sight.new))
    if stride(old) == stride(new):
        return []
    return [f"The first convolution is {look(new)} instead of {look(old)}."]


def windows(sight: Sight) -> list[str]:
    """The sizes of convolutions' windows."""
    old, new = (
        distinct(_size(each) for each in sorted(map(window, network.convolutions), reverse=True))
        for network in (sight.old, sight.new)
    )
    if old == new or not old or not new:
        return []
    only = "nothing but " if len(new) == 1 < len(old) else ""
    return [f"Windows: {only}{listed(new)} instead of {listed(old)}."]


def _size(size: tuple[int, int]) -> str:
    return f"{size[0]}x{size[1]}"


def field(sight: Sight) -> list[str]:
    """What the layer that sees furthest without seeing everything sees."""
    old, new = sight.old.report.receptive_field, sight.new.report.receptive_field
    if old == new or old is None or new is None:
        return []
    return [f"The largest receptive field is {counted(new, 'pixel')} instead of {old:,}."]
