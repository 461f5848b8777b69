"""An input whose sizes stand in PyTorch's order."""

from __future__ import annotations

from collections.abc import Iterator

from compiler.lint.network import Network
from compiler.lint.rule import Finding, Rule

IMAGES = (1, 3, 4)  # channels: grey, colour, colour with opacity
SMALLEST = 8


def check(network: Network) -> Iterator[Finding]:
    for number, node in network:
        h, w, c = node.shape.h, node.shape.w, node.shape.c
        # A signal of height 1 with as many channels as it is long would be a strange one.
        is_turned = h in IMAGES and min(w, c) >= SMALLEST and (h > 1 or w == c)
        if node.op.inputs == "none" and is_turned:
            yield Finding(
                node.span,
                f"the input {node.shape} has a height of {h} and {c} channels",
                "height x width x channels",
                f"if that is PyTorch's order, write INPUT({w}x{c}x{h})",
                number,
            )


RULE = Rule(
    name="channels-first-input",
    title="an input whose sizes seem to stand in PyTorch's order",
    explanation=(
        "A volume is written height x width x channels, as in the notes. PyTorch writes "
        "channels first, and 3x32x32 is a program that compiles: an image 3 pixels high with "
        "32 channels."
    ),
    source='CS231n notes, Convolutional Networks, "Architecture Overview"; the language, "Words"',
    example="INPUT(3x32x32) -> CONV(16) -> RELU -> GAP -> FC(10)",
    network=check,
)
