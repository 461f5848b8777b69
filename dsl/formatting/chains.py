"""The layout of chains. A line ends before an arrow, a bar, `if` or `for` where the author ended
one there. What fits on no line ends one before each layer that has more than a name."""

from __future__ import annotations

from collections.abc import Sequence

from dsl.formatting.concrete import Node, Part, Word, first
from dsl.formatting.document import Align, Doc, Gap, Group, Line, Nest
from dsl.formatting.expressions import arguments, expression
from dsl.formatting.words import bare, enclosed, listed, pairs, remarks, separate, word

INDENT = 2


def chain(part: Part) -> Doc:
    """The lines of a chain, all with one indent."""
    assert isinstance(part, Node) and part.rule == "chain", part
    steps = _steps(part)
    docs: list[Doc] = []
    while steps:
        end = next((at for at in range(1, len(steps)) if _is_broken(*steps[at])), len(steps))
        if docs:
            docs.append(separate(steps[0][0] or steps[0][1]))
        docs.append(_line(steps[:end]))
        steps = steps[end:]
    return tuple(docs)


def is_broken(part: Part) -> bool:
    """Whether the author ended a line before one of a chain's arrows."""
    assert isinstance(part, Node), part
    return any(_is_broken(*step) for step in _steps(part)[1:])


Step = tuple[Word | None, Part]


def _steps(part: Node) -> list[Step]:
    """Each element with the arrow before it."""
    head, *rest = part.parts
    arrows = [_word(each) for each in rest[::2]]
    return [(None, head), *zip(arrows, rest[1::2], strict=True)]


def _is_broken(arrow: Word | None, element: Part) -> bool:
    return (arrow is not None and arrow.is_first) or first(element).is_first


def _line(steps: Sequence[Step]) -> Doc:
    """What stands on one line where it fits."""
    docs: list[Doc] = []
    for at, (arrow, part) in enumerate(steps):
        is_followed = at + 1 < len(steps) and _is_bare(steps[at + 1][1])
        doc = element(part, is_followed)
        if arrow is not None:
            doc = (word(arrow), Gap(), doc)
        if not docs:
            docs.append(doc)
        else:
            docs.append(Group((Line(), doc)) if _is_bare(part) else (Line(), doc))
    return Group(tuple(docs))


def _is_bare(part: Part) -> bool:
    """A name alone, with or without a label, or a short form without a number of filters."""
    if isinstance(part, Word):
        return False
    if part.rule in ("label", "optional"):
        return all(_is_bare(each) for each in part.parts if isinstance(each, Node)) and (
            part.rule == "label" or len(part.parts) == 2
        )
    is_short = part.rule == "short" and "-" not in first(part).text
    return len(part.parts) == 1 and (part.rule == "call" or is_short)


def element(part: Part, is_followed: bool = False) -> Doc:
    """`is_followed`: more stands behind it on its last line."""
    assert isinstance(part, Node), part
    match part.rule:
        case "label":
            *name, colon, labelled = part.parts
            return (
                tuple(map(expression, name)),
                expression(colon),
                Gap(),
                element(labelled, is_followed),
            )
        case "repeat" | "optional":
            repeated, *count = part.parts
            return (element(repeated, True), tuple(map(expression, count)))
        case "call" | "short":
            name_, *args = part.parts
            return (expression(name_), tuple(map(arguments, args)))
        case "group":
            opening, inner, closing = part.parts
            return enclosed(_word(opening), chain(inner), _word(closing))
        case "loop":
            return _loop(part.parts)
        case "merge":
            return _merge(part.parts, is_followed)
    raise AssertionError(part.rule)


def _loop(parts: Sequence[Part]) -> Doc:
    opening, inner, for_, targets, in_, rows, closing = parts
    assert isinstance(targets, Node)
    names = listed([(expression(name), comma) for name, comma in pairs(targets.parts)])
    head: Doc = (expression(for_), Gap(), Align(names), Gap(), expression(in_), Gap())
    content = Group((chain(inner), _end(for_), head, Align(expression(rows))))
    return enclosed(_word(opening), content, _word(closing))


def _end(part: Part) -> Doc:
    """A line's end where the author had one, or where it is needed."""
    return separate(part) if first(part).is_first else Line()


def _merge(parts: Sequence[Part], is_followed: bool) -> Doc:
    """Bars stand below the brace, branches below one another."""
    name, opening, branch, *rest, closing = parts
    docs: list[Doc] = [expression(opening), Gap(), Align(_branch(branch))]
    for bar, other in zip(rest[::2], rest[1::2], strict=True):
        is_first = first(bar).is_first or first(other).is_first
        docs.append(separate(bar) if is_first else Line())
        docs += [expression(bar), Gap(), Align(_branch(other))]
    docs.append(remarks(_word(closing)))
    end = Line() if is_followed else Gap()
    return Align(Group((expression(name), Align(tuple(docs)), end, bare(_word(closing)))))


def _branch(part: Part) -> Doc:
    assert isinstance(part, Node) and part.rule == "branch", part
    inner, *guard = part.parts
    if not guard:
        return chain(inner)
    if_, condition, *other = guard
    docs: list[Doc] = [_end(if_), expression(if_), Gap(), Align(expression(condition))]
    if other:
        else_, otherwise = other
        docs.append(Group((Line(), expression(else_), Gap(), Align(chain(otherwise)))))
    return Group((chain(inner), Nest(INDENT, tuple(docs))))


def _word(part: Part) -> Word:
    assert isinstance(part, Word), part
    return part
