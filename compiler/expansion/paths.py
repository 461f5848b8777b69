"""How elements are named: by their label, or by their position in the nearest scope."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(slots=True)
class Paths:
    """A scope. Labelled elements count as positions too; what is absent is never taken."""

    prefix: str = ""
    count: int = 0

    def take(self, label: str | None) -> str:
        """The name of the next element."""
        name = str(self.count) if label is None else label
        self.count += 1
        return name

    def inner(self, name: str) -> Paths:
        return Paths(f"{self.prefix}{name}.")
