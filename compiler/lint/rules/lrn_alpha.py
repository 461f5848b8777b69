"""AlexNet's local response normalisation with the paper's alpha."""

from __future__ import annotations

from collections.abc import Iterator

from compiler.arguments import written
from compiler.lint.network import Network
from compiler.lint.rule import Finding, Rule


def check(network: Network) -> Iterator[Finding]:
    for number, node in network:
        if node.op.name != "LRN":
            continue
        size, alpha, k = (float(getattr(node.op, each)) for each in ("size", "alpha", "k"))
        if alpha == 1e-4 and k == 2 and size > 1:
            yield Finding(
                node.span,
                "LRN divides alpha by size; AlexNet's paper, whose constants these are, does not",
                f"alpha / size is {written(alpha / size)}",
                f"alpha={written(alpha * size)}",
                number,
            )


RULE = Rule(
    name="lrn-alpha",
    title="AlexNet's LRN with the paper's alpha",
    explanation=(
        "PyTorch, Caffe and ONNX divide alpha by the number of channels that are summed, and so "
        "does this language; the paper does not. Its n=5, alpha=1e-4, beta=0.75, k=2 is "
        "`LRN(size=5, alpha=5e-4, beta=0.75, k=2)`. With k=1, as GoogLeNet has it, 1e-4 is "
        "Caffe's and right."
    ),
    source="trap 4 of the language; Krizhevsky et al., 2012, section 3.3",
    example="INPUT(32x32x3) -> CONV(16) -> RELU -> LRN(5, 1e-4, 0.75, 2) -> GAP -> FC(10)",
    network=check,
)
