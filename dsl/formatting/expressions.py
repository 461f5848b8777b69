"""The layout of expressions and of arguments."""

from __future__ import annotations

from collections.abc import Sequence

from dsl.formatting.concrete import Node, Part, Word
from dsl.formatting.document import Align, Doc, Gap, Group, Line
from dsl.formatting.words import columns, enclosed, listed, pairs, table, word

ROWS = ("tuple_", "list_")
TIGHT = ("power", "negative", "index", "keyword", "positional", "name", "incoming")
CONSTANTS = ("string", "true", "false", "none")
# A dot that touched one of these would be read as a part of it.
NUMBERS = ("integer", "float_", "dimensions")


def expression(part: Part) -> Doc:
    if isinstance(part, Word):
        return word(part)
    match part.rule:
        case "conditional":
            then, if_, condition, else_, otherwise = part.parts
            return (
                expression(then),
                Group((Line(), _spaced(if_, condition))),
                Group((Line(), _spaced(else_, otherwise))),
            )
        case "or_" | "and_" | "comparison" | "sum" | "term":
            return _operations(part.parts)
        case "not_":
            return _spaced(*part.parts)
        case "range":
            return _range(part.parts)
        case "attribute":
            value, dot, name = part.parts
            is_number = isinstance(value, Node) and value.rule in NUMBERS
            gap: Doc = Gap() if is_number else ()
            return (expression(value), gap, expression(dot), expression(name))
        case "function":
            name, args = part.parts
            return (expression(name), arguments(args))
        case "tuple_" | "list_" | "parenthesised":
            return _sequence(part)
        case _:
            assert part.rule in (*TIGHT, *CONSTANTS, *NUMBERS), part.rule
            return tuple(map(expression, part.parts))


def arguments(part: Part) -> Doc:
    """`(a, b=1)`, as many on a line as fit."""
    assert isinstance(part, Node) and part.rule == "arguments", part
    opening, *inner, closing = part.parts
    items = [(expression(item), comma) for item, comma in pairs(inner)]
    return enclosed(_word(opening), listed(items), _word(closing))


def _spaced(sign: Part, operand: Part) -> Doc:
    return (expression(sign), Gap(), expression(operand))


def _operations(parts: Sequence[Part]) -> Doc:
    """`a + b`: a line may end before an operator."""
    docs: list[Doc] = [expression(parts[0])]
    for sign, operand in zip(parts[1::2], parts[2::2], strict=True):
        docs.append(Group((Line(), _spaced(sign, operand))))
    return tuple(docs)


def _range(parts: Sequence[Part]) -> Doc:
    low, dots, high = parts
    gap: Doc = () if _is_short(low) and _is_short(high) else Gap()
    return (expression(low), gap, expression(dots), gap, expression(high))


def _is_short(part: Part) -> bool:
    return isinstance(part, Word) or (
        part.rule not in ("conditional", "or_", "and_", "not_", "comparison", "sum", "term")
    )


def _sequence(part: Node) -> Doc:
    opening, *inner, closing = part.parts
    found = pairs(inner)
    items = [item for item, _ in found]
    rows = [item for item in items if isinstance(item, Node) and item.rule in ROWS]
    if len(rows) == len(items) > 1:
        aligned = columns([row.parts for row in rows])
        docs = aligned or [Align(expression(row)) for row in rows]
        commas = [comma for _, comma in found]
        content = table(list(zip(docs, commas, strict=True)), rows)
    else:
        content = listed([(expression(item), comma) for item, comma in found])
    return enclosed(_word(opening), content, _word(closing))


def _word(part: Part) -> Word:
    assert isinstance(part, Word), part
    return part
