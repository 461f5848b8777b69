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
