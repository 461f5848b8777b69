"""A chance to drop that seems to be one to keep."""

from __future__ import annotations

from collections.abc import Iterator

from compiler.arguments import written
from compiler.lint.network import Network
from compiler.lint.rule import Finding, Rule

LARGEST = 0.7


def check(network: Network) -> Iterator[Finding]:
    for number, node in network:
        p = float(getattr(node.op, "p", 0.0))
        if node.op.name in ("DROPOUT", "DROPOUT2D", "DROP_PATH") and p > LARGEST:
            yield Finding(
                node.span,
                f"{written(100 * p)} % of the values are dropped",
                "p is the chance to drop",
                f"if {written(p)} is to be kept, write {node.op.name}({written(round(1 - p, 6))})",
                number,
            )


RULE = Rule(
    name="dropout-rate",
    title="dropout that drops more than 70 %",
    explanation=(
        "`p` is the chance to drop, as in PyTorch. The paper's p and TensorFlow's first "
        "`keep_prob` are the chance to keep: an input layer that keeps 0.8 is `DROPOUT(0.2)`."
    ),
    source="trap 11 of the language; Srivastava et al., Dropout, 2014, section 4",
    example="INPUT(32x32x3) -> DROPOUT(0.8) -> CONV(16) -> RELU -> GAP -> FC(10)",
    network=check,
)
