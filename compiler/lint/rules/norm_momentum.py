"""A momentum of batch norm that is TensorFlow's."""

from __future__ import annotations

from collections.abc import Iterator

from compiler.arguments import written
from compiler.lint.network import Network
from compiler.lint.rule import Finding, Rule


def check(network: Network) -> Iterator[Finding]:
    for number, node in network:
        momentum = float(getattr(node.op, "momentum", 0.0))
        if node.op.name == "BN" and momentum > 0.5:
            yield Finding(
                node.span,
                f"batch norm with a momentum of {written(momentum)}",
                f"each step replaces {100 * momentum:g} % of the statistics",
                f"TensorFlow's {written(momentum)} is {written(round(1 - momentum, 6))} here",
                number,
            )


RULE = Rule(
    name="norm-momentum",
    title="a momentum of batch norm that seems to be TensorFlow's",
    explanation=(
        "`momentum` is PyTorch's, the share of the new value: 0.1 unless given. TensorFlow's is "
        "the share of the old one, 0.99 unless given, which is 0.01 here. Taken over unchanged, "
        "the statistics are those of the last batch."
    ),
    source="trap 5 of the language; PyTorch, BatchNorm2d; Keras, BatchNormalization",
    example="INPUT(32x32x3) -> CONV(16, bias=false) -> BN(momentum=0.99) -> RELU -> GAP -> FC(10)",
    network=check,
)
