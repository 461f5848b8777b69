"""Max pooling over more than 3x3."""

from __future__ import annotations

from collections.abc import Iterator

from compiler.lint.network import Network, pair
from compiler.lint.rule import Finding, Rule

LARGEST = 3


def check(network: Network) -> Iterator[Finding]:
    for number, node in network:
        if node.op.name not in ("POOL", "MINPOOL"):
            continue
        k = pair(node.op, "k")
        if max(k) > LARGEST and k != network.incoming(number).spatial:
            yield Finding(
                node.span,
                f"a pooling window of {k[0]}x{k[1]}",
                f"one value of {k[0] * k[1]} is kept: {network.incoming(number)} -> {node.shape}",
                "POOL2, or POOL3/2",
                number,
            )


RULE = Rule(
    name="large-pool",
    title="a max pool over more than 3x3",
    explanation=(
        "2x2 at stride 2 drops three activations of four; 3x3 at stride 2 is the other common "
        "setting. Larger windows of max pooling are too lossy and aggressive, and usually lead "
        "to worse performance. A window over the whole map is global pooling, and not meant."
    ),
    source='CS231n notes, Convolutional Networks, "Pooling Layer" and "Layer Sizing Patterns"',
    example="INPUT(32x32x3) -> CONV(16) -> RELU -> POOL(4) -> GAP -> FC(10)",
    network=check,
)
