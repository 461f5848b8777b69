"""How elements are named: by their label, or by their position in the nearest scope."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(slots=True)
class Paths:
    """A scope. Labelled elements count as positions too; what is absent is never taken.

    A scope counts in the one around it from its first element on: an empty one is absent.
    """

    prefix: str = ""
    count: int = 0
    outer: Paths | None = None

    def take(self, label: str | None) -> str:
        """The path of the next element, which counts from now on."""
        path = self.peek(label)
        scope: Paths | None = self
        while scope is not None:
            scope.count += 1
            scope = scope.outer if scope.count == 1 else None
        return path

    def peek(self, label: str | None) -> str:
        """The path that the next element will have."""
        return self.prefix + (str(self.count) if label is None else label)

    def inner(self, label: str | None) -> Paths:
        """The scope that the next element opens."""
        return Paths(f"{self.peek(label)}.", outer=self)

    def labelled(self, label: str | None) -> Paths:
        """The scope of a group, which opens one of its own only where it has a label."""
        return self if label is None else self.inner(label)
