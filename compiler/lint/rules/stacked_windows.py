"""A large window that a stack of 3x3 would replace with fewer weights."""

from __future__ import annotations

from collections.abc import Iterator

from compiler.lint.network import Network, pair
from compiler.lint.rule import Finding, Rule
from compiler.lint.rules.windows import is_depthwise, is_large, stack


def is_replaceable(network: Network, number: int) -> bool:
    node = network[number]
    if not is_large(node) or is_depthwise(network, number) or pair(node.op, "stride") != (1, 1):
        return False
    found = stack(network, number)
    return found is not None and found.is_cheaper


def check(network: Network) -> Iterator[Finding]:
    for number, node in network:
        found = stack(network, number) if is_replaceable(network, number) else None
        if found is None:
            continue
        k = pair(node.op, "k")
        yield Finding(
            node.span,
            f"{found.layers} layers of 3x3 see what this {k[0]}x{k[1]} sees, with fewer weights",
            f"{found.single:,} weights; the stack has {found.weights:,}",
            f"[CONV({node.shape.c}, 3) -> RELU]*{found.layers}",
            number,
        )


RULE = Rule(
    name="stacked-windows",
    title="a large window that three 3x3 would replace",
    explanation=(
        "Three layers of 3x3 see 7x7 pixels, with two more non-linearities between, and with "
        "C channels they have 3 * (C * 3 * 3 * C) = 27C² weights, where one layer of 7x7 has "
        "49C². It speaks of convolutions of stride 1, over 5x5, where the numbers of weights "
        "say so too: at the image, with its three channels, they mostly do not."
    ),
    source=(
        "CS231n notes, Convolutional Networks, "
        '"Prefer a stack of small filter CONV to one large receptive field CONV layer"'
    ),
    example="INPUT(64x64x3) -> CONV3-64 -> RELU -> CONV7-64 -> RELU -> GAP -> FC(10)",
    network=check,
)
