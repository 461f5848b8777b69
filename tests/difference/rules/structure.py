"""Branches and blocks: rule, old, new, and what it says, or nothing."""

from __future__ import annotations

from compiler.difference.rules import structure
from compiler.difference.rules.sight import Rule
from tests.difference.rules.programs import (
    BOTTLENECK,
    DENSE,
    GATED,
    INCEPTION,
    INVERTED,
    PLAIN,
    PROJECTED,
    REDUCED,
    RES,
    SEPARABLE,
    TWO_ADDED,
    TWO_INPUTS,
)

SAYS: list[tuple[Rule, str, str, str]] = [
    (
        structure.residual,
        PLAIN,
        RES,
        "Residual connections: 1 shortcut, around 2 convolutions.",
    ),
    (
        structure.residual,
        PLAIN,
        PROJECTED,
        "Residual connections: 1 shortcut, around 2 convolutions, 1 with a 1x1 projection.",
    ),
    (structure.residual, RES, PLAIN, "No residual connections: 1 shortcut went."),
    (
        structure.parallel,
        PLAIN,
        INCEPTION,
        "Parallel branches: 1 module of 3 side by side (1x1 | 1x1 3x3 | pool 1x1).",
    ),
    (structure.parallel, INCEPTION, PLAIN, "No parallel branches: 1 module went."),
    (
        structure.dense,
        PLAIN,
        DENSE,
        "Dense connections: 3 merges of all that flows in with what is computed of it.",
    ),
    (structure.dense, DENSE, PLAIN, "No dense connections: 3 went."),
    (
        structure.bottlenecks,
        PLAIN,
        BOTTLENECK,
        "Bottlenecks (1x1, 3x3 and a 1x1 that widens): 1 unit.",
    ),
    (structure.bottlenecks, BOTTLENECK, PLAIN, "No bottlenecks: 1 went."),
    (
        structure.reductions,
        PLAIN,
        REDUCED,
        "Reductions (a 1x1 that narrows before a larger window): 1 convolution.",
    ),
    (
        structure.reductions,
        REDUCED,
        PLAIN,
        "No reductions: no 1x1 convolution narrows before a larger window; 1 did.",
    ),
    (
        structure.inverted,
        BOTTLENECK,
        INVERTED,
        "Inverted bottlenecks (a 1x1 that widens, a depthwise convolution and a 1x1 that narrows):"
        " 1 unit.",
    ),
    (structure.inverted, INVERTED, PLAIN, "No inverted bottlenecks: 1 went."),
    (
        structure.separable,
        PLAIN,
        SEPARABLE,
        "Separable: 1 depthwise separable convolution, 5.8 times fewer MACs than as standard ones.",
    ),
    (
        structure.separable,
        PLAIN,
        SEPARABLE.replace("CONV(16, 1)", "CONV(1, 1)"),
        "Separable: 1 depthwise separable convolution, 1.1 times the MACs of standard ones.",
    ),
    (
        structure.bottlenecks,
        PLAIN,
        BOTTLENECK.replace("-> GAP", "-> CONV(2, 1) -> CONV(2, 5) -> CONV(8, 1) -> GAP"),
        "Bottlenecks (1x1, 3x3 or 5x5 and a 1x1 that widens): 2 units.",
    ),
    (
        structure.parallel,
        PLAIN,
        "INPUT(16x16x4) -> CONCAT{ CONV(4, 1) | CONV(4, 3) | RELU } -> GAP",
        "Parallel branches: 1 module of 3 side by side (1x1 | 3x3 | RELU).",
    ),
    (structure.separable, SEPARABLE, PLAIN, "No depthwise separable convolutions: 1 went."),
    (structure.gates, PLAIN, GATED, "Gates on whole channels: 1 product."),
    (structure.gates, GATED, PLAIN, "No gates on channels: 1 went."),
    (
        structure.blocks,
        "INPUT(16x16x4) -> s: [unit(4)]*3 -> GAP",
        "INPUT(16x16x4) -> s: [unit(4)]*5 -> GAP",
        "Added: s.3 to s.4 (2 x unit).",
    ),
    (
        structure.blocks,
        "INPUT(16x16x4) -> [unit(4)]*2 -> x: pair(4) -> GAP",
        "INPUT(16x16x4) -> [unit(4)]*2 -> GAP",
        "Removed: x (pair).",
    ),
    (
        structure.blocks,
        "INPUT(16x16x4) -> a: unit(4) -> b: unit(4, 5) -> c: unit(4, 7) -> GAP",
        "INPUT(16x16x4) -> b: unit(4, 5) -> c: unit(4, 7) -> a: unit(4) -> GAP",
        "Moved: a (unit).",
    ),
    (
        structure.moves,
        "INPUT(16x16x4) -> [CONV(4) -> LRN -> POOL]*2 -> GAP",
        "INPUT(16x16x4) -> [CONV(4) -> POOL -> LRN]*2 -> GAP",
        "Moved: POOL behind CONV instead of LRN, 2 times.",
    ),
    (
        structure.wiring,
        "net A { x = INPUT(16x16x4) -> a: CONV(4)\n y = x -> b: CONV(4)\n ADD{ y | x } -> GAP }",
        "net A { x = INPUT(16x16x4)\n z = x -> a: CONV(4)\n y = z -> b: CONV(4)\n"
        " ADD{ y | x } -> GAP }",
        "Other inputs: 3 reads other layers than before.",
    ),
    (
        structure.names,
        "INPUT(16x16x4) -> a: unit(4) -> GAP",
        "INPUT(16x16x4) -> z: unit(4) -> GAP",
        "Only names: 5 layers have other paths.",
    ),
]
SILENT: list[tuple[Rule, str, str]] = [
    (structure.residual, PLAIN, TWO_ADDED),
    (structure.residual, PLAIN, TWO_INPUTS),
    (structure.residual, RES, PROJECTED),
    (structure.residual, PLAIN, DENSE),
    (structure.parallel, PLAIN, DENSE),
    (structure.parallel, PLAIN, RES),
    (structure.dense, PLAIN, INCEPTION),
    (structure.bottlenecks, PLAIN, REDUCED),
    (structure.bottlenecks, PLAIN, INVERTED),
    (structure.reductions, PLAIN, BOTTLENECK),
    (structure.reductions, PLAIN, INVERTED),
    (structure.inverted, PLAIN, BOTTLENECK),
    (structure.inverted, PLAIN, SEPARABLE),
    (structure.separable, PLAIN, REDUCED),
    (structure.gates, PLAIN, "net A { x = INPUT(8x8x4)\n MUL{ x | x -> CONV(4) } -> GAP }"),
    (structure.blocks, PLAIN, "INPUT(16x16x4) -> [unit(4)]*5 -> GAP"),
    (structure.moves, PLAIN, PLAIN.replace("POOL", "BN -> POOL")),
    (structure.wiring, PLAIN, PLAIN.replace("POOL", "BN -> POOL")),
    (structure.wiring, PLAIN, RES),
    (structure.names, PLAIN, PLAIN.replace("a: CONV(4)", "z: CONV(5)")),
    (structure.names, PLAIN, PLAIN.replace("RELU", "TANH")),
]
