"""Windows over 5x5 beyond the first layer."""

from __future__ import annotations

from collections.abc import Iterator

from compiler.lint.network import Network, pair
from compiler.lint.rule import Finding, Rule
from compiler.lint.rules.stacked_windows import is_replaceable
from compiler.lint.rules.windows import LARGEST, is_depthwise, is_large


def check(network: Network) -> Iterator[Finding]:
    for number, node in network:
        if not is_large(node) or number not in network.later or is_depthwise(network, number):
            continue
        if not is_replaceable(network, number):
            k = pair(node.op, "k")
            yield Finding(
                node.span,
                f"a window of {k[0]}x{k[1]} beyond the first layer with weights",
                f"{network.incoming(number)} flows in",
                f"3x3, or {LARGEST}x{LARGEST} at most",
                number,
            )


RULE = Rule(
    name="large-window",
    title="a window over 5x5 beyond the first layer",
    explanation=(
        "Convolutions should be small, 3x3 or at most 5x5. Larger ones are common only in the "
        "very first layer, where the image has few channels. Depthwise convolutions, whose "
        "weights do not grow with the channels, may be larger. Where a stack of 3x3 would do "
        "the same with fewer weights, `stacked-windows` speaks instead."
    ),
    source='CS231n notes, Convolutional Networks, "Layer Sizing Patterns"',
    example="INPUT(64x64x3) -> CONV3-32 -> RELU -> CONV7-64/2 -> RELU -> GAP -> FC(10)",
    network=check,
)
