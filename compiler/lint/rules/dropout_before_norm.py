"""Dropout before batch norm."""

from __future__ import annotations

from collections.abc import Iterator

from compiler.lint.network import Network
from compiler.lint.rule import Finding, Rule


def check(network: Network) -> Iterator[Finding]:
    normed: dict[int, int] = {}  # for each layer, the first batch norm behind it
    for number in reversed(network.nodes):
        for consumer in network.consumers[number]:
            behind = consumer if network[consumer].op.name == "BN" else normed.get(consumer)
            if behind is not None:
                normed[number] = behind
                break
    for number, node in network:
        drops = node.op.name in ("DROPOUT", "DROPOUT2D") and getattr(node.op, "p", 0.0) > 0
        if drops and number in normed:
            yield Finding(
                node.span,
                "dropout before a batch norm",
                f"before the BN {network[normed[number]].path}",
                "dropout behind the last batch norm, or none",
                number,
            )


RULE = Rule(
    name="dropout-before-norm",
    title="dropout before batch norm",
    explanation=(
        "In training dropout changes the variance of what it lets through, at inference it "
        "does not. Batch norm behind it divides at inference by the variance that it has seen "
        "in training, which is no longer the right one; through many layers the shift adds up. "
        "Dropout behind the last batch norm has no such effect."
    ),
    source=(
        "Li, Chen, Hu, Yang, Understanding the Disharmony between Dropout and Batch "
        "Normalization by Variance Shift, CVPR 2019"
    ),
    example="INPUT(32x32x3) -> DROPOUT(0.2) -> CONV(16, bias=false) -> BN -> RELU -> GAP -> FC(10)",
    network=check,
)
