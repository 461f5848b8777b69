"""Windows that have no centre."""

from __future__ import annotations

from collections.abc import Iterator

from compiler.lint.network import Network, pair
from compiler.lint.rule import Finding, Rule


def check(network: Network) -> Iterator[Finding]:
    for number, node in network:
        if node.op.name not in ("CONV", "DWCONV"):
            continue
        k, stride = pair(node.op, "k"), pair(node.op, "stride")
        if k != stride and any(size % 2 == 0 for size in k):
            yield Finding(
                node.span,
                f"the window of {k[0]}x{k[1]} has no centre",
                "no padding keeps the size and is alike on both sides",
                f"{k[0] | 1}x{k[1] | 1}",
                number,
            )


RULE = Rule(
    name="even-window",
    title="a convolution whose window is even",
    explanation=(
        "A window of odd size F has a centre, and the padding (F-1)/2 keeps the size. An even "
        "one needs more padding on one side than on the other, which shifts the map by half a "
        "pixel in every layer. Windows that lie side by side without overlap (as large as "
        "their stride) are not meant."
    ),
    source='CS231n notes, Convolutional Networks, "Use of zero-padding"',
    example="INPUT(32x32x3) -> CONV(16, 4, pad=same) -> RELU -> GAP -> FC(10)",
    network=check,
)
