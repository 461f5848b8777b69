"""Comments that allow what no rule finds."""

from __future__ import annotations

from collections.abc import Collection, Iterator

from compiler.lint.allows import Allow, Allows
from compiler.lint.rule import Edit, Finding, Rule
from dsl.diagnostics import did_you_mean
from dsl.source import Span

NAME = "unused-allow"


def check(allows: Allows, known: Collection[str], ran: Collection[str]) -> Iterator[Finding]:
    """What of a file's comments allowed nothing, of the rules that ran; what is no rule's name;
    and what begins as such a comment and is none."""
    for span in allows.unclear:
        yield Finding(
            span,
            "this comment allows nothing",
            help="such as # cnnc: allow(large-window) why, or # cnnc: allow-file(large-window)",
        )
    for allow in allows.all:
        if allow.rule not in known:
            yield Finding(
                allow.span,
                f"there is no rule `{allow.rule}`",
                help=did_you_mean(allow.rule, known) or "cnnc lint --rules lists them",
            )
        elif allow.rule in ran and not allow.is_used:
            where = "in this file" if allow.covers is None else "here"
            yield Finding(
                allow.span,
                f"{allow.rule} finds nothing {where} that this could allow",
                help="remove it",
                edit=_edit(allow),
            )


def _edit(allow: Allow) -> Edit | None:
    """The whole comment where it has one rule; else the rule and its comma."""
    source, comment = allow.span.source, allow.comment
    if allow.among > 1:
        start, end = allow.span.start, allow.span.end
        rest, before = source.text[end:], source.text[:start]
        if rest.lstrip().startswith(","):
            end += len(rest) - len(rest.lstrip()[1:].lstrip())
        else:
            start = len(before.rstrip().removesuffix(",").rstrip())
        return Edit(Span(source, start, end), "")
    start, end = comment.span.start, comment.span.end
    start = len(source.text[:start].rstrip(" \t"))
    if comment.is_alone:
        rest = source.text[end:]
        end += len(rest) - len(rest.removeprefix("\r").removeprefix("\n"))
    return Edit(Span(source, start, end), "")


RULE = Rule(
    name=NAME,
    title="an allow that allows nothing",
    explanation=(
        "`# cnnc: allow(rule)` on a line is for that line; on a line of its own, for the "
        "declaration, the statement or the layer that follows; `# cnnc: allow-file(rule)` is for "
        "the file. Where the rule finds nothing there any more, or there is no such rule, the "
        "comment is left over. It is told where all nets of a file are looked at, with nothing "
        "set."
    ),
    source='the language, "Words"',
    example=(
        "# cnnc: allow(large-window) as in the paper\n"
        "INPUT(32x32x3) -> CONV3-16 -> RELU -> GAP -> FC(10)"
    ),
    fix="removes the comment, or the rule in it",
)
