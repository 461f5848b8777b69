"""Diagnostics: frozen data, one renderer, and the two ways in which a run can fail.

The form is that of section 8 of the language contract, after rustc's.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from difflib import get_close_matches
from itertools import accumulate, islice
from typing import Literal

from dsl.source import Span

WIDEST = 200
LONGEST = 600
MOST_NAMES = 2000
MOST_PAIRS = 200_000
MOST_LABELS = 20
MAX_ERRORS = 50  # of one run; more say nothing that the first have not said


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
        lines = [f"{self.severity}[{self.code}]: {_short(self.title)}"]
        numbers = [label.span.position[0] for label in self.labels]
        gutter = " " * len(str(max(numbers, default=0)))
        if self.place:
            lines.append(f"{gutter}--> {printable(self.place)}")
        if self.labels:
            lines += _pictures(self.labels[:MOST_LABELS], gutter)
            left = len(self.labels) - MOST_LABELS
            lines += [f"{gutter} = and {left:,} more places"] if left > 0 else []
        lines += [f"{gutter} = {_short(note)}" for note in self.notes]
        if self.help:
            lines.append(f"{gutter} = help: {_short(self.help)}")
        return "\n".join(lines)


def _short(text: str) -> str:
    """The text on one line; a program's words can be of any length."""
    text = printable(text[: LONGEST + 1])
    return text if len(text) <= LONGEST else f"{text[: LONGEST - 3]}..."


def _pictures(labels: Sequence[Label], gutter: str) -> list[str]:
    """The source lines with their labels underlined, each line of a file once, in order."""
    files = list(dict.fromkeys(label.span.source for label in labels))
    lines = []
    for source in files:
        if source is not files[0]:
            first = next(label.span for label in labels if label.span.source is source)
            lines.append(f"{gutter}::: {printable(str(first))}")
        lines.append(f"{gutter} |")
        inside = [label for label in labels if label.span.source is source]
        for number in sorted({label.span.position[0] for label in inside}):
            here = [label for label in inside if label.span.position[0] == number]
            here.sort(key=lambda label: label.span.start)
            cut = _cut(source.line(number), here)
            shown = printable(_window(source.line(number), cut))
            lines.append(f"{number:>{len(gutter)}} | {shown}".rstrip())
            lines += [f"{gutter} | {_underline(label, cut)}" for label in here]
    return lines


def _cut(line: str, labels: Sequence[Label]) -> int:
    """Where what is shown of a line begins: at 0, or near the first label of a very long one."""
    first = min(label.span.position[1] for label in labels) - 1
    return max(0, first - WIDEST // 4) if len(line) > WIDEST else 0


def _window(line: str, cut: int) -> str:
    """As much of a line as is shown, dots where something is left out."""
    shown = line[cut : cut + WIDEST]
    before = "..." + shown[3:] if cut else shown
    return before[:-3] + "..." if cut + WIDEST < len(line) else before


def _underline(label: Label, cut: int) -> str:
    number, column = label.span.position
    end = min(len(label.span.source.line(number)), cut + WIDEST)
    start = min(column - 1, cut + WIDEST - 1)
    width = min(label.span.end - label.span.start, end - start)
    carets = " " * (start - cut) + "^" * max(1, width)
    return f"{carets} {_short(label.text)}".rstrip()


def printable(line: str) -> str:
    """The text on one line, without what a terminal obeys; one column a character, so that carets
    stand under their text."""
    return "".join(char if char.isprintable() else " " for char in line)


class CnnError(Exception):
    """The program has errors; `diagnostics` holds every one that was found in the run."""

    def __init__(self, diagnostics: Iterable[Diagnostic]) -> None:
        self.diagnostics = tuple(diagnostics)
        super().__init__(self.diagnostics)

    def __str__(self) -> str:
        return "\n\n".join(each.render() for each in self.diagnostics)


class CompilerBug(Exception):
    """The compiler broke one of its own rules: never the fault of a program."""


def nearest(word: str, known: Iterable[str]) -> str | None:
    """The known word that was probably meant, or None."""
    candidates = list(islice(known, MOST_NAMES))
    # What is compared grows with the letters of both.
    within = accumulate(len(each) * len(word) for each in candidates)
    candidates = [each for each, sum_ in zip(candidates, within, strict=True) if sum_ < MOST_PAIRS]
    folded = {each.casefold(): each for each in reversed(candidates)}
    if word.casefold() in folded:
        return folded[word.casefold()]
    if len(word) > WIDEST:
        return None
    matches = get_close_matches(word.casefold(), folded, n=1, cutoff=0.7)
    return folded[matches[0]] if matches else None


def did_you_mean(word: str, known: Iterable[str]) -> str:
    """`did you mean X?`, or nothing where no known word is near."""
    match = nearest(word, known)
    return f"did you mean {match}?" if match else ""
