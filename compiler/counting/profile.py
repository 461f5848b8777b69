"""What a counting profile is: the numbers that one tool gives for a network, rule by rule."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import Literal, TypeAlias

from compiler.report import Row

Kind: TypeAlias = Literal["work", "parameters", "memory"]


@dataclass(frozen=True, slots=True)
class Rule:
    """How a tool counts one operator: the number for one image, and the same in words.

    `called`: how it counts the layer where PyTorch code calls it as a function in `forward` and
    holds no module for it, if that makes a difference to the tool.
    """

    says: str
    of: Callable[[Row], int]
    called: Rule | None = None


@dataclass(frozen=True, slots=True)
class Figure:
    """One of a tool's numbers under the tool's own name, with a rule for every operator.

    `kind`: what it is about, so that two tools can be compared. `size`: what one is in the least
    unit of its kind, such as 4 bytes for a float32 value.
    """

    name: str
    unit: str
    kind: Kind
    rules: Mapping[str, Rule]
    size: int = 1

    def rule(self, row: Row, is_module: bool) -> Rule:
        """The rule that counts the layer."""
        rule = self.rules[row.op]
        return rule if is_module or rule.called is None else rule.called


@dataclass(frozen=True, slots=True)
class Profile:
    """A tool. `call`: what of it is reproduced; `headline`: what it prints at the end, from the
    rows of a report and the totals of the figures."""

    name: str
    call: str
    figures: tuple[Figure, ...]
    headline: Callable[[Sequence[Row], tuple[int, ...]], str]


@dataclass(frozen=True, slots=True)
class CountedRow:
    """A layer's numbers, one a figure of the profile."""

    path: str
    op: str
    numbers: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Counted:
    """`totals` are the sums of the rows, one a figure; `headline` is what the tool would print."""

    profile: Profile
    rows: tuple[CountedRow, ...]
    totals: tuple[int, ...]
    headline: str


def count(rows: Sequence[Row], profile: Profile, modules: Collection[str] | None = None) -> Counted:
    """The rows of a report as a tool counts them, for one image whatever the report's batch.

    `modules`: the paths of the layers that PyTorch code holds as modules, all others being called
    as functions; None where every layer is one.
    """
    counted = []
    for row in rows:
        is_module = modules is None or row.path in modules
        numbers = tuple(each.rule(row, is_module).of(row) for each in profile.figures)
        counted.append(CountedRow(row.path, row.op, numbers))
    totals = tuple(
        sum(row.numbers[index] for row in counted) for index in range(len(profile.figures))
    )
    return Counted(profile, tuple(counted), totals, profile.headline(rows, totals))
