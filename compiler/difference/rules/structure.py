"""How layers are put together."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

from compiler.difference.model import Block, Pair
from compiler.difference.network import Branch, Merge, window
from compiler.difference.rules.sight import Sight, counted, distinct, instead, listed, plain, some
from compiler.ops.pooling import AvgPool, MaxPool
from compiler.separable import separable as pairs_of


def residual(sight: Sight) -> list[str]:
    """Sums of what a few layers compute with what flowed into them (He et al., 2015)."""
    old, new = sight.old.shortcuts, sight.new.shortcuts
    if len(old) == len(new):
        return []
    if not new:
        return [f"No residual connections: {counted(len(old), 'shortcut')} went."]
    many = instead(len(new), len(old), "shortcut")
    projections = [merge for merge in new if not any(each.direct for each in merge.branches)]
    with_them = f", {len(projections):,} with a 1x1 projection" if projections else ""
    return [f"Residual connections: {many}, around {_around(new)}{with_them}."]


def _around(merges: Sequence[Merge]) -> str:
    longest = {max(len(each.convolutions) for each in merge.branches) for merge in merges}
    low, high = min(longest), max(longest)
    return counted(high, "convolution") if low == high else f"{low} to {high} convolutions"


def parallel(sight: Sight) -> list[str]:
    """Branches side by side that are joined by their channels (Szegedy et al., 2014)."""
    old, new = sight.old.parallel, sight.new.parallel
    if len(old) == len(new):
        return []
    if not new:
        return [f"No parallel branches: {counted(len(old), 'module')} went."]
    kinds = {" | ".join(map(_shown, merge.branches)) for merge in new}
    shown = f" ({kinds.pop()})" if len(kinds) == 1 else ""
    sizes = sorted({len(merge.branches) for merge in new})
    branches = listed(map(str, sizes))
    modules = instead(len(new), len(old), "module")
    return [f"Parallel branches: {modules} of {branches} side by side{shown}."]


def _shown(branch: Branch) -> str:
    """Convolutions by their windows and pools, in order; else the operators."""
    shown = " ".join(
        "pool" if isinstance(row.layer, MaxPool | AvgPool) else "x".join(map(str, window(row)))
        for row in branch.rows
        if isinstance(row.layer, MaxPool | AvgPool) or row in branch.convolutions
    )
    return shown or " ".join(row.op for row in branch.rows)


def dense(sight: Sight) -> list[str]:
    """Layers behind which all that flowed in is kept (Huang et al., 2016)."""
    old, new = len(sight.old.kept), len(sight.new.kept)
    if old == new:
        return []
    if not new:
        return [f"No dense connections: {old:,} went."]
    many = instead(new, old, "merge", "merges")
    return [f"Dense connections: {many} of all that flows in with what is computed of it."]


def bottlenecks(sight: Sight) -> list[str]:
    """A larger window between two 1x1 ones, of which the second widens (He et al., 2015)."""
    old, new = sight.old.bottlenecks, sight.new.bottlenecks
    if len(old) == len(new):
        return []
    if not new:
        return [f"No bottlenecks: {len(old):,} went."]
    middles = filter(None, map(sight.new.following, new))
    size = " or ".join(distinct("x".join(map(str, window(row))) for row in middles))
    many = instead(len(new), len(old), "unit")
    return [f"Bottlenecks (1x1, {size} and a 1x1 that widens): {many}."]


def reductions(sight: Sight) -> list[str]:
    """1x1 convolutions that narrow before a larger window, for which it costs less (Lin et al.,
    Network In Network, 2013), where no other widens behind it."""
    old, new = (len(each.narrowing) for each in (sight.old, sight.new))
    if old == new:
        return []
    if not new:
        return [f"No reductions: no 1x1 convolution narrows before a larger window; {old:,} did."]
    many = instead(new, old, "convolution")
    return [f"Reductions (a 1x1 that narrows before a larger window): {many}."]


def inverted(sight: Sight) -> list[str]:
    """Wide within and thin at the ends (Sandler et al., 2018)."""
    old, new = len(sight.old.inverted), len(sight.new.inverted)
    if old == new:
        return []
    if not new:
        return [f"No inverted bottlenecks: {old:,} went."]
    unit = "a 1x1 that widens, a depthwise convolution and a 1x1 that narrows"
    return [f"Inverted bottlenecks ({unit}): {instead(new, old, 'unit')}."]


def separable(sight: Sight) -> list[str]:
    """Depthwise and 1x1 convolution in place of a standard one (Howard et al., 2017)."""
    old, new = pairs_of(sight.old.report), pairs_of(sight.new.report)
    if len(old) == len(new):
        return []
    if not new:
        return [f"No depthwise separable convolutions: {len(old):,} went."]
    many = instead(len(new), len(old), "depthwise separable convolution")
    macs, standard = sum(each.macs for each in new), sum(each.standard for each in new)
    if macs < standard:
        return [
            f"Separable: {many}, {plain(standard / macs)} times fewer MACs than as standard ones."
        ]
    # With few filters a pair saves nothing.
    return [f"Separable: {many}, {plain(macs / standard)} times the MACs of standard ones."]


def gates(sight: Sight) -> list[str]:
    """Channels that are weighed by what the whole map holds (Hu et al., 2017)."""
    old, new = len(sight.old.gates), len(sight.new.gates)
    if old == new:
        return []
    if not new:
        return [f"No gates on channels: {old:,} went."]
    return [f"Gates on whole channels: {instead(new, old, 'product')}."]


def blocks(sight: Sight) -> list[str]:
    """Whole blocks that came, went or stand elsewhere."""
    if not sight.is_mostly_kept:
        return []
    said = []
    for status, word in (("added", "Added"), ("removed", "Removed"), ("moved", "Moved")):
        found = [_named(block) for block in sight.blocks if block.status == status]
        said += [f"{word}: {some(found)}."] if found else []
    return said


def _named(block: Block) -> str:
    paths = block.new or block.old
    span = paths[0] if len(paths) == 1 else f"{paths[0]} to {paths[-1]}"
    name = f" ({len(paths)} x {block.name})" if len(paths) > 1 and block.name else ""
    return f"{span}{name or (f' ({block.name})' if block.name else '')}"


def moves(sight: Sight) -> list[str]:
    """Single layers that stand elsewhere, by what they stand behind."""
    inside = {number for block in sight.blocks if block.status == "moved" for number in block.pairs}
    found = Counter(
        _went(sight, pair)
        for number, pair in enumerate(sight.pairs)
        if pair.moved and number not in inside
    )
    said = [f"{text}{f', {times:,} times' if times > 1 else ''}" for text, times in found.items()]
    return [f"Moved: {some(said)}."] if said else []


def _went(sight: Sight, pair: Pair) -> str:
    assert pair.old is not None and pair.new is not None
    old, new = (
        listed(network.rows[network.numbers[source]].op for source in row.sources)
        for network, row in ((sight.old, pair.old), (sight.new, pair.new))
    )
    if old != new and old and new:
        return f"{pair.new.op} behind {new} instead of {old}"
    return pair.new.path if pair.old.path == pair.new.path else f"{pair.old.path} → {pair.new.path}"


def wiring(sight: Sight) -> list[str]:
    """Layers that read other layers than before."""
    found = [
        pair.row.path
        for pair in sight.pairs
        if any(each.name == "inputs" for each in pair.arguments)
    ]
    read = "reads" if len(found) == 1 else "read"
    is_said = found and sight.is_small
    return [f"Other inputs: {some(found)} {read} other layers than before."] if is_said else []


def names(sight: Sight) -> list[str]:
    """Where nothing but names changed."""
    renamed = [pair for pair in sight.pairs if pair.renamed]
    is_all = all(pair.status in ("same", "renamed") for pair in sight.pairs)
    many = counted(len(renamed), "layer has another path", "layers have other paths")
    return [f"Only names: {many}."] if renamed and is_all else []
