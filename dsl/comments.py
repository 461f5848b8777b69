"""The comments of a program, which the parser passes over."""

from __future__ import annotations

import re
from dataclasses import dataclass

from dsl.source import Source, Span

WORDS = re.compile(r'"(?:[^"\\\n]|\\.)*"|#[^\r\n]*')


@dataclass(frozen=True, slots=True)
class Comment:
    """`span` begins at the `#`; `is_alone`: nothing else stands on its line before it."""

    span: Span
    is_alone: bool

    @property
    def text(self) -> str:
        """Without the `#` and the space around."""
        return self.span.text[1:].strip()

    @property
    def is_doc(self) -> bool:
        return self.span.text.startswith("##")


def comments(source: Source) -> tuple[Comment, ...]:
    """In the order of the source. A `#` within a text in quotes begins none."""
    found = []
    for match in WORDS.finditer(source.text):
        if match[0].startswith("#"):
            span = Span(source, match.start(), match.end())
            line = source.line(span.position[0])
            found.append(Comment(span, line.lstrip().startswith("#")))
    return tuple(found)
