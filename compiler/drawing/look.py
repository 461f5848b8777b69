"""How a network is drawn, apart from what draws it: commands are read without that."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal, TypeAlias, get_args

Format: TypeAlias = Literal["svg", "dot", "mermaid"]
Style: TypeAlias = Literal["graph", "volumes"]
Theme: TypeAlias = Literal["light", "dark", "auto"]
FORMATS: tuple[Format, ...] = get_args(Format)
STYLES: tuple[Style, ...] = get_args(Style)
THEMES: tuple[Theme, ...] = get_args(Theme)


@dataclass(frozen=True, slots=True)
class Look:
    """How a network is drawn.

    style    of an SVG: boxes and wires, or volumes in space
    depth    how many levels of scopes are shown; None: as many as can be read
    unfold   paths of scopes that are shown at any depth
    theme    of an SVG; `auto`: what its reader prefers
    """

    format: Format = "svg"
    style: Style = "graph"
    depth: int | None = None
    unfold: frozenset[str] = frozenset()
    theme: Theme = "auto"


USUAL = Look()
