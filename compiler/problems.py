"""How elaboration speaks of errors: it raises Problem, and the nearest element records it."""

from __future__ import annotations

from collections.abc import Iterable

from dsl.diagnostics import Diagnostic, Label
from dsl.source import Span


class Problem(Exception):
    """One error, to be recorded where the run can go on."""

    def __init__(self, diagnostic: Diagnostic) -> None:
        super().__init__(diagnostic.title)
        self.diagnostic = diagnostic


class Poisoned(Exception):
    """Something depends on what already was reported; nothing more is to be said."""


def problem(code: str, title: str, span: Span, text: str = "", *, help: str = "") -> Problem:
    return Problem(Diagnostic(code, title, (Label(span, text),), help=help))


class Reporter:
    """The errors of a run. A place that is expanded many times is reported once."""

    def __init__(self) -> None:
        self.diagnostics: list[Diagnostic] = []
        self._seen: set[tuple[str, str]] = set()

    def add(self, diagnostic: Diagnostic, notes: Iterable[str] = ()) -> None:
        key = (diagnostic.code, diagnostic.place)
        if key in self._seen:
            return
        self._seen.add(key)
        self.diagnostics.append(
            Diagnostic(
                diagnostic.code,
                diagnostic.title,
                diagnostic.labels,
                (*diagnostic.notes, *notes),
                diagnostic.help,
                diagnostic.severity,
                diagnostic.file,
            )
        )
