"""What a rule is, and what it finds."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Literal, TypeAlias

from compiler.lint.network import Network
from compiler.lint.program import Program
from dsl.source import Span

Keeps: TypeAlias = Literal["all", "all but biases"]


@dataclass(frozen=True, slots=True)
class Edit:
    """The text that would mend a finding, in place of that of the span."""

    span: Span
    text: str


def whole_line(span: Span) -> Span:
    """What goes with a text that is removed: its line, where nothing else stands on it, and else
    the space behind it."""
    text = span.source.text
    start, end = len(text[: span.start].rstrip(" \t")), span.end
    end += len(text[end:]) - len(text[end:].lstrip(" \t"))
    is_first = start == 0 or text[start - 1] in "\r\n"
    rest = text[end:]
    if is_first and (not rest or rest[0] in "\r\n"):
        return Span(
            span.source, start, end + len(rest) - len(rest.removeprefix("\r").removeprefix("\n"))
        )
    return Span(span.source, span.start, end)


@dataclass(frozen=True, slots=True)
class Finding:
    """What a rule says of a place in the source. `node`: the layer, where it is about one."""

    span: Span
    title: str
    label: str = ""
    help: str = ""
    node: int | None = None
    edit: Edit | None = None
    notes: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Rule:
    """A rule of thumb. `network` looks at one expanded network, `program` at the text of a file.

    `source` is the section of the notes, the paper or the documentation that it is taken from.
    `example` is a program in which it finds one thing. `fix` says what `--fix` writes, where the
    mend is certain, and `keeps` what of the networks' weights then stays as it is; volumes always
    do. A rule that is not `usual` runs where it is selected.
    """

    name: str
    title: str
    explanation: str
    source: str
    example: str
    network: Callable[[Network], Iterable[Finding]] | None = None
    program: Callable[[Program], Iterable[Finding]] | None = None
    fix: str = ""
    keeps: Keeps = "all"
    usual: bool = True
