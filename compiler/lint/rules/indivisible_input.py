"""An input that cannot be halved as often as the network halves it."""

from __future__ import annotations

from collections.abc import Iterator
from fractions import Fraction

from compiler.lint.network import Network
from compiler.lint.rule import Finding, Rule


def check(network: Network) -> Iterator[Finding]:
    for number, node in network:
        if node.op.inputs != "none":
            continue
        sizes = zip(("height", "width"), node.shape.spatial, network.halvings[number], strict=True)
        for axis, size, step in sizes:
            if size % step == 0:
                continue
            low = size // step * step
            near = f"{low} or {low + step}" if low else f"{step}"
            yield Finding(
                node.span,
                f"the input's {axis} of {size} is no multiple of {step}",
                f"the network halves its {axis} {_times(step)}",
                f"a {axis} of {near}; or look with `cnnc report` at what is rounded away",
                number,
            )
            break


def _times(step: Fraction) -> str:
    halvings = int(step).bit_length() - 1
    return "once" if halvings == 1 else f"{halvings} times"


RULE = Rule(
    name="indivisible-input",
    title="an input that cannot be halved as often as the network halves it",
    explanation=(
        "Where a volume of odd size is halved, a row or a column is rounded away or made of "
        "padding, and the volumes on the way no longer stand in a simple proportion to the "
        "image. An input that is divisible by 2 many times, such as 32, 64, 96, 224, 384 or "
        "512, saves these headaches."
    ),
    source='CS231n notes, Convolutional Networks, "Layer Sizing Patterns"',
    example="INPUT(30x30x3) -> [CONV(16) -> RELU -> POOL2]*2 -> GAP -> FC(10)",
    network=check,
)
