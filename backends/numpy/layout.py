"""Lines of Python as `ruff format` lays them out, and literals of what a program says."""

from __future__ import annotations

import re
import textwrap
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

WIDTH = 100
INDENT = " " * 4


@dataclass(frozen=True, slots=True)
class Expression:
    """`function(parts)`, or the parts with an operator between them, or one part by itself."""

    parts: tuple[str, ...]
    function: str = ""
    operator: str = ""

    def __str__(self) -> str:
        if self.function:
            return f"{self.function}({', '.join(self.parts)})"
        return f" {self.operator} ".join(self.parts)


def literal(value: object) -> str:
    r"""A string, number, flag, None or a tuple of them in ASCII, quoted as `ruff format` does.

    >>> print(literal(("it's", 'a "b"\n', 1e-5, True)))
    ("it's", 'a "b"\n', 1e-05, True)
    """
    if isinstance(value, tuple):
        inner = ", ".join(map(literal, value))
        return f"({inner},)" if len(value) == 1 else f"({inner})"
    if not isinstance(value, str):
        return repr(value)
    quote, other = ("'", '"') if value.count('"') > value.count("'") else ('"', "'")
    # repr takes the quote that it need not escape: the one that the text is known to lack.
    parts = (ascii(other + part)[2:-1] for part in value.split(quote))
    return quote + f"\\{quote}".join(parts) + quote


def statement(target: str, expression: Expression, comment: str, depth: int) -> list[str]:
    """`target = expression`, its comment behind it where both fit on one line, else before it."""
    indent = INDENT * depth
    plain = f"{indent}{target} = {expression}"
    if len(plain) + len(comment) + 4 <= WIDTH:
        return [f"{plain}  # {comment}"]
    return [*remark(comment, depth), *_laid_out(indent, f"{target} = ", expression)]


def remark(comment: str, depth: int) -> list[str]:
    """A comment by itself."""
    start = f"{INDENT * depth}# "
    room = WIDTH - len(start)
    lines = textwrap.wrap(comment, room, break_long_words=False, break_on_hyphens=False)
    return [f"{start}{line}" for line in lines]


def _laid_out(indent: str, start: str, expression: Expression) -> list[str]:
    plain = f"{indent}{start}{expression}"
    if len(plain) <= WIDTH or (len(expression.parts) == 1 and not expression.function):
        return [plain]
    inner = indent + INDENT
    between = ", " if expression.function else f" {expression.operator} "
    together = inner + between.join(expression.parts)
    if len(together) <= WIDTH:
        content = [together]
    elif expression.function:
        content = [line for part in expression.parts for line in _argument(inner, part)]
    else:
        first, *rest = expression.parts
        content = [f"{inner}{first}", *(f"{inner}{expression.operator} {part}" for part in rest)]
    return [f"{indent}{start}{expression.function}(", *content, f"{indent})"]


def _argument(indent: str, part: str) -> list[str]:
    """`w["key"]` and `mean=(1.0, 2.0)` are broken at their brackets where they are very long."""
    is_long = len(indent) + len(part) + 1 > WIDTH
    if is_long and part.startswith("w[") and part.endswith("]"):
        return [f"{indent}w[", f"{indent}{INDENT}{part[2:-1]}", f"{indent}],"]
    if is_long and re.fullmatch(r"\w+=\([-+.\w]+(, [-+.\w]+)+\)", part):
        name, _, numbers = part.removesuffix(")").partition("(")
        items = [f"{indent}{INDENT}{each}," for each in numbers.split(", ")]
        return [f"{indent}{name}(", *items, f"{indent}),"]
    return [f"{indent}{part},"]


def rows(start: str, expressions: Iterable[Expression], end: str, depth: int = 0) -> list[str]:
    """Expressions between brackets, one a line: `NAMES = (`, `f(a),`, `)`."""
    indent = INDENT * depth
    lines = [indent + start]
    for expression in expressions:
        laid_out = _laid_out(indent + INDENT, "", expression)
        lines += [*laid_out[:-1], f"{laid_out[-1]},"]
    return [*lines, indent + end] if len(lines) > 1 else [indent + start + end]


def table(start: str, pairs: Mapping[str, object]) -> list[str]:
    """A dict of literals, one a line."""
    lines = [line for key, value in pairs.items() for line in _pair(literal(key), value)]
    return [f"{start} = {{", *lines, "}"] if lines else [f"{start} = {{}}"]


def _pair(key: str, value: object) -> list[str]:
    line = f"{INDENT}{key}: {literal(value)},"
    if len(line) <= WIDTH or not isinstance(value, tuple):
        return [line]
    items = [f"{INDENT * 2}{literal(item)}," for item in value]
    return [f"{INDENT}{key}: (", *items, f"{INDENT}),"]


def returned(expression: Expression, depth: int) -> list[str]:
    return _laid_out(INDENT * depth, "return ", expression)
