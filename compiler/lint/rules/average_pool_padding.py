"""Average pooling with padding, without a word on whether it counts."""

from __future__ import annotations

from collections.abc import Iterator

from compiler.lint.network import Network
from compiler.lint.program import with_argument
from compiler.lint.rule import Edit, Finding, Rule
from compiler.lint.rules.rounded_away import padding


def check(network: Network) -> Iterator[Finding]:
    for number, node in network:
        if node.op.name != "AVGPOOL" or "count_pad" in node.given:
            continue
        around = padding(network, number)
        if not any(around):
            continue
        call = network.program.call(node.span)
        edit = None
        if call is not None and call.name == "AVGPOOL":
            mend = with_argument(call, "count_pad", "true")
            edit = Edit(*mend) if mend is not None else None
        yield Finding(
            node.span,
            "this average counts the zeros of its padding",
            f"padding {max(around)} around {network.incoming(number)}",
            "say which is meant: count_pad=true as PyTorch, false as ONNX's default",
            number,
            edit,
        )


RULE = Rule(
    name="average-pool-padding",
    title="an average pool with padding that does not say whether padding counts",
    explanation=(
        "PyTorch counts the zeros of the padding in the mean, ONNX's default and TensorFlow do "
        "not. At the border the two give different numbers, so a program should say which it "
        "means."
    ),
    source=(
        "trap 2 of the language; PyTorch, AvgPool2d, count_include_pad; ONNX operators, AveragePool"
    ),
    example="INPUT(32x32x3) -> CONV(16) -> RELU -> AVGPOOL(3, stride=1, pad=1) -> GAP -> FC(10)",
    network=check,
    fix="writes `count_pad=true`, which is what it means without",
)
