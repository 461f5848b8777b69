"""A convolution that downsamples where a pool could."""

from __future__ import annotations

from collections.abc import Iterator

from compiler.lint.network import Network, pair
from compiler.lint.rule import Finding, Rule


def check(network: Network) -> Iterator[Finding]:
    for number, node in network:
        if node.op.name != "CONV" or number not in network.later or number not in network.trunk:
            continue
        k, stride = pair(node.op, "k"), pair(node.op, "stride")
        if max(stride) > 1 and min(k) > 1 and k != stride:
            yield Finding(
                node.span,
                f"a convolution of stride {max(stride)} where a pool could downsample",
                f"{network.incoming(number)} -> {node.shape}",
                f"stride 1, and POOL({max(stride)}) behind its activation",
                number,
            )


RULE = Rule(
    name="strided-convolution",
    title="a stride in a convolution that could be a pool",
    explanation=(
        "Stride 1 works better in practice and leaves all downsampling to the pools, so that "
        "convolutions change the channels and pools the size. A larger stride is a compromise "
        "of the first layer, where memory is short. Not meant are branches of a merge, such as "
        "residual units, depthwise convolutions, and windows as large as their stride. The "
        "All-CNN paper argues for the other side; `pooling` is its rule."
    ),
    source='CS231n notes, Convolutional Networks, "Why use stride of 1 in CONV?"',
    example="INPUT(32x32x3) -> CONV3-16 -> RELU -> CONV3-32/2 -> RELU -> GAP -> FC(10)",
    network=check,
)
