"""Names that a file takes from others and does not use."""

from __future__ import annotations

from collections.abc import Iterator

from compiler.lint.names import bindings
from compiler.lint.program import Program
from compiler.lint.rule import Edit, Finding, Rule, whole_line
from dsl import syntax
from dsl.source import Span


def check(program: Program) -> Iterator[Finding]:
    unused = {id(each.part) for each in bindings(program).all if not each.is_used}
    for declaration in program.tree.declarations:
        if not isinstance(declaration, syntax.Use):
            continue
        for name in declaration.names:
            if id(name) in unused:
                yield Finding(
                    name.span,
                    f"`{name.id}` of {declaration.target} is never used",
                    help="remove it",
                    edit=_edit(declaration, name),
                )


def _edit(use: syntax.Use, name: syntax.Name) -> Edit | None:
    """The name and its comma. A whole `use` goes only where it is of the library: another file may
    have params of its own."""
    source, names = name.span.source, use.names
    if len(names) == 1:
        span = whole_line(use.span)
        return Edit(span, "") if use.is_std and "#" not in span.text else None
    at = names.index(name)
    span = Span(source, names[at - 1].span.end, name.span.end)
    if at == 0:
        span = Span(source, name.span.start, names[1].span.start)
    return None if "#" in span.text else Edit(span, "")


RULE = Rule(
    name="unused-import",
    title="a block of another file that is never used",
    explanation="What `use` names and no chain calls is left over.",
    source='the language, "Declarations"',
    example=("use std.conv (conv_bn, dwconv_bn)\nINPUT(32x32x3) -> conv_bn(16) -> GAP -> FC(10)"),
    program=check,
    fix="removes the name, and a `use` of the library of which none is left",
)
