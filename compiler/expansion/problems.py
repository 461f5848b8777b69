"""How elaboration speaks of errors: it raises Problem, and the nearest element records it."""

from __future__ import annotations

from collections.abc import Iterable

from dsl.diagnostics import MAX_ERRORS, Diagnostic, Label
from dsl.source import Span

MAX_STEPS = 1_000_000


class Problem(Exception):
    """One error, to be recorded where the run can go on."""

    def __init__(self, diagnostic: Diagnostic) -> None:
        super().__init__(diagnostic.title)
        self.diagnostic = diagnostic


class Abandoned(Exception):
    """One error with which the run ends: a limit was passed."""

    def __init__(self, diagnostic: Diagnostic) -> None:
        super().__init__(diagnostic.title)
        self.diagnostic = diagnostic


class Poisoned(Exception):
    """Something depends on what already was reported; nothing more is to be said."""


def problem(code: str, title: str, span: Span, text: str = "", *, help: str = "") -> Problem:
    return Problem(Diagnostic(code, title, (Label(span, text),), help=help))


class Meter:
    """Counts what a run does, so that no short program keeps the compiler busy for hours."""

    def __init__(self, steps: int = MAX_STEPS) -> None:
        self.steps = steps
        self.left = steps

    def spend(self, steps: int, span: Span) -> None:
        """Raises Abandoned E0409 where more steps were taken than are allowed."""
        self.left -= steps
        if self.left < 0:
            raise too_large(span, f"it takes more than {self.steps:,} steps to expand")


def too_large(span: Span, what: str) -> Abandoned:
    mend = "if that is meant, raise the limit with --max-layers"
    title = f"the network is too large: {what}"
    return Abandoned(Diagnostic("E0409", title, (Label(span),), help=mend))


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
        if len(self.diagnostics) == MAX_ERRORS:
            title = f"there are more than {MAX_ERRORS} errors"
            raise Abandoned(Diagnostic("E0111", title, file=diagnostic.place))
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
