"""Arguments, cost and outputs: rule, old, new, and what it says, or nothing."""

from __future__ import annotations

from compiler.difference.rules import arguments, cost, returned
from compiler.difference.rules.sight import Rule
from tests.difference.rules.programs import DENSE, OUTPUTS, PLAIN

SAYS: list[tuple[Rule, str, str, str]] = [
    (
        returned.returned,
        OUTPUTS,
        OUTPUTS.replace("output f", "output g"),
        "New output: g (a).",
    ),
    (
        returned.returned,
        OUTPUTS,
        OUTPUTS.replace("output f = x", ""),
        "Output no more: f (a).",
    ),
    (
        returned.returned,
        OUTPUTS,
        OUTPUTS.replace("output f = x", "output f = y"),
        "Output f is that of b instead of a.",
    ),
    (
        arguments.arguments,
        PLAIN,
        PLAIN.replace("a: CONV(4)", "a: CONV(4, 5, bias=false)"),
        "a: k 3 → 5 and bias true → false.",
    ),
    (
        arguments.arguments,
        "INPUT(16x16x4) -> [CONV(4) -> BN]*5 -> GAP",
        "INPUT(16x16x4) -> [CONV(6, bias=false) -> BN(eps=0.001)]*5 -> GAP",
        "Changed arguments: bias of 5 CONV and eps of 5 BN.",
    ),
    (
        cost.cost,
        "INPUT(16x16x4) -> GAP -> FC(2)",
        "INPUT(16x16x4) -> GAP -> FC(20)",
        "10 times the parameters and 10 times the MACs.",
    ),
    (
        cost.cost,
        "INPUT(16x16x4) -> FC(2)",
        "INPUT(16x16x4) -> CONV(40) -> GAP -> FC(2)",
        "23.8 % fewer parameters with 180 times the MACs.",
    ),
    (
        cost.cost,
        "INPUT(16x16x4) -> POOL -> CONV(4) -> GAP -> FC(2)",
        "INPUT(16x16x4) -> POOL -> CONV(4) -> GAP -> FC(2, bias=false)",
        "1.3 % fewer parameters and as many MACs.",
    ),
]
SILENT: list[tuple[Rule, str, str]] = [
    (returned.returned, PLAIN, PLAIN + " -> SOFTMAX"),
    (returned.returned, PLAIN, OUTPUTS.replace("output f = x", "")),
    (arguments.arguments, PLAIN, PLAIN.replace("POOL", "BN -> POOL")),
    (arguments.arguments, PLAIN, DENSE),
]
