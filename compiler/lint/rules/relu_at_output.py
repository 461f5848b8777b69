"""A rectifier behind the last layer with weights."""

from __future__ import annotations

from collections.abc import Iterator

from compiler.lint.network import PASSING, RECTIFIERS, Network, pair
from compiler.lint.rule import Finding, Rule


def check(network: Network) -> Iterator[Finding]:
    for output in network.graph.outputs:
        number, rectifier, is_pooled = output.node, None, False
        while len(network.sources[number]) == 1:
            name = network[number].op.name
            if name in RECTIFIERS:
                rectifier = number
            elif name in ("GAP", "AVGPOOL", "ADAPTIVE_AVGPOOL"):
                is_pooled = True
            elif name not in PASSING:
                break
            (number,) = network.sources[number]
        last = network[number].op
        is_score = last.name == "FC" or (
            last.name == "CONV" and pair(last, "k") == (1, 1) and is_pooled
        )
        if rectifier is not None and is_score and network[output.node].shape.spatial == (1, 1):
            node = network[rectifier]
            yield Finding(
                node.span,
                f"{node.op.name} behind the last layer with weights",
                f"the scores of {node.shape.c:,} classes, none below 0",
                f"leave the {node.op.name} out",
                rectifier,
            )


RULE = Rule(
    name="relu-at-output",
    title="a ReLU behind the last FC",
    explanation=(
        "The last layer gives scores, which are any real numbers; most commonly it has no "
        "activation. A ReLU makes all scores below 0 alike and stops their gradients. A last "
        "convolution of 1x1 whose maps are averaged counts as an FC."
    ),
    source='CS231n notes, Neural Networks Part 1, "Naming conventions", output layer',
    example="INPUT(32x32x3) -> CONV(16) -> RELU -> GAP -> FC(10) -> RELU",
    network=check,
)
