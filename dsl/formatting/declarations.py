"""The layout of declarations and statements: one a line, or more where they do not fit."""

from __future__ import annotations

from collections.abc import Sequence

from dsl.formatting.chains import INDENT, chain, is_broken
from dsl.formatting.concrete import Node, Part, Word, first
from dsl.formatting.document import Doc, Gap, Group, Hard, Line, Nest
from dsl.formatting.expressions import arguments, expression
from dsl.formatting.words import bare, enclosed, listed, pairs, remarks, separate, word


def declarations(parts: Sequence[Part]) -> Doc:
    """Each on lines of its own, an empty line between where the author left one."""
    docs: list[Doc] = []
    for part in parts:
        if docs:
            docs.append(separate(part))
        docs.append(declaration(part))
    return tuple(docs)


def declaration(part: Part) -> Doc:
    assert isinstance(part, Node), part
    match part.rule:
        case "chain":
            return chain(part)
        case "block" | "net":
            return _block(part.parts)
        case "value" | "output":
            *head, equal, value = part.parts
            return Nest(INDENT, (_spaced(head), Gap(), _bound(equal, value)))
        case "budget" | "train":
            opening, *inner, closing = part.parts[1:]
            space: Doc = Gap() if inner else ()
            body = enclosed(_word(opening), _limits(inner), _word(closing), space, INDENT)
            return Nest(INDENT, (expression(part.parts[0]), Gap(), body))
        case "param" | "let" | "use" | "default":
            return Nest(INDENT, _spaced(part.parts))
    raise AssertionError(part.rule)


def _spaced(parts: Sequence[Part]) -> Doc:
    """The parts with spaces between."""
    docs: list[Doc] = []
    if any(isinstance(part, Word) and part.kind == "LPAR" for part in parts):
        at = next(at for at, part in enumerate(parts) if first(part).kind == "LPAR")
        names = [(expression(name), comma) for name, comma in pairs(parts[at + 1 : -1])]
        last = enclosed(_word(parts[at]), listed(names), _word(parts[-1]))
        return (_spaced(parts[:at]), Gap(), last)
    for part in parts:
        docs += [Gap(), _operand(part)] if docs else [_operand(part)]
    return tuple(docs)


def _operand(part: Part) -> Doc:
    if isinstance(part, Word):
        return word(part)
    match part.rule:
        case "arguments":
            return arguments(part)
        case "call":
            return tuple(map(_operand, part.parts))
        case "dotted":
            return tuple(map(word, map(_word, part.parts)))
    return expression(part)


def _block(parts: Sequence[Part]) -> Doc:
    word_, name, *parameters, last = parts
    head: Doc = (expression(word_), Gap(), expression(name))
    if parameters and isinstance(parameters[0], Node):
        head = (head, _parameters(parameters[0].parts))
    if not isinstance(last, Node) or last.rule != "body":
        return Nest(INDENT, (head, Gap(), _bound(parameters[-1], last)))
    opening, *statements, closing = last.parts
    inside: Doc = (declarations(statements), remarks(_word(closing)))
    end: Doc = Hard() if statements or _word(closing).before else ()
    return (
        Nest(INDENT, (head, Gap(), expression(opening), end, inside)),
        end,
        bare(_word(closing)),
    )


def _parameters(parts: Sequence[Part]) -> Doc:
    opening, *inner, closing = parts
    items = [(_parameter(item), comma) for item, comma in pairs(inner)]
    return enclosed(_word(opening), listed(items), _word(closing), (), INDENT)


def _parameter(part: Part) -> Doc:
    assert isinstance(part, Node) and part.rule == "parameter", part
    return _spaced(part.parts)


def _bound(equal: Part, value: Part) -> Doc:
    """`= chain`: on this line or the next, as the author has it; on the next where it does not fit
    here. A chain of several lines may begin here."""
    if first(value).is_first:
        return (expression(equal), Hard(), chain(value))
    if is_broken(value):
        return (expression(equal), Gap(), chain(value))
    return (expression(equal), Group((Line(), chain(value))))


def _limits(parts: Sequence[Part]) -> Doc:
    """Limits or settings: a comma between two on one line, none that is not needed at its end."""
    docs: list[Doc] = []
    is_separate = False
    for part, comma in pairs(parts):
        assert isinstance(part, Node), part
        limit: Doc = (_spaced(part.parts), word(comma) if comma else ())
        if docs and first(part).is_first:
            docs += [separate(part), limit]
        elif docs:
            docs.append(Group((Line(" " if is_separate else ", "), limit)))
        else:
            docs.append(limit)
        is_separate = comma is not None
    return tuple(docs)


def _word(part: Part) -> Word:
    assert isinstance(part, Word), part
    return part
