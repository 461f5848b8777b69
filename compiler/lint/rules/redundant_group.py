"""Brackets around one element, or around a whole chain."""

from __future__ import annotations

from collections.abc import Iterator

from compiler.lint.program import Program
from compiler.lint.rule import Edit, Finding, Rule
from dsl import syntax


def check(program: Program) -> Iterator[Finding]:
    guarded = {
        id(chain)
        for part in program.parts
        if isinstance(part, syntax.Branch) and part.condition is not None
        for chain in (part.chain, part.otherwise)
    }
    for part in program.parts:
        if not isinstance(part, syntax.Chain):
            continue
        for element in part.elements:
            if not isinstance(element, syntax.Group):
                continue
            inner, is_only = element.chain, len(part.elements) == 1
            # Around a guarded branch brackets show what the guard is about.
            if len(inner.elements) == 1 or (is_only and id(part) not in guarded):
                around = "one layer" if len(inner.elements) == 1 else "a whole chain"
                yield Finding(
                    element.span,
                    f"brackets around {around}",
                    help=f"without them it means the same: {_short(inner.span.text)}",
                    edit=_edit(element),
                )


def _edit(group: syntax.Group) -> Edit | None:
    outside = group.span.text[1 : group.chain.span.start - group.span.start]
    outside += group.span.text[group.chain.span.end - group.span.start : -1]
    return None if "#" in outside else Edit(group.span, group.chain.span.text)


def _short(text: str) -> str:
    words = " ".join(text.split())
    return words if len(words) <= 60 else f"{words[:57]}..."


RULE = Rule(
    name="redundant-group",
    title="brackets that group nothing",
    explanation=(
        "A group is transparent: it changes neither the graph nor any name. It is of use where "
        "it is repeated, optional, labelled or guarded. Brackets around one layer, or around "
        "all of a chain, say nothing."
    ),
    source='the language, "Chains"',
    example="INPUT(32x32x3) -> [CONV(16)] -> RELU -> GAP -> FC(10)",
    program=check,
    fix="removes the brackets",
)
