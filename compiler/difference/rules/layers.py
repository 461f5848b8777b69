"""Which kinds of layers came and went."""

from __future__ import annotations

from collections import Counter

from compiler.difference.network import Network, is_depthwise, look, stride, window
from compiler.difference.rules.sight import Sight, counted, distinct, instead, listed
from compiler.op import Op
from compiler.ops.activation import Activation, LogSoftmax, Softmax
from compiler.ops.convolution import Conv, DepthwiseConv
from compiler.ops.linear import FullyConnected
from compiler.ops.normalisation import BatchNorm, LocalResponseNorm
from compiler.ops.pooling import AvgPool, MaxPool
from compiler.ops.regularisation import Dropout, Dropout2d
from compiler.report import Row


def activation(sight: Sight) -> list[str]:
    """Non-linearities by name; those that turn scores into chances are none."""
    old, new = _activations(sight.old), _activations(sight.new)
    gained = [name for name in new if name not in old]
    lost = [name for name in old if name not in new]
    if gained and lost:
        return [f"{listed(gained)} instead of {listed(lost)}."]
    if gained:
        return [f"{listed(f'{new[name]:,} {name}' for name in gained)}, of which there was none."]
    return [f"No {listed(lost)}."] if lost else []


def _activations(network: Network) -> Counter[str]:
    rows = network.of(Activation)
    return Counter(row.op for row in rows if not isinstance(row.layer, Softmax | LogSoftmax))


def pooling(sight: Sight) -> list[str]:
    """Max or average, and windows that overlap (Krizhevsky et al., 2012, section 3.4)."""
    old, new = sight.old.pools, sight.new.pools
    if not old or not new:
        return []
    said = []
    before, after = _kind(old), _kind(new)
    if before and after and before != after:
        said.append(f"{after.capitalize()} instead of {before}.")
    overlap = [row for row in new if _overlaps(row)]
    if not any(map(_overlaps, old)) and 2 * len(overlap) > len(new):
        shown = listed(distinct(map(look, overlap)))
        said.append(f"Overlapping pooling: {counted(len(overlap), 'pool')} of {shown}.")
    if not overlap and 2 * sum(map(_overlaps, old)) > len(old):
        said.append(f"The pools no longer overlap: {listed(distinct(map(look, new)))}.")
    return said


def _kind(rows: list[Row]) -> str:
    """The kind of all the pools that shrink a volume, or nothing where they differ."""
    kinds = {type(row.layer) for row in rows if stride(row) != (1, 1)}
    if kinds == {MaxPool}:
        return "max pooling"
    return "average pooling" if kinds == {AvgPool} else ""


def _overlaps(row: Row) -> bool:
    steps = zip(window(row), stride(row), strict=True)
    return stride(row) != (1, 1) and any(size > step for size, step in steps)


def strided(sight: Sight) -> list[str]:
    """Convolutions that shrink volumes where pools did, or the other way round."""
    old, new = _shrinking(sight.old), _shrinking(sight.new)
    steps = "convolution with a stride", "convolutions with a stride"
    if new[0] < old[0] and new[1] > old[1]:
        pools = instead(new[0], old[0], "pool")
        return [f"Strided convolutions for pools: {instead(new[1], old[1], *steps)}, {pools}."]
    if new[0] > old[0] and new[1] < old[1]:
        pools = instead(new[0], old[0], "pool")
        return [f"Pools for strided convolutions: {pools}, {instead(new[1], old[1], *steps)}."]
    return []


def _shrinking(network: Network) -> tuple[int, int]:
    pools, convolutions = (
        sum(stride(row) != (1, 1) for row in rows)
        for rows in (network.pools, network.of(Conv, DepthwiseConv))
    )
    return pools, convolutions


def batch_norm(sight: Sight) -> list[str]:
    return _came_or_went(sight, BatchNorm, "Batch norm", "batch norm")


def local_response_norm(sight: Sight) -> list[str]:
    return _came_or_went(sight, LocalResponseNorm, "Local response normalisation", "LRN")


def _came_or_went(sight: Sight, op: type[Op], title: str, name: str) -> list[str]:
    old, new = len(sight.old.of(op)), len(sight.new.of(op))
    if new and not old:
        return [f"{title}: {counted(new, 'layer')}."]
    return [f"No {name}: {counted(old, 'layer')} went."] if old and not new else []


def dropout(sight: Sight) -> list[str]:
    old, new = (network.of(Dropout, Dropout2d) for network in (sight.old, sight.new))
    before, after = _chances(old), _chances(new)
    if (len(old), before) == (len(new), after):
        return []
    if not new:
        return [f"No dropout: {counted(len(old), 'layer')} went."]
    instead_of = f" instead of {len(old):,} ({before})" if old else ""
    return [f"Dropout: {counted(len(new), 'layer')} ({after}){instead_of}."]


def _chances(rows: list[Row]) -> str:
    chances = {row.layer.p for row in rows if isinstance(row.layer, Dropout | Dropout2d)}
    return listed(f"{chance:g}" for chance in sorted(chances))


def grouped(sight: Sight) -> list[str]:
    """Convolutions that are split into groups; depthwise ones are another thing."""
    old, new = _grouped(sight.old), _grouped(sight.new)
    if len(old) == len(new):
        return []
    if not new:
        return [f"No grouped convolutions: {counted(len(old), 'was', 'were')} split."]
    groups = sorted({row.layer.groups for row in new if isinstance(row.layer, Conv)})
    shown = listed(f"{each:,}" for each in groups)
    many = instead(len(new), len(old), "convolution")
    return [f"Grouped convolution: {many} split into {shown} groups."]


def _grouped(network: Network) -> list[Row]:
    return [
        row
        for row in network.of(Conv)
        if isinstance(row.layer, Conv) and row.layer.groups > 1 and not is_depthwise(row)
    ]


def dilated(sight: Sight) -> list[str]:
    old, new = (
        sum(
            isinstance(row.layer, Conv | DepthwiseConv) and row.layer.dilation != (1, 1)
            for row in network.rows
        )
        for network in (sight.old, sight.new)
    )
    if old == new:
        return []
    return [f"Dilation: {instead(new, old, 'dilated convolution')}."]


def head(sight: Sight) -> list[str]:
    """FC layers on a map, whose weights are as many as its values, or a mean of each channel."""
    (old, old_mean), (new, new_mean) = _head(sight.old), _head(sight.new)
    before, after = _on_maps(sight.old, old), _on_maps(sight.new, new)
    held = f"FC layers hold {_held(new):,} parameters instead of {_held(old):,}"
    read = counted(len(old), "FC layer")
    if before and not after and new_mean and not old_mean:
        left = counted(len(new), "FC layer") if new else "no FC layer"
        return [f"Head: a global average pool and {left} instead of {read} on a map; {held}."]
    if after and not before and old_mean and not new_mean:
        many = counted(len(new), "FC layer")
        return [f"Head: {many} on a map instead of a global average pool; {held}."]
    if old and not new:
        return [f"No FC layer, where {read} held {_held(old):,} parameters."]
    return []


def _head(network: Network) -> tuple[list[Row], bool]:
    """The FC layers, and whether there is a global mean; those of gates are none of a head."""
    connected = [row for row in network.classifying if isinstance(row.layer, FullyConnected)]
    return connected, len(connected) < len(network.classifying)


def _on_maps(network: Network, connected: list[Row]) -> bool:
    """Whether an FC layer reads more than one place, at once or flattened."""
    for row in connected:
        number = network.inputs[network.numbers[row.path]][0]
        while network.rows[number].layer.in_place and network.inputs[number]:
            number = network.inputs[number][0]
        if network.rows[number].volume.spatial != (1, 1):
            return True
    return False


def _held(connected: list[Row]) -> int:
    return sum(row.parameters for row in connected)
