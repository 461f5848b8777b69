"""How deep, how wide, how large: rule, old, new, and what it says, or nothing."""

from __future__ import annotations

from compiler.difference.rules import shape
from compiler.difference.rules.sight import Rule
from tests.difference.rules.programs import INCEPTION, PLAIN, RES, SQUEEZED, TWO_HEADS

SAYS: list[tuple[Rule, str, str, str]] = [
    (
        shape.depth,
        PLAIN,
        PLAIN.replace("-> POOL", "-> CONV(4) -> POOL"),
        "Deeper: 5 layers with weights instead of 4 (3 convolutions and 2 FC instead of"
        " 2 convolutions and 2 FC).",
    ),
    (
        shape.depth,
        RES,
        "INPUT(16x16x4) -> CONV(4) -> GAP -> FC(2)",
        "Shallower: 2 layers with weights instead of 3 (1 convolution and 1 FC instead of"
        " 2 convolutions and 1 FC).",
    ),
    (
        shape.depth,
        INCEPTION,
        PLAIN,
        "Deeper: 4 layers with weights on the longest path instead of 2 (2 convolutions and 2 FC"
        " instead of 4 convolutions).",
    ),
    (
        shape.depth,
        "INPUT(16x16x4) -> CONV(4) -> CONV(4) -> GAP",
        INCEPTION,
        "As deep as before, with 4 convolutions instead of 2 convolutions.",
    ),
    (
        shape.resolution,
        PLAIN,
        PLAIN.replace("16x16x4", "32x64x4"),
        "Larger input: 32x64x4 instead of 16x16x4, 8 times the pixels.",
    ),
    (
        shape.resolution,
        PLAIN,
        PLAIN.replace("16x16x4", "8x8x4"),
        "Smaller input: 8x8x4 instead of 16x16x4, 0.25 times the pixels.",
    ),
    (
        shape.resolution,
        PLAIN,
        PLAIN.replace("16x16x4", "16x16x1"),
        "The input has 1 channel instead of 4.",
    ),
    (shape.outputs, PLAIN, PLAIN.replace("c: FC(2)", "c: FC(1000)"), "1,000 outputs instead of 2."),
    (
        shape.outputs,
        TWO_HEADS,
        TWO_HEADS.replace("k: FC(5)", "k: FC(7)"),
        "Output kind: 7 values instead of 5.",
    ),
    (
        shape.outputs,
        TWO_HEADS.replace("k: FC(5)", "k: FC(2)"),
        TWO_HEADS.replace("k: FC(5)", "k: FC(9)").replace("m: FC(2)", "m: FC(9)"),
        "Outputs output and kind: 9 values instead of 2.",
    ),
    (
        shape.width,
        PLAIN,
        PLAIN.replace("CONV(4)", "CONV(12)"),
        "Wider: 3 times the filters in 2 of 2 convolutions.",
    ),
    (
        shape.width,
        PLAIN.replace("a: CONV(4)", "a: CONV(8)"),
        PLAIN.replace("CONV(4)", "CONV(2)"),
        "Narrower: 0.25 to 0.5 times the filters in 2 of 2 convolutions.",
    ),
    (
        shape.width,
        "INPUT(16x16x4) -> CONV(4) -> GAP",
        "INPUT(16x16x4) -> [CONV(4) -> CONV(64, 5)]*3 -> GAP",
        "Wider: up to 64 filters in a convolution instead of 4.",
    ),
    (
        shape.connected_width,
        PLAIN,
        PLAIN.replace("fc: FC(9)", "fc: FC(90) -> FC(30)"),
        "Hidden FC layers of 90 and 30 values instead of 9.",
    ),
    (
        shape.first_layer,
        PLAIN,
        PLAIN.replace("a: CONV(4)", "a: CONV(4, 7, stride=2)"),
        "The first convolution is 7x7 at stride 2 instead of 3x3 at stride 1.",
    ),
    (
        shape.windows,
        PLAIN,
        PLAIN.replace("a: CONV(4)", "a: CONV(4, 1x5)"),
        "Windows: 3x3 and 1x5 instead of 3x3.",
    ),
    (
        shape.windows,
        PLAIN.replace("a: CONV(4)", "a: CONV(4, 7)"),
        PLAIN,
        "Windows: nothing but 3x3 instead of 7x7 and 3x3.",
    ),
    (
        shape.field,
        PLAIN,
        PLAIN.replace("a: CONV(4)", "a: CONV(4, 7)"),
        "The largest receptive field is 10 pixels instead of 6.",
    ),
]
SILENT: list[tuple[Rule, str, str]] = [
    (shape.depth, PLAIN, PLAIN.replace("CONV(4)", "CONV(8)")),
    (shape.resolution, PLAIN, PLAIN.replace("CONV(4)", "CONV(8)")),
    (
        shape.resolution,
        "net A { x = INPUT(8x8x4)\n y = INPUT(8x8x4)\n ADD{ x | y } }",
        "net A { x = INPUT(9x9x4)\n y = INPUT(9x9x4)\n ADD{ x | y } }",
    ),
    (shape.outputs, PLAIN, PLAIN.replace("FC(9)", "FC(8)")),
    (shape.outputs, "INPUT(8x8x4) -> CONV(4)", "INPUT(8x8x4) -> CONV(6)"),
    (shape.width, PLAIN, PLAIN.replace("CONV(4)", "CONV(4, 5)")),
    (
        shape.width,
        PLAIN,
        PLAIN.replace("a: CONV(4)", "a: CONV(8)").replace("b: CONV(4)", "b: CONV(2)"),
    ),
    (shape.connected_width, PLAIN, PLAIN.replace("FC(2)", "FC(8)")),
    (shape.first_layer, PLAIN, PLAIN.replace("b: CONV(4)", "b: CONV(4, 7, stride=2)")),
    (shape.windows, PLAIN, PLAIN.replace("POOL", "POOL3")),
    (shape.field, PLAIN, PLAIN.replace("CONV(4)", "CONV(8)")),
    (shape.width, PLAIN.replace("CONV(4)", "CONV(257)"), PLAIN.replace("CONV(4)", "CONV(256)")),
    (shape.connected_width, PLAIN, SQUEEZED),
    (shape.outputs, TWO_HEADS, TWO_HEADS),
]
