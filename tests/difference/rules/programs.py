"""Programs that the rules are tried on."""

from __future__ import annotations

PLAIN = (
    "INPUT(16x16x4) -> a: CONV(4) -> RELU -> b: CONV(4) -> RELU -> POOL -> fc: FC(9) -> c: FC(2)"
)
RES = "INPUT(16x16x4) -> ADD{ CONV(4) -> RELU -> CONV(4) | ID } -> GAP -> FC(2)"
PROJECTED = "INPUT(16x16x4) -> ADD{ CONV(8) -> CONV(8) | CONV(8, 1) } -> GAP -> FC(2)"
INCEPTION = (
    "INPUT(16x16x4) -> CONCAT{ CONV(4, 1) | CONV(2, 1) -> CONV(4, 3)"
    " | POOL(3, 1, pad=1) -> CONV(1, 1) } -> GAP"
)
DENSE = "INPUT(16x16x4) -> [CONCAT{ ID | BN -> RELU -> CONV(4) }]*3 -> GAP"
BOTTLENECK = "INPUT(16x16x8) -> CONV(2, 1) -> RELU -> CONV(2, 3) -> BN -> CONV(8, 1) -> GAP"
REDUCED = "INPUT(16x16x8) -> CONV(2, 1) -> RELU -> CONV(8, 5) -> GAP"
INVERTED = "INPUT(16x16x8) -> CONV(48, 1) -> DWCONV(3) -> CONV(8, 1) -> GAP"
SEPARABLE = "INPUT(16x16x8) -> DWCONV(3) -> BN -> RELU -> CONV(16, 1) -> GAP"
GATED = (
    "net A { x = INPUT(16x16x4) -> CONV(4)\n MUL{ x | x -> GAP -> CONV(4, 1) -> SIGMOID } -> GAP }"
)
OUTPUTS = (
    "net A { x = INPUT(16x16x4) -> a: CONV(4)\n y = x -> b: CONV(4)\n output f = x\n y -> GAP }"
)
TWO_INPUTS = (
    "net A { x = INPUT(16x16x4)\n y = INPUT(16x16x4)\n"
    " ADD{ x -> CONV(4) -> CONV(4) | y -> CONV(4, 1) } -> GAP }"
)
TWO_HEADS = (
    "net A { x = INPUT(16x16x4) -> CONV(4) -> GAP\n output kind = x -> k: FC(5)\n x -> m: FC(2) }"
)
# A gate has a mean and FC layers of its own, which are no head.
MEAN = "INPUT(16x16x4) -> CONV(4) -> GAP -> FC(2)"
SQUEEZED = (
    "net A { x = INPUT(16x16x4) -> CONV(4)\n"
    " MUL{ x | x -> GAP -> FC(2) -> RELU -> FC(4) -> SIGMOID } -> GAP -> FC(2) }"
)
SQUEEZED_ON_A_MAP = SQUEEZED.replace("} -> GAP -> FC(2)", "} -> FC(2)")
TWO_ADDED = "INPUT(16x16x4) -> ADD{ CONV(4) | CONV(4) } -> GAP -> FC(2)"
