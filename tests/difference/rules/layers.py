"""Kinds of layers and their arguments: rule, old, new, and what it says, or nothing."""

from __future__ import annotations

from compiler.difference.rules import layers
from compiler.difference.rules.sight import Rule
from tests.difference.rules.programs import DENSE, MEAN, PLAIN, RES, SQUEEZED, SQUEEZED_ON_A_MAP

SAYS: list[tuple[Rule, str, str, str]] = [
    (
        layers.activation,
        PLAIN.replace("RELU", "TANH"),
        PLAIN,
        "RELU instead of TANH.",
    ),
    (
        layers.activation,
        PLAIN.replace(" -> RELU", ""),
        PLAIN,
        "2 RELU, of which there was none.",
    ),
    (layers.activation, PLAIN, PLAIN.replace(" -> RELU", ""), "No RELU."),
    (
        layers.pooling,
        PLAIN,
        PLAIN.replace("POOL", "AVGPOOL"),
        "Average pooling instead of max pooling.",
    ),
    (
        layers.pooling,
        PLAIN,
        PLAIN.replace("POOL", "POOL(3, stride=2)"),
        "Overlapping pooling: 1 pool of 3x3 at stride 2.",
    ),
    (
        layers.pooling,
        PLAIN.replace("POOL", "POOL(3, stride=2)"),
        PLAIN,
        "The pools no longer overlap: 2x2 at stride 2.",
    ),
    (
        layers.strided,
        PLAIN,
        PLAIN.replace("POOL", "CONV(4, stride=2)"),
        "Strided convolutions for pools: 1 convolution with a stride, no pools instead of 1.",
    ),
    (
        layers.strided,
        PLAIN.replace("POOL", "CONV(4, stride=2)"),
        PLAIN,
        "Pools for strided convolutions: 1 pool, no convolutions with a stride instead of 1.",
    ),
    (layers.batch_norm, PLAIN, PLAIN.replace("RELU", "BN -> RELU"), "Batch norm: 2 layers."),
    (
        layers.batch_norm,
        PLAIN.replace("RELU", "BN -> RELU"),
        PLAIN,
        "No batch norm: 2 layers went.",
    ),
    (
        layers.local_response_norm,
        PLAIN,
        PLAIN.replace("POOL", "LRN -> POOL"),
        "Local response normalisation: 1 layer.",
    ),
    (
        layers.local_response_norm,
        PLAIN.replace("POOL", "LRN -> POOL"),
        PLAIN,
        "No LRN: 1 layer went.",
    ),
    (
        layers.dropout,
        PLAIN,
        PLAIN.replace("-> c", "-> DROPOUT -> DROPOUT(0.2) -> c"),
        "Dropout: 2 layers (0.2 and 0.5).",
    ),
    (
        layers.dropout,
        PLAIN.replace("-> c", "-> DROPOUT -> c"),
        PLAIN.replace("-> c", "-> DROPOUT(0.2) -> c"),
        "Dropout: 1 layer (0.2) instead of 1 (0.5).",
    ),
    (
        layers.dropout,
        PLAIN.replace("-> c", "-> DROPOUT -> c"),
        PLAIN,
        "No dropout: 1 layer went.",
    ),
    (
        layers.grouped,
        PLAIN,
        PLAIN.replace("b: CONV(4)", "b: CONV(4, groups=2)"),
        "Grouped convolution: 1 convolution split into 2 groups.",
    ),
    (
        layers.grouped,
        PLAIN.replace("b: CONV(4)", "b: CONV(4, groups=2)"),
        PLAIN,
        "No grouped convolutions: 1 was split.",
    ),
    (
        layers.dilated,
        PLAIN,
        PLAIN.replace("b: CONV(4)", "b: CONV(4, dilation=2)"),
        "Dilation: 1 dilated convolution.",
    ),
    (
        layers.head,
        PLAIN,
        "INPUT(16x16x4) -> a: CONV(4) -> GAP -> c: FC(2)",
        "Head: a global average pool and 1 FC layer instead of 2 FC layers on a map; FC layers hold"
        " 10 parameters instead of 2,333.",
    ),
    (
        layers.head,
        "INPUT(16x16x4) -> a: CONV(4) -> FLATTEN -> DROPOUT -> c: FC(2)",
        "INPUT(16x16x4) -> a: CONV(4) -> CONV(2, 1) -> GAP",
        "Head: a global average pool and no FC layer instead of 1 FC layer on a map; FC layers hold"
        " 0 parameters instead of 2,050.",
    ),
    (
        layers.head,
        SQUEEZED_ON_A_MAP,
        SQUEEZED,
        "Head: a global average pool and 1 FC layer instead of 1 FC layer on a map; FC layers hold"
        " 10 parameters instead of 2,050.",
    ),
    (
        layers.head,
        "INPUT(16x16x4) -> GAP -> FC(2)",
        "INPUT(16x16x4) -> FC(2)",
        "Head: 1 FC layer on a map instead of a global average pool; FC layers hold 2,050"
        " parameters instead of 10.",
    ),
    (
        layers.head,
        "INPUT(16x16x4) -> GAP -> FC(2)",
        "INPUT(16x16x4) -> CONV(2, 1) -> GAP",
        "No FC layer, where 1 FC layer held 10 parameters.",
    ),
    (
        layers.pooling,
        PLAIN,
        PLAIN.replace("POOL", "POOL(3, stride=1x2)"),
        "Overlapping pooling: 1 pool of 3x3 at stride 1x2.",
    ),
    (
        layers.strided,
        "INPUT(16x16x4) -> POOL -> DWCONV(3, stride=2)",
        "INPUT(16x16x4) -> CONV(4, stride=2) -> DWCONV(3, stride=2)",
        "Strided convolutions for pools: 2 convolutions with a stride instead of 1,"
        " no pools instead of 1.",
    ),
    (
        layers.dilated,
        "INPUT(16x16x4) -> CONV(4, dilation=2) -> DWCONV(3, dilation=2)",
        "INPUT(16x16x4) -> CONV(4) -> DWCONV(3, dilation=2)",
        "Dilation: 1 dilated convolution instead of 2.",
    ),
]
SILENT: list[tuple[Rule, str, str]] = [
    (layers.activation, PLAIN, PLAIN + " -> SOFTMAX"),
    (layers.pooling, PLAIN, PLAIN.replace("POOL", "POOL(3, stride=3)")),
    (layers.pooling, PLAIN, RES),
    (layers.strided, PLAIN, PLAIN.replace("b: CONV(4)", "b: CONV(4, stride=2)")),
    (layers.batch_norm, DENSE, DENSE.replace("*3", "*5")),
    (layers.local_response_norm, PLAIN, PLAIN.replace("RELU", "BN")),
    (layers.dropout, PLAIN, PLAIN.replace("RELU", "BN")),
    (layers.grouped, PLAIN, PLAIN.replace("b: CONV(4)", "b: CONV(4, groups=4)")),
    (layers.dilated, PLAIN, PLAIN.replace("b: CONV(4)", "b: CONV(4, 5)")),
    (layers.head, PLAIN, PLAIN.replace("FC(9)", "FC(90)")),
    (layers.head, PLAIN, PLAIN.replace("POOL ->", "POOL -> BN ->")),
    (layers.head, MEAN, SQUEEZED),
    (layers.head, SQUEEZED, MEAN),
]
