"""Diagnostics: frozen data, one renderer, and the two ways in which a run can fail.

The form is that of section 8 of the language contract, after rustc's.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from difflib import get_close_matches
from typing import Literal

from dsl.source import Span


@dataclass(frozen=True, slots=True)
class Label:
    """A place in the source and what is to be said of it."""

    span: Span
    text: str = ""


@dataclass(frozen=True, slots=True)
class Diagnostic:
    """What is wrong, where, and the mend where one is known. The first label is the place."""

    code: str
    title: str
    labels: tuple[Label, ...] = ()
    notes: tuple[str, ...] = ()
    help: str = ""
    severity: Literal["error", "warning"] = "error"
    file: str = ""

    @property
    def place(self) -> str:
        return str(self.labels[0].span) if self.labels else self.file

    def render(self) -> str:
        """The text that a person reads, ending without a newline."""
        lines = [f"{self.severity}[{self.code}]: {self.title}"]
        numbers = [label.span.position[0] for label in self.labels]
        gutter = " " * len(str(max(numbers, default=0)))
        if self.place:
            lines.append(f"{gutter}--> {self.place}")
        if self.labels:
            lines += _pictures(self.labels, gutter)
        lines += [f"{gutter} = {note}" for note in self.notes]
        if self.help:
            lines.append(f"{gutter} = help: {self.help}")
        return "\n".join(lines)


def _pictures(labels: Sequence[Label], gutter: str) -> list[str]:
    """The source lines with their labels underlined, each line of a file once, in order."""
    files = list(dict.fromkeys(label.span.source for label in labels))
    lines = []
    for source in files:
        if source is not files[0]:
            first = next(label.span for label in labels if label.span.source is source)
            lines.append(f"{gutter}::: {first}")
        lines.append(f"{gutter} |")
        inside = [label for label in labels if label.span.source is source]
        for number in sorted({label.span.position[0] for label in inside}):
            lines.append(f"{number:>{len(gutter)}} | {_printable(source.line(number))}")
            here = [label for label in inside if label.span.position[0] == number]
            for label in sorted(here, key=lambda label: label.span.start):
                lines.append(f"{gutter} | {_underline(label)}")
    return lines


def _underline(label: Label) -> str:
    number, column = label.span.position
    line = label.span.source.line(number)
    width = min(label.span.end - label.span.start, len(line) - column + 1)
    carets = " " * (column - 1) + "^" * max(1, width)
    return f"{carets} {label.text}".rstrip()


def _printable(line: str) -> str:
    """One column a character, so that the carets stand under their text."""
    return "".join(char if char.isprintable() else " " for char in line).rstrip()


class CnnError(Exception):
    """The program has errors; `diagnostics` holds every one that was found in the run."""

    def __init__(self, diagnostics: Iterable[Diagnostic]) -> None:
        self.diagnostics = tuple(diagnostics)
        super().__init__("\n\n".join(each.render() for each in self.diagnostics))


class CompilerBug(Exception):
    """The compiler broke one of its own rules: never the fault of a program."""


def nearest(word: str, known: Iterable[str]) -> str | None:
    """The known word that was probably meant, or None."""
    candidates = list(known)
    folded = {each.casefold(): each for each in reversed(candidates)}
    if word.casefold() in folded:
        return folded[word.casefold()]
    matches = get_close_matches(word.casefold(), folded, n=1, cutoff=0.7)
    return folded[matches[0]] if matches else None


def did_you_mean(word: str, known: Iterable[str]) -> str:
    """`did you mean X?`, or nothing where no known word is near."""
    match = nearest(word, known)
    return f"did you mean {match}?" if match else ""
