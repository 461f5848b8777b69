"""A first FC layer that holds most of the network."""

from __future__ import annotations

from collections.abc import Iterator

from compiler.lint.network import Network
from compiler.lint.rule import Finding, Rule


def check(network: Network) -> Iterator[Finding]:
    if not network.total:
        return
    for number, node in network:
        # Without a layer before it, it is a classifier of pixels: a mean would leave nothing.
        if node.op.name != "FC" or number not in network.later:
            continue
        (before,) = network.sources[number]
        while network[before].op.name == "FLATTEN":
            (before,) = network.sources[before]
        into, own = network[before].shape, network.parameters(number)
        if into.spatial != (1, 1) and 2 * own > network.total:
            less = own - into.values * node.shape.c + into.c * node.shape.c
            yield Finding(
                node.span,
                f"{own:,} of {network.total:,} parameters are in this FC",
                f"{into} flows in",
                f"GAP before it would leave it {less:,}",
                number,
            )


RULE = Rule(
    name="heavy-fc",
    title="a first FC with most of the parameters",
    explanation=(
        "An FC over a whole map has a weight for every place of every channel: in VGG-16, "
        "102,760,448 of 138,357,544. It was found since that these layers can be removed with "
        "no loss of performance; GoogLeNet and ResNet average each map instead, which has no "
        "weights and takes any input size."
    ),
    source='CS231n notes, Convolutional Networks, "Case studies"; Lin et al., 2013, section 3.2',
    example="INPUT(32x32x3) -> CONV(16) -> RELU -> POOL2 -> FC(10)",
    network=check,
)
