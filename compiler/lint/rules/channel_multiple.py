"""Channels that hardware has to fill up."""

from __future__ import annotations

from collections.abc import Iterator

from compiler.expansion.functions import make_divisible
from compiler.lint.network import Network
from compiler.lint.rule import Finding, Rule

MULTIPLE = 8
SMALLEST = 16  # below, the layer's work is small whatever its channels are


def check(network: Network) -> Iterator[Finding]:
    for number, node in network:
        channels = node.shape.c
        if node.op.name not in ("CONV", "TCONV") or number in network.heads:
            continue
        if channels > SMALLEST and channels % MULTIPLE:
            yield Finding(
                node.span,
                f"{channels} channels are no multiple of {MULTIPLE}",
                f"{node.shape}",
                f"{make_divisible(channels, MULTIPLE)}, which make_divisible({channels}, 8) gives",
                number,
            )


RULE = Rule(
    name="channel-multiple",
    title="a number of channels that is not divisible by 8",
    explanation=(
        "Matrix units and vector registers work on 8 or more channels at once, and fill up what "
        "is left over: 60 channels cost what 64 do. `make_divisible` rounds a computed width as "
        "the MobileNet code does. The last layer, whose channels are the classes, and layers of "
        "16 channels or fewer are not meant."
    ),
    source=(
        'NVIDIA, Convolutional Layers User\'s Guide, "Channels In and Out"; '
        "Sandler et al., MobileNetV2, 2018, code"
    ),
    example="INPUT(32x32x3) -> CONV(50) -> RELU -> GAP -> FC(10)",
    network=check,
)
