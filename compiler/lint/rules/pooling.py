"""A pool that a stride could replace."""

from __future__ import annotations

from collections.abc import Iterator

from compiler.lint.network import Network, pair
from compiler.lint.rule import Finding, Rule


def check(network: Network) -> Iterator[Finding]:
    for number, node in network:
        if node.op.name not in ("POOL", "AVGPOOL") or max(pair(node.op, "stride")) == 1:
            continue
        stride = max(pair(node.op, "stride"))
        yield Finding(
            node.span,
            f"a pool of stride {stride} where a convolution could downsample",
            f"{network.incoming(number)} -> {node.shape}",
            f"CONV({node.shape.c}, 3, stride={stride}) -> RELU",
            number,
        )


RULE = Rule(
    name="pooling",
    title="a pool that a stride could replace",
    explanation=(
        "Convolutions with a larger stride once in a while make a network without pools, which "
        "is found to matter for generative models such as variational autoencoders. It is the "
        "opposite of `strided-convolution`, so it runs only where it is selected."
    ),
    source=(
        'CS231n notes, Convolutional Networks, "Getting rid of pooling"; '
        "Springenberg et al., Striving for Simplicity: The All Convolutional Net, 2014"
    ),
    example="INPUT(32x32x3) -> CONV3-16 -> RELU -> POOL2 -> GAP -> FC(10)",
    network=check,
    usual=False,
)
