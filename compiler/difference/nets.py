"""Every net of two programs: pairs of one name, and what only one program has."""

from __future__ import annotations

from dataclasses import dataclass

from compiler.difference.model import Difference
from compiler.report import Report


@dataclass(frozen=True, slots=True)
class Comparison:
    """`removed` and `added`: the nets that have no partner of their name."""

    differences: tuple[Difference, ...]
    removed: tuple[Report, ...] = ()
    added: tuple[Report, ...] = ()

    @property
    def is_empty(self) -> bool:
        alone = bool(self.removed or self.added)
        return not alone and all(each.is_empty for each in self.differences)
