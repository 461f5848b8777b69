"""Random networks of many branches, as programs."""

from __future__ import annotations

from hypothesis import strategies as st

SIZES = (2, 3, 5)
KINDS = ("conv", "pool", "relu", "drop", "concat", "add", "mul", "view", "slice", "same", "moved")


@st.composite
def programs(draw: st.DrawFn) -> str:
    """Values of 4x4 that are read by several layers, merged, reshaped, pooled and returned."""
    channels = [draw(st.sampled_from(SIZES))]
    lines = [f"x0 = INPUT(4x4x{channels[0]})"]
    for number in range(1, draw(st.integers(1, 14))):
        kind = draw(st.sampled_from(KINDS))
        source = draw(st.integers(0, number - 1))
        c = channels[source]
        others = [each for each in range(number) if channels[each] == c]
        if kind == "conv":
            c = draw(st.sampled_from(SIZES))
            text = f"x{source} -> CONV({c}, 3)"
        elif kind == "concat":
            several = draw(st.lists(st.integers(0, number - 1), min_size=2, max_size=4))
            c = sum(channels[each] for each in several)
            text = f"CONCAT{{ {' | '.join(f'x{each}' for each in several)} }}"
        elif kind in ("add", "mul"):
            several = draw(st.lists(st.sampled_from(others), min_size=2, max_size=3))
            text = f"{kind.upper()}{{ {' | '.join(f'x{each}' for each in several)} }}"
        elif kind == "view":
            text = f"x{source} -> RESHAPE(2x8x{c}) -> RESHAPE(4x4x{c})"
        elif kind == "slice":
            first = draw(st.integers(0, c - 1))
            text = f"x{source} -> SLICE({first}, {c})"
            c -= first
        elif kind == "same":
            word = draw(st.sampled_from(("SHUFFLE(1)", "PAD(0)", "CROP(0)", "DROP_PATH(0.5)")))
            text = f"x{source} -> {word}"
        elif kind == "moved":
            words = ("SCALE", "LAYERNORM", f"SHUFFLE({c})", "PAD(1) -> CROP((2, 0, 1, 1))")
            text = f"x{source} -> {draw(st.sampled_from(words))}"
        else:
            word = {"pool": "POOL(3, stride=1, pad=1)", "relu": "RELU", "drop": "DROPOUT"}[kind]
            text = f"x{source} -> {word}"
        channels.append(c)
        lines.append(f"x{number} = {text}")
    end = draw(st.integers(0, len(channels) - 1))
    lines.append(f"x{end} -> GAP")
    body = "\n".join(f"  {line}" for line in lines)
    return f"net Random {{\n{body}\n}}\n"


# Layers of 6x6x4 that give 6x6x4, and ends. Some keep what others made, parts of it, or copies.
LAYERS = (
    "CONV(4)",
    "TANH",
    "RELU",
    "RELU6",
    "GELU",
    "BN",
    "LRN(3)",
    "LAYERNORM",
    "GROUPNORM(2)",
    "INSTANCENORM(affine=true)",
    "SCALE",
    "DROPOUT",
    "DROP_PATH(0.5)",
    "NORMALIZE(0.5, 0.25)",
    "SHUFFLE(2)",
    "SHUFFLE(1)",
    "PAD(1) -> CROP(1)",
    "PAD(1, reflect) -> CROP(1)",
    "UPSAMPLE -> POOL",
    "UPSAMPLE(2, bilinear) -> AVGPOOL",
    "PIXEL_SHUFFLE(2) -> CONV(4, stride=2)",
    "SLICE(1, 3) -> TANH -> CONV(4)",
    "MUL{ SLICE(0, 2) | SLICE(2, 4) } -> CONV(4)",
    "MAX{ SLICE(0, 2) | SLICE(2, 4) } -> CONV(4)",
    "ADD{ SLICE(0, 2) -> CONV(4) -> SCALE(0.1) -> DROP_PATH(0.5) | ID }",
    "CONCAT{ SLICE(0, 2) -> INSTANCENORM | SLICE(2, 4) -> BN }",
    "CONCAT{ SLICE(0, 2) -> GROUPNORM(1) -> RELU | SLICE(2, 4) -> LRN(3) }",
    "CONCAT{ SLICE(0, 2) -> POOL(3, 1, pad=1) | SLICE(2, 4) -> AVGPOOL(3, 1, pad=1) }",
)
ENDS = (
    "FLATTEN -> FC(3)",
    "RESHAPE(4x4x9) -> CONV(2)",
    "HOG(2) -> FC(2)",
    "SLICE(0, 2) -> FC(2)",
    "FLATTEN -> SLICE(3, 20) -> LAYERNORM -> FC(2)",
    "GMP -> SLICE(0, 2) -> GROUPNORM(1) -> FC(2)",
)


def chains() -> st.SearchStrategy[str]:
    """A few layers one after another, as a program."""
    layers = st.lists(st.sampled_from(LAYERS), min_size=1, max_size=4)
    return st.builds(
        lambda inner, end: " -> ".join(("INPUT(6x6x4)", "CONV(4)", *inner, end)),
        layers,
        st.sampled_from(ENDS),
    )
