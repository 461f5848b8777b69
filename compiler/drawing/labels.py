"""The words of a picture: short, as papers write them."""

from __future__ import annotations

from dataclasses import MISSING, fields

from compiler.arguments import written
from compiler.op import Op
from compiler.volume import Volume

SIZES = ("out", "k", "size", "factor", "volume")
SHOWN = ("dilation", "groups", "multiplier")  # what else makes another layer of it


def kind(op: Op) -> str:
    """The family of an operator: the file of `compiler/ops` in which it stands."""
    return type(op).__module__.rsplit(".", 1)[-1]


def call(op: Op) -> str:
    """`CONV 64, 7×7/2`: filters, window and stride; padding, bias and the like are left out."""
    values = {each.name: getattr(op, each.name) for each in fields(op)}
    usual = {each.name: each.default for each in fields(op)}
    words = [_size(values[name]) for name in SIZES if _is_size(name, values)]
    if words and values.get("stride", (1, 1)) != (1, 1):
        words[-1] = f"{words[-1]}/{written(values['stride'])}"
    words += [f"{name}={written(values[name])}" for name in SHOWN if _tells(name, values, usual)]
    return _times(f"{op.name} {', '.join(words)}".strip())


def _is_size(name: str, values: dict[str, object]) -> bool:
    """A `k` that is no window is a term of LRN's formula."""
    return name in values and (name != "k" or isinstance(values[name], tuple))


def _size(value: object) -> str:
    return "x".join(map(str, value)) if isinstance(value, tuple) else written(value)


def _tells(name: str, values: dict[str, object], usual: dict[str, object]) -> bool:
    return name in values and usual[name] is not MISSING and values[name] != usual[name]


def volume(first: Volume, last: Volume) -> str:
    """`56×56×64`, or `56×56×96…256` where the members of a run differ."""
    if first == last:
        return _times(str(first))
    sizes = zip((first.h, first.w, first.c), (last.h, last.w, last.c), strict=True)
    return "×".join(str(a) if a == b else f"{a}…{b}" for a, b in sizes)


def count(number: int) -> str:
    """`61.1 M`: three digits and an SI prefix."""
    rounded = float(f"{number:.3g}")
    for power, prefix in ((1e12, "T"), (1e9, "G"), (1e6, "M"), (1e3, "k")):
        if rounded >= power:
            return f"{rounded / power:g} {prefix}"
    return str(number)


def _times(text: str) -> str:
    """With a sign for times between digits: `7x7` is `7×7`."""
    return "".join(
        "×" if char == "x" and text[i - 1 : i].isdigit() and text[i + 1 : i + 2].isdigit() else char
        for i, char in enumerate(text)
    )
