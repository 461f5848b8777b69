"""Arithmetic over names, as the constructors of block classes have it: `4 * planes`.

A tree is printed as Python and evaluated for each use of a class: what is printed is right where
its values are those of the network.
"""

from __future__ import annotations

import operator
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any, TypeAlias


class Unknown(Exception):
    """An expression that no constructor can repeat."""


@dataclass(frozen=True, slots=True)
class Const:
    value: Any


@dataclass(frozen=True, slots=True)
class Name:
    name: str


@dataclass(frozen=True, slots=True)
class Binary:
    op: str
    left: Tree
    right: Tree


@dataclass(frozen=True, slots=True)
class Not:
    operand: Tree


@dataclass(frozen=True, slots=True)
class Choice:
    """`then if condition else otherwise`."""

    then: Tree
    condition: Tree
    otherwise: Tree


Tree: TypeAlias = Const | Name | Binary | Not | Choice
OPERATORS: Mapping[str, tuple[int, Callable[[Any, Any], Any]]] = {
    "or": (1, lambda a, b: a or b),
    "and": (2, lambda a, b: a and b),
    "==": (4, operator.eq),
    "!=": (4, operator.ne),
    "<": (4, operator.lt),
    "<=": (4, operator.le),
    ">": (4, operator.gt),
    ">=": (4, operator.ge),
    "+": (5, operator.add),
    "-": (5, operator.sub),
    "*": (6, operator.mul),
    "/": (6, operator.truediv),
    "//": (6, operator.floordiv),
    "%": (6, operator.mod),
}
MIRRORED = {"==": "==", "!=": "!=", "<": ">", "<=": ">=", ">": "<", ">=": "<="}
COMPARISON = 4
CHOICE, NOT, SIGN, ATOM = 0, 3, 7, 9


def value(tree: Tree, names: Mapping[str, Any]) -> Any:
    """Raises Unknown where a name has no value, or there is none."""
    match tree:
        case Const():
            return tree.value
        case Name():
            if tree.name not in names:
                raise Unknown(tree.name)
            return names[tree.name]
        case Not():
            return not value(tree.operand, names)
        case Choice():
            chosen = tree.then if value(tree.condition, names) else tree.otherwise
            return value(chosen, names)
        case Binary():
            try:
                return OPERATORS[tree.op][1](value(tree.left, names), value(tree.right, names))
            except (ArithmeticError, TypeError) as error:
                raise Unknown(tree.op) from error


def text(tree: Tree) -> str:
    return _text(tree)[0]


def _text(tree: Tree) -> tuple[str, int]:
    """The text, and how tightly it holds together."""
    match tree:
        case Const():
            negative = isinstance(tree.value, int | float) and tree.value < 0
            return repr(tree.value), COMPARISON + 1 if negative else ATOM
        case Name():
            return tree.name, ATOM
        case Not():
            return f"not {_within(tree.operand, NOT)}", NOT
        case Choice():
            parts = (_within(each, CHOICE + 1) for each in (tree.then, tree.condition))
            return f"{' if '.join(parts)} else {_within(tree.otherwise, CHOICE)}", CHOICE
        case Binary(op="-", left=Const(value=0)):
            return f"-{_within(tree.right, SIGN)}", SIGN
        case Binary():
            level = OPERATORS[tree.op][0]
            left = _within(tree.left, level + (level == COMPARISON))
            return f"{left} {tree.op} {_within(tree.right, level + 1)}", level


def _within(tree: Tree, level: int) -> str:
    inner, own = _text(tree)
    return inner if own >= level else f"({inner})"


def names(tree: Tree) -> Iterator[str]:
    """In the order in which they stand."""
    match tree:
        case Name():
            yield tree.name
        case Not():
            yield from names(tree.operand)
        case Choice():
            for each in (tree.then, tree.condition, tree.otherwise):
                yield from names(each)
        case Binary():
            yield from names(tree.left)
            yield from names(tree.right)


def put(tree: Tree, given: Mapping[str, Tree]) -> Tree:
    """The tree with others in the place of its names. Raises Unknown for a name without one."""
    match tree:
        case Name():
            if tree.name not in given:
                raise Unknown(tree.name)
            return given[tree.name]
        case Not():
            return Not(put(tree.operand, given))
        case Choice():
            parts = (put(each, given) for each in (tree.then, tree.condition, tree.otherwise))
            return choice(*parts)
        case Binary():
            return binary(tree.op, put(tree.left, given), put(tree.right, given))
    return tree


def binary(op: str, left: Tree, right: Tree) -> Tree:
    """The tree without what changes nothing: `1 * planes` is `planes`."""
    if isinstance(left, Const) and isinstance(right, Const):
        return Const(value(Binary(op, left, right), {}))
    if isinstance(left, Const) and op in MIRRORED:
        left, op, right = right, MIRRORED[op], left
    if isinstance(left, Const) and op in ("and", "or"):
        return right if bool(left.value) == (op == "and") else left
    if isinstance(right, Const) and op in ("and", "or"):
        return left if bool(right.value) == (op == "and") else right
    if (op in ("*", "//") and right == Const(1)) or (op in ("+", "-") and right == Const(0)):
        return left
    if (op == "*" and left == Const(1)) or (op == "+" and left == Const(0)):
        return right
    if op == "+" and left == right:
        op, right = "*", Const(2)
    if op in ("*", "//") and isinstance(right, Const):
        return _scaled(op, left, right.value)
    if op == "+" and isinstance(right, Const) and isinstance(left, Const | Binary):
        return _moved(left, right)
    return Binary(op, left, right)


def _scaled(op: str, left: Tree, factor: Any) -> Tree:
    """Whole factors that stand on the outside, first: `planes * 64 // 64` is `planes`."""
    inner = left.left if isinstance(left, Binary) and left.op == "*" else None
    if op == "*":
        if isinstance(inner, Const) and isinstance(left, Binary):
            return binary("*", Const(inner.value * factor), left.right)
        return Binary("*", Const(factor), left)
    whole = isinstance(inner, Const) and factor and inner.value % factor == 0
    if whole and isinstance(inner, Const) and isinstance(left, Binary):
        return binary("*", Const(inner.value // factor), left.right)
    return Binary(op, left, Const(factor))


def _moved(left: Const | Binary, right: Const) -> Tree:
    """`n + 1 + 1` is `n + 2`."""
    if isinstance(left, Binary) and left.op == "+" and isinstance(left.right, Const):
        return binary("+", left.left, Const(left.right.value + right.value))
    return Binary("+", left, right)


def choice(then: Tree, condition: Tree, otherwise: Tree) -> Tree:
    if isinstance(condition, Const):
        return then if condition.value else otherwise
    return then if then == otherwise else Choice(then, condition, otherwise)
