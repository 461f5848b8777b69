"""Expressions laid out as `ruff format --line-length 100` would."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TypeAlias

from backends.torch.structure.trees import Tree, text

WIDTH = 100
SKIP = "  # fmt: skip"


@dataclass(frozen=True, slots=True)
class Keyword:
    """`name=value`, or the value alone where the argument is `positional`; nothing is written where
    the value is the default."""

    name: str
    value: object
    default: object = None
    positional: bool = False


@dataclass(frozen=True, slots=True)
class Call:
    """`func(args)`; without a func a tuple of at least two."""

    func: str
    args: tuple[Expr, ...]

    @property
    def written(self) -> tuple[Expr, ...]:
        """The arguments that are not defaults."""
        return tuple(
            each for each in self.args if not isinstance(each, Keyword) or not _is_default(each)
        )


@dataclass(frozen=True, slots=True)
class Joined:
    """Operands with an operator between them, such as `x + branch1`."""

    operator: str
    operands: tuple[str, ...]


Expr: TypeAlias = str | Call | Joined | Keyword


def inline(expr: Expr) -> str:
    match expr:
        case Call():
            return f"{expr.func}({', '.join(map(inline, expr.written))})"
        case Joined():
            return f" {expr.operator} ".join(expr.operands)
        case Keyword():
            value = shortest(expr.value)
            return value if expr.positional else f"{expr.name}={value}"
    return expr


def shortest(value: object) -> str:
    """A pair of equal numbers as one number, a tree of names as its text."""
    if isinstance(value, tuple) and len(set(value)) == 1 and len(value) == 2:
        return str(value[0])
    return text(value) if isinstance(value, Tree) else repr(value)


def _is_default(keyword: Keyword) -> bool:
    return keyword.default is not None and keyword.value == keyword.default


def fits(indent: int, text: str) -> bool:
    return indent + len(text) <= WIDTH


def laid_out(indent: int, before: str, expr: Expr, after: str = "") -> list[str]:
    """One line where it fits, else the arguments on one of their own, else one line for each.

    `after`: a comma, a comment. Where no layout helps, for a path is too long, the formatter is
    asked to look away.
    """
    margin = " " * indent
    line = f"{before}{inline(expr)}{after}"
    if fits(indent, line) or isinstance(expr, str | Keyword):
        return [margin + line]
    if isinstance(expr, Call):
        is_statement = not after.startswith(",")
        if is_statement and not fits(indent, f"{before}{expr.func}("):
            return [f"{margin}{line}{SKIP}"]
        arguments = ", ".join(map(inline, expr.written))
        if fits(indent + 4, arguments):
            return [
                f"{margin}{before}{expr.func}(",
                f"{margin}    {arguments}",
                f"{margin}){after}",
            ]
        inner = [part for arg in expr.written for part in laid_out(indent + 4, "", arg, ",")]
        return [f"{margin}{before}{expr.func}(", *inner, f"{margin}){after}"]
    first, *rest = expr.operands
    operands = [f"{margin}    {first}", *(f"{margin}    {expr.operator} {each}" for each in rest)]
    return [f"{margin}{before}(", *operands, f"{margin}){after}"]


def literal(text: str) -> str:
    """A string as ruff writes it: in double quotes, unless that takes more backslashes."""
    quote = "'" if text.count('"') > text.count("'") else '"'
    parts = (char if char in "'\"" else repr(char)[1:-1] for char in text)
    return quote + "".join(f"\\{part}" if part == quote else part for part in parts) + quote
