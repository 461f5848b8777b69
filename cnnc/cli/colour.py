"""Diagnostics on a terminal."""

from __future__ import annotations

import re

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


def print_coloured(text: str) -> None:
    styled = Text(text)
    for pattern, style in STYLES:
        for match in re.finditer(pattern, text, re.MULTILINE):
            styled.stylize(style, *match.span())
    Console(stderr=True, soft_wrap=True, highlight=False).print(styled)
