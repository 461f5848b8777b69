"""Two FC layers that are one."""

from __future__ import annotations

from collections.abc import Iterator

from compiler.lint.network import PASSING, Network
from compiler.lint.rule import Finding, Rule

BETWEEN = (*PASSING, "BN")


def check(network: Network) -> Iterator[Finding]:
    for number, node in network:
        if node.op.name != "FC":
            continue
        (before,) = network.sources[number]
        while network[before].op.name in BETWEEN and len(network.sources[before]) == 1:
            (before,) = network.sources[before]
        if network[before].op.name == "FC":
            yield Finding(
                node.span,
                "two FC layers without an activation between are one",
                f"{network[before].path} flows in as it is",
                "a RELU between; or the second alone",
                number,
            )


RULE = Rule(
    name="linear-stack",
    title="two FC layers without an activation between",
    explanation=(
        "Without a non-linearity the two matrices collapse to a single one: the first layer "
        "adds parameters, and nothing that the second could not do alone. Batch norm and "
        "dropout are no non-linearity at inference. A narrow first layer is a factorisation, "
        "and may be meant."
    ),
    source="CS231n notes, Neural Networks Part 1, \"Quick intro\"",
    example="INPUT(32x32x3) -> CONV(16) -> RELU -> GAP -> FC(64) -> DROPOUT -> FC(10)",
    network=check,
)
