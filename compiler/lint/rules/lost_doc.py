"""Documentation that documents nothing."""

from __future__ import annotations

from collections.abc import Iterator

from compiler.lint.program import Program
from compiler.lint.rule import Finding, Rule
from dsl import syntax
from dsl.comments import Comment, comments

DOCUMENTED = (syntax.Param, syntax.Let, syntax.Block, syntax.Output)


def check(program: Program) -> Iterator[Finding]:
    outermost = {id(each) for each in program.tree.declarations}
    declared = {
        part.span.position[0]
        for part in program.parts
        if isinstance(part, DOCUMENTED)
        or (isinstance(part, syntax.Chain) and id(part) in outermost)
    }
    for run in _runs(program):
        line = run[-1].span.position[0]
        if line + 1 not in declared:
            yield Finding(
                run[0].span,
                "this documents nothing",
                help="## stands right above a param, let, block, net, output or bare chain; "
                "# begins a comment",
            )


def _runs(program: Program) -> Iterator[list[Comment]]:
    """Lines of `##` that stand together."""
    run: list[Comment] = []
    for comment in comments(program.source):
        if not (comment.is_doc and comment.is_alone):
            continue
        if run and run[-1].span.position[0] + 1 != comment.span.position[0]:
            yield run
            run = []
        run.append(comment)
    if run:
        yield run


RULE = Rule(
    name="lost-doc",
    title="a `##` text that documents nothing",
    explanation=(
        "`##` documents the param, let, block, net, output or bare chain on the line below, and "
        "becomes the docstring of the generated class. Above an empty line, a comment or "
        "anything else it is lost."
    ),
    source='the language, "Words"',
    example="## A small network.\n\nINPUT(32x32x3) -> CONV(16) -> RELU -> GAP -> FC(10)",
    program=check,
)
