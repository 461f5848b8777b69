"""Padding that lets a convolution shrink the volume."""

from __future__ import annotations

from collections.abc import Iterator

from compiler.lint.network import Network, pair
from compiler.lint.rule import Finding, Rule


def check(network: Network) -> Iterator[Finding]:
    for number, node in network:
        if node.op.name not in ("CONV", "DWCONV") or pair(node.op, "stride") != (1, 1):
            continue
        into, out = network.incoming(number), node.shape
        is_dense = out.spatial == (1, 1)  # an FC layer, written as a convolution
        if not is_dense and (out.h < into.h or out.w < into.w):
            yield Finding(
                node.span,
                f"the padding lets {into.h}x{into.w} shrink to {out.h}x{out.w}",
                f"{into} -> {out}",
                "pad=half keeps the size; it is the default",
                number,
            )


RULE = Rule(
    name="shrinking-padding",
    title="padding that lets a convolution shrink the volume",
    explanation=(
        "Without (F-1)/2 of padding every convolution loses a border, information there is "
        "washed away, and the number of layers is limited. With it the convolutions keep the "
        "size, and only pools and strides change it."
    ),
    source='CS231n notes, Convolutional Networks, "Why use padding?"',
    example="INPUT(32x32x3) -> CONV(16, 5, pad=0) -> RELU -> GAP -> FC(10)",
    network=check,
)
