"""Names that a file takes from others and does not use."""

from __future__ import annotations

from collections.abc import Iterator

from compiler.lint.names import bindings
from compiler.lint.program import Program
from compiler.lint.rule import Edit, Finding, Rule
from dsl import syntax
from dsl.source import Span


def check(program: Program) -> Iterator[Finding]:
    unused = {id(each.part) for each in bindings(program).all if not each.is_used}
    for declaration in program.tree.declarations:
        if not isinstance(declaration, syntax.Use):
            continue
        spare = [name for name in declaration.names if id(name) in unused]
        for name in spare:
            yield Finding(
                name.span,
                f"`{name.id}` of {declaration.target} is never used",
                help="remove it",
                edit=_edit(declaration, spare) if name is spare[0] else None,
            )


def _edit(use: syntax.Use, spare: list[syntax.Name]) -> Edit | None:
    """One edit for all spare names of a `use`. A whole one goes only where it is of the library:
    another file may have params of its own."""
    kept = [name for name in use.names if name not in spare]
    source, end = use.span.source, use.span.end
    if kept:
        inside = Span(source, use.names[0].span.start, use.names[-1].span.end)
        text = ", ".join(name.id for name in kept)
        return None if "#" in inside.text else Edit(inside, text)
    if not use.is_std or "#" in use.span.text:
        return None
    rest = source.text[end:]
    line = rest.split("\n", 1)[0]
    is_own_line = source.line(use.span.position[0]).lstrip().startswith("use")
    if is_own_line and not line.strip():
        end += len(line) + (1 if len(rest) > len(line) else 0)
    return Edit(Span(source, use.span.start, end), "")


RULE = Rule(
    name="unused-import",
    title="a block of another file that is never used",
    explanation="What `use` names and no chain calls is left over.",
    source="LANGUAGE, \"Declarations\"",
    example=(
        "use std.conv (conv_bn, dwconv_bn)\n"
        "INPUT(32x32x3) -> conv_bn(16) -> GAP -> FC(10)"
    ),
    program=check,
    fix="removes the name, and a `use` of the library of which none is left",
)
