"""What the alignment sees of two lists of layers: numbers that stand for equal things."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, fields

from compiler.op import Op
from compiler.ops.convolution import TransposedConv
from compiler.report import Row

_POSITION = re.compile(r"(?<![^.])\d+(?![^.])")

# Points. A layer that is the same counts twice what one with other arguments counts; a layer with
# weights says more than one that works in place, of which any network has many.
SAME, OTHER_ARGUMENTS, SAME_FAMILY = 8, 4, 2
SAME_LABEL, SAME_PATH, ADJACENT = 6, 1, 2


def skeleton(path: str) -> str:
    """The path without its positions: `layer1.0.conv1` is `layer1.#.conv1`."""
    return _POSITION.sub("#", path)


@dataclass(frozen=True, slots=True)
class Token:
    """A layer and the names around it, without positions. `owner`: the longest of the names around
    it that both networks have; what has one name is not taken for what has another. `named`: that
    is the layer's own path."""

    layer: Op
    skeleton: str
    weight: int
    owner: str
    named: bool


@dataclass(frozen=True, slots=True)
class Sides:
    """Old and new layers. `tokens` holds each token once; `old` and `new` say for each layer which
    one it has, and `old_layers` and `new_layers` the same for the layer and its owner alone."""

    old_rows: Sequence[Row]
    new_rows: Sequence[Row]
    tokens: Sequence[Token]
    old: Sequence[int]
    new: Sequence[int]
    old_layers: Sequence[int]
    new_layers: Sequence[int]


def sides(old: Sequence[Row], new: Sequence[Row]) -> Sides:
    numbers: dict[Token, int] = {}
    layers: dict[tuple[Op, str], int] = {}
    shared = _names(old) & _names(new)

    def numbered(rows: Sequence[Row]) -> tuple[list[int], list[int]]:
        of_tokens, of_layers = [], []
        for row in rows:
            token = _token(row, shared)
            of_tokens.append(numbers.setdefault(token, len(numbers)))
            of_layers.append(layers.setdefault((token.layer, token.owner), len(layers)))
        return of_tokens, of_layers

    old_tokens, old_layers = numbered(old)
    new_tokens, new_layers = numbered(new)
    return Sides(old, new, tuple(numbers), old_tokens, new_tokens, old_layers, new_layers)


def _token(row: Row, shared: set[str]) -> Token:
    weight = 1 if row.layer.in_place else 3 if row.arrays else 2
    owner = next((name for name in reversed(list(names(row.path))) if name in shared), "")
    return Token(row.layer, skeleton(row.path), weight, owner, owner == row.path)


def _names(rows: Sequence[Row]) -> set[str]:
    return {name for row in rows for name in names(row.path)}


def names(path: str) -> Iterator[str]:
    """The labels around a layer as far as positions come between, and its own: of `a.b.0.c` they
    are `a` and `a.b`."""
    name = ""
    for part in path.split("."):
        if part.isdigit():
            return
        name = f"{name}.{part}" if name else part
        yield name


def _are_apart(one: Token, other: Token) -> bool:
    """Whether two layers have names that say that they are two things."""
    if one.owner == other.owner:
        return False
    if not one.owner or not other.owner:
        return one.named or other.named
    first, second = f"{one.owner}.", f"{other.owner}."
    return not first.startswith(second) and not second.startswith(first)


def score(old: Token, new: Token) -> int:
    """How well one layer stands for the other; 0 where it cannot."""
    weight = min(old.weight, new.weight)
    if _are_apart(old, new):
        return 0
    if old.layer == new.layer:
        points = SAME * weight
    elif type(old.layer) is type(new.layer):
        points = OTHER_ARGUMENTS * weight + _agreeing(old.layer, new.layer, weight)
    elif type(old.layer).__module__ == type(new.layer).__module__ != Op.__module__:
        points = SAME_FAMILY * weight  # the file in which an operator stands is its family
    elif _shrinks(old.layer) and _shrinks(old.layer) == _shrinks(new.layer):
        points = SAME_FAMILY * weight  # a strided convolution does what a pool does
    else:
        return 0
    is_label = old.skeleton == new.skeleton and not old.skeleton.endswith("#")
    return points + SAME_LABEL if is_label else points


def _agreeing(old: Op, new: Op, weight: int) -> int:
    arguments = [each.name for each in fields(old)]
    equal = sum(bool(getattr(old, name) == getattr(new, name)) for name in arguments)
    return SAME_FAMILY * weight * equal // len(arguments)


def _shrinks(layer: Op) -> object:
    """The stride, of what has one that shrinks a volume."""
    stride = getattr(layer, "stride", (1, 1))
    return stride if stride != (1, 1) and not isinstance(layer, TransposedConv) else None
