"""`# cnnc: allow(rule) reason`: comments that say what is meant to be as it is."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass

from dsl import syntax
from dsl.comments import Comment, comments
from dsl.source import Source, Span
from dsl.walk import walk

MARK = "cnnc:"
ALLOW = re.compile(r"#\s*cnnc:\s*(allow|allow-file)\(([^()]*)\)")
NAME = re.compile(r"[^\s,]+")
BETWEEN = re.compile(r"(?:\s|->|\||#[^\r\n]*)*")
STATEMENTS = (
    syntax.Param,
    syntax.Let,
    syntax.Default,
    syntax.Block,
    syntax.Use,
    syntax.Budget,
    syntax.Train,
    syntax.Value,
    syntax.Output,
    syntax.Chain,
    syntax.Branch,
    syntax.Call,
    syntax.Group,
    syntax.Loop,
    syntax.Repeat,
    syntax.Optional,
    syntax.Merge,
    syntax.Labelled,
)


@dataclass(slots=True)
class Allow:
    """A rule that a comment allows. `covers`: where; None for the whole file. `among`: how many
    rules the comment names."""

    rule: str
    span: Span
    comment: Comment
    covers: Span | None
    among: int
    is_used: bool = False

    def is_over(self, place: Span) -> bool:
        """Whether a place begins, or ends, in what is covered."""
        if self.covers is None:
            return True
        start, end = self.covers.start, self.covers.end
        return start <= place.start < end or start < place.end <= end


@dataclass(frozen=True, slots=True)
class Allows:
    """Those of a file, and comments that only look like one."""

    all: tuple[Allow, ...] = ()
    unclear: tuple[Span, ...] = ()

    def use(self, rule: str, place: Span) -> bool:
        """Whether a finding there is allowed; every comment that does so is then used."""
        over = [each for each in self.all if each.rule == rule and each.is_over(place)]
        for each in over:
            each.is_used = True
        return bool(over)


def allows(source: Source, tree: Callable[[], syntax.Module]) -> Allows:
    """The allowing comments of a file, whose tree is asked for only where one needs it."""
    if MARK not in source.text:
        return Allows()
    found: list[Allow] = []
    unclear: list[Span] = []
    for comment in comments(source):
        if comment.is_doc or not comment.text.startswith(MARK):
            continue
        match = ALLOW.match(comment.span.text)
        names = list(NAME.finditer(match[2])) if match else []
        if match is None or not names:
            unclear.append(comment.span)
            continue
        covers = None if match[1] == "allow-file" else _covers(comment, tree())
        for name in names:
            start = comment.span.start + match.start(2) + name.start()
            span = Span(source, start, start + len(name[0]))
            found.append(Allow(name[0], span, comment, covers, len(names)))
    return Allows(tuple(found), tuple(unclear))


def _covers(comment: Comment, tree: syntax.Module) -> Span:
    """The line; for a comment on a line of its own what begins next: the largest of the
    declaration, the statement and the layer."""
    source = tree.source
    if not comment.is_alone:
        start = source.line_starts[comment.span.position[0] - 1]
        return Span(source, start, comment.span.end)
    match = BETWEEN.match(source.text, comment.span.end)
    at = match.end() if match else comment.span.end
    ends = [
        part.span.end
        for part in walk(tree)
        if isinstance(part, STATEMENTS) and part.span.start == at
    ]
    return Span(source, at, max(ends, default=at))
