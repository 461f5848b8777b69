"""Random networks without a layer of fixed size."""

from __future__ import annotations

from random import Random

import cnnc


def draw(seed: int) -> tuple[str, int, int]:
    """A chain that compiles, for `net N = INPUT(HxWx3) -> ...`, and the size it is drawn for."""
    random = Random(seed)
    while True:
        height, width = random.choice((16, 20, 24, 27, 32)), random.choice((16, 18, 24, 25, 32))
        chain = " -> ".join(_layer(random) for _ in range(random.randint(2, 5)))
        chain += random.choice(("", "", " -> GAP -> FC(3)", " -> ADAPTIVE_AVGPOOL(3) -> FC(2)"))
        if compiled(chain, height, width) is not None:
            return chain, height, width


def compiled(chain: str, height: int, width: int) -> cnnc.Net | None:
    try:
        return cnnc.loads(f"net N = INPUT({height}x{width}x3) -> {chain}")
    except cnnc.CnnError:
        return None


def _layer(random: Random) -> str:
    pick = random.choice
    window = f"{pick((2, 3))}, stride={pick((1, 2, 3))}"
    layers = (
        f"CONV(4, {pick((1, 3, 5, 7))}, stride={pick((1, 1, 2, 3))}) -> RELU",
        f"CONV(4, {pick((2, 3, 4))}, stride={pick((1, 2, 4))}, pad={pick((0, 1, 'same'))})",
        f"CONV(4, 3, stride=(1, 2), dilation={pick((1, 2))}, round={pick(('floor', 'strict'))})",
        f"DWCONV(3, stride={pick((1, 2))}, pad={pick(('half', 0, 'same'))}) -> BN",
        f"POOL({window}, pad={pick((0, 1))}, round={pick(('floor', 'ceil'))})",
        f"AVGPOOL({window}, pad={pick((0, 'same'))}, round={pick(('floor', 'strict'))})",
        f"TCONV(4, {pick((2, 3, 4))}, 2, {pick((0, 1))})",
        f"UPSAMPLE({pick((2, 3))}, {pick(('nearest', 'bilinear'))})",
        "CONV(8, 1) -> PIXEL_SHUFFLE(2)",
        f"PAD({pick((1, 2))}, {pick(('zeros', 'reflect', 'replicate'))}) -> LAYERNORM",
        f"CROP({pick(('1', '(0, 3)', '(1, 0, 2, 0)'))})",
        "MUL{ ID | GAP -> CONV(in.C, 1) -> SIGMOID }",
        f"CONCAT{{ ID | POOL({pick((2, 4))}) -> CONV(4) -> TCONV(4, 2) }}",
        "CONCAT{ ID | POOL -> CONV(4) -> CONCAT{ ID | POOL -> UPSAMPLE(2) } -> TCONV(4, 2) }",
        "ADD{ CONV(4, 3, stride=2) | CONV(4, 1, stride=2) }",
        "CONCAT{ CONV(4, 3, pad=0) -> UPSAMPLE(2) | CROP(1) -> TCONV(4) }",
        "CONCAT{ POOL(3, stride=2, round=ceil) | CONV(4, 3, stride=2, pad=0) }",
    )
    return pick(layers)
