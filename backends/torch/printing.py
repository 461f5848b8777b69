"""Expressions laid out as `ruff format --line-length 100` would."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TypeAlias

WIDTH = 100
SKIP = "  # fmt: skip"


@dataclass(frozen=True, slots=True)
class Call:
    """`func(args)`; without a func a tuple of at least two."""

    func: str
    args: tuple[Expr, ...]


@dataclass(frozen=True, slots=True)
class Joined:
    """Operands with an operator between them, such as `x + branch1`."""

    operator: str
    operands: tuple[str, ...]


Expr: TypeAlias = str | Call | Joined


def inline(expr: Expr) -> str:
    if isinstance(expr, Call):
        return f"{expr.func}({', '.join(map(inline, expr.args))})"
    if isinstance(expr, Joined):
        return f" {expr.operator} ".join(expr.operands)
    return expr


def fits(indent: int, text: str) -> bool:
    return indent + len(text) <= WIDTH


def laid_out(indent: int, before: str, expr: Expr, after: str = "") -> list[str]:
    """One line where it fits, else the arguments on one of their own, else one line for each.

    `after`: a comma, a comment. Where no layout helps, for a path is too long, the formatter is
    asked to look away.
    """
    margin = " " * indent
    line = f"{before}{inline(expr)}{after}"
    if fits(indent, line) or isinstance(expr, str):
        return [margin + line]
    if isinstance(expr, Call):
        is_statement = not after.startswith(",")
        if is_statement and not fits(indent, f"{before}{expr.func}("):
            return [f"{margin}{line}{SKIP}"]
        arguments = ", ".join(map(inline, expr.args))
        if fits(indent + 4, arguments):
            return [
                f"{margin}{before}{expr.func}(",
                f"{margin}    {arguments}",
                f"{margin}){after}",
            ]
        inner = [part for arg in expr.args for part in laid_out(indent + 4, "", arg, ",")]
        return [f"{margin}{before}{expr.func}(", *inner, f"{margin}){after}"]
    first, *rest = expr.operands
    operands = [f"{margin}    {first}", *(f"{margin}    {expr.operator} {each}" for each in rest)]
    return [f"{margin}{before}(", *operands, f"{margin}){after}"]


def literal(text: str) -> str:
    """A string as ruff writes it: in double quotes, unless that takes more backslashes."""
    quote = "'" if text.count('"') > text.count("'") else '"'
    parts = (char if char in "'\"" else repr(char)[1:-1] for char in text)
    return quote + "".join(f"\\{part}" if part == quote else part for part in parts) + quote
