"""Windows that lie apart, so that values between are never read."""

from __future__ import annotations

from collections.abc import Iterator

from compiler.lint.network import Network, pair
from compiler.lint.rule import Finding, Rule
from compiler.lint.rules.rounded_away import WINDOWED, dilation
from compiler.windows import extent


def check(network: Network) -> Iterator[Finding]:
    for number, node in network:
        if node.op.name not in WINDOWED:
            continue
        k, stride = pair(node.op, "k"), pair(node.op, "stride")
        spans = [extent(size, step) for size, step in zip(k, dilation(node.op), strict=True)]
        if all(span >= step for span, step in zip(spans, stride, strict=True)):
            continue
        into = network.incoming(number)
        read = min(stride[0], k[0]) * min(stride[1], k[1])
        yield Finding(
            node.span,
            f"{stride[0] * stride[1] - read} of {stride[0] * stride[1]} values are never read",
            f"a window of {k[0]}x{k[1]} every {stride[0]}x{stride[1]}, over {into}",
            "put the stride into a layer whose window is as large",
            number,
        )


RULE = Rule(
    name="stride-over-window",
    title="a stride larger than its window",
    explanation=(
        "Windows of size 1 at stride 2 lie apart: three values of four are computed and never "
        "read. ResNet-50 as printed has this in the first 1x1 of a unit, and torchvision's "
        '"v1.5" moved the stride into the 3x3.'
    ),
    source="NVIDIA, ResNet50 v1.5 for PyTorch, 2019; He et al., 2015, section 3.3",
    example="INPUT(32x32x3) -> CONV3-16 -> RELU -> CONV1-32/2 -> RELU -> GAP -> FC(10)",
    network=check,
)
