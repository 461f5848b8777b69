"""Diagnostics on a terminal."""

from __future__ import annotations

import re
from collections.abc import Iterable

from rich.console import Console
from rich.text import Text

STYLES = (
    (r"^error\[\w+\].*$", "bold red"),
    (r"^warning\[\w+\].*$", "bold yellow"),
    (r"^ *(\d+ )?\|", "blue"),
    (r"^ *(-->|:::) .*$", "blue"),
    (r"(?<=\| ) *\^+.*$", "bold red"),
    (r"(?<== )help:", "bold green"),
)


DIFFERENCE = (
    (r"^\+ .*$", "green"),
    (r"^- .*$", "red"),
    (r"^~ .*$", "yellow"),
)

# Of a unified diff.
CHANGES = (
    (r"^(---|\+\+\+) .*$", "bold"),
    (r"^@@ .*$", "cyan"),
    (r"^\+(?!\+\+ ).*$", "green"),
    (r"^-(?!-- ).*$", "red"),
)


def print_coloured(text: str) -> None:
    """Diagnostics, to stderr."""
    Console(stderr=True, soft_wrap=True, highlight=False).print(_styled(text, STYLES))


def print_difference(text: str) -> None:
    """To stdout, also where a pager shows it."""
    console = Console(soft_wrap=True, highlight=False, force_terminal=True)
    console.print(_styled(text, DIFFERENCE), end="")


def print_changes(text: str) -> None:
    """A patch, to stdout."""
    Console(soft_wrap=True, highlight=False).print(_styled(text, CHANGES), end="")


def _styled(text: str, styles: Iterable[tuple[str, str]]) -> Text:
    styled = Text(text)
    for pattern, style in styles:
        for match in re.finditer(pattern, text, re.MULTILINE):
            styled.stylize(style, *match.span())
    return styled
