"""Sizes that are not whole, and what is rounded away."""

from __future__ import annotations

from collections.abc import Iterator

from compiler.arguments import Sides
from compiler.lint.network import Network, pair
from compiler.lint.rule import Finding, Rule
from compiler.op import Op
from compiler.ops.convolution import Conv, DepthwiseConv
from compiler.ops.pooling import AvgPool, MaxPool
from compiler.volume import Volume
from compiler.windows import extent

WINDOWED = ("CONV", "DWCONV", "POOL", "MINPOOL", "AVGPOOL")
AXES = ("row", "column")


def padding(network: Network, number: int) -> Sides:
    """The padding of a layer with a window, as (top, bottom, left, right)."""
    op = network[number].op
    assert isinstance(op, Conv | DepthwiseConv | MaxPool | AvgPool), op
    return op.sides(network.incoming(number))


def dilation(op: Op) -> tuple[int, int]:
    """1x1 where the operator has none."""
    return pair(op, "dilation") if hasattr(op, "dilation") else (1, 1)


def lost(network: Network, number: int) -> tuple[int, int]:
    """Rows and columns at the far end that no window reaches; padding does not count."""
    node, into = network[number], network.incoming(number)
    around = padding(network, number)
    found = []
    for axis in (0, 1):
        stride = pair(node.op, "stride")[axis]
        span = extent(pair(node.op, "k")[axis], dilation(node.op)[axis])
        end = (node.shape.spatial[axis] - 1) * stride + span - around[2 * axis]
        found.append(0 if span < stride else max(0, into.spatial[axis] - end))
    return found[0], found[1]


def _told(gone: tuple[int, int], into: Volume) -> str:
    if gone[0] == gone[1] and into.h == into.w:
        return f"{gone[0]} of {into.h} rows and columns never reach"
    parts = [
        f"{some} of {size} {axis}s"
        for some, size, axis in zip(gone, into.spatial, AXES, strict=True)
        if some
    ]
    is_one = len(parts) == 1 and max(gone) == 1
    return f"{' and '.join(parts)} never {'reaches' if is_one else 'reach'}"


def check(network: Network) -> Iterator[Finding]:
    for number, node in network:
        if node.op.name not in WINDOWED:
            continue
        into, gone = network.incoming(number), lost(network, number)
        if not any(gone):
            continue
        fits = "x".join(str(size - some) for size, some in zip(into.spatial, gone, strict=True))
        other = "round=ceil, " if hasattr(node.op, "round") else ""
        yield Finding(
            node.span,
            f"{_told(gone, into)} the output",
            f"{into} -> {node.shape}",
            f"{fits} would fit; or {other}or padding",
            number,
        )


RULE = Rule(
    name="rounded-away",
    title="a size that is not whole, rounded down",
    explanation=(
        "Where (W - F + 2P)/S + 1 is not whole, the windows do not fit symmetrically, and the "
        "last rows and columns are in none of them. AlexNet's 11x11 at stride 4 does not fit "
        "224 (54.25), nor does a 2x2 pool a map of 7x7. `round=strict` makes it an error, "
        "`round=ceil` lets the last window hang over. Padding that no window reaches is no loss."
    ),
    source=(
        'CS231n notes, Convolutional Networks, "Constraints on strides"; traps 1 and 6 of the '
        "language"
    ),
    example="INPUT(15x15x3) -> CONV(16) -> RELU -> POOL2 -> GAP -> FC(10)",
    network=check,
)
