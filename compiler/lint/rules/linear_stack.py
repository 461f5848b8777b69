"""Two FC layers that are one."""

from __future__ import annotations

from collections.abc import Iterator

from compiler.lint.network import PASSING, Network
from compiler.lint.rule import Finding, Rule

BETWEEN = (*PASSING, "BN")


def check(network: Network) -> Iterator[Finding]:
    linear: dict[int, int] = {}  # for what is linear in an FC's values, that FC
    for number, node in network:
        before = linear.get(network.sources[number][0]) if network.sources[number] else None
        if node.op.name == "FC":
            linear[number] = number
        elif before is not None and node.op.name in BETWEEN:
            linear[number] = before
        if node.op.name == "FC" and before is not None:
            yield Finding(
                node.span,
                "two FC layers without an activation between are one",
                f"the FC {network[before].path} flows in",
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
    source='CS231n notes, Neural Networks Part 1, "Quick intro"',
    example="INPUT(32x32x3) -> CONV(16) -> RELU -> GAP -> FC(64) -> DROPOUT -> FC(10)",
    network=check,
)
