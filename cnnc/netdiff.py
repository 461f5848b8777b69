"""The Python face of a difference."""

from __future__ import annotations

from collections.abc import Iterable
from contextlib import ExitStack
from pathlib import Path
from typing import TYPE_CHECKING, TypeAlias

from cnnc.net import Net, NetReport
from compiler.report import ITEMSIZES, Report, Stage

if TYPE_CHECKING:  # `import cnnc` must be quick, and few programs compare anything
    from cnnc.comparing import Side
    from compiler.difference.model import Difference, Pair, Total
    from compiler.difference.nets import Comparison

Target: TypeAlias = "Net | NetReport | Report | str | Path"


class NetDiff:
    """What differs between two networks, and its forms as text; printed, the table.

    `differences` has one for each pair of nets; `pairs`, `totals` and `sentences` are those of the
    first, which is the only one unless both targets are files with several nets.
    """

    def __init__(self, comparison: Comparison) -> None:
        self._comparison = comparison

    @property
    def differences(self) -> tuple[Difference, ...]:
        return self._comparison.differences

    @property
    def is_empty(self) -> bool:
        return self._comparison.is_empty

    @property
    def pairs(self) -> tuple[Pair, ...]:
        return self.differences[0].pairs

    @property
    def totals(self) -> dict[str, Total]:
        """By name: `parameters`, `macs`, `activations` and the others of the table."""
        return {total.name: total for total in self.differences[0].totals}

    @property
    def sentences(self) -> tuple[str, ...]:
        return self.differences[0].sentences

    def __str__(self) -> str:
        from compiler.formats.difference.table import table

        return table(self._comparison)

    __repr__ = __str__

    def to_json(self) -> str:
        from compiler.formats.difference.json import json

        return json(self._comparison)

    def to_markdown(self) -> str:
        """Fit for a comment on a pull request."""
        from compiler.formats.difference.markdown import markdown

        return markdown(self._comparison)

    def _repr_html_(self) -> str:
        from compiler.formats.difference.fragment import fragment

        return fragment(self._comparison)


def diff(
    old: Target,
    new: Target,
    *,
    stage: Stage | None = None,
    batch: int | None = None,
    dtype: str | None = None,
    allow_paths: Iterable[str | Path] = (),
) -> NetDiff:
    """What changed from one network to another: layer by layer, in total, and in words.

    Each is a Net, a report, or what the command takes: `FILE`, `FILE:NET`, either with `@REV`, or a
    saved JSON report. Raises CnnError where one does not compile or cannot be read, or where the
    reports were counted differently; ValueError for a stage, batch or dtype that there is not.
    """
    from cnnc.comparing import Counting, compare

    known = stage in (None, "source", "optimised", "training") and dtype in (None, *ITEMSIZES)
    if not known or (batch is not None and batch < 1):
        raise ValueError(f"no report of {stage!r} with batch {batch!r} and dtype {dtype!r}")
    with ExitStack() as stack:
        allowed = tuple(map(Path, allow_paths))
        sides = [_side(each, stack, allowed) for each in (old, new)]
        return NetDiff(compare(sides[0], sides[1], Counting(stage, batch, dtype)))


def _side(target: Target, stack: ExitStack, allowed: tuple[Path, ...]) -> Side:
    from cnnc.comparing import Side, open_side

    if isinstance(target, Net):
        journey = target.journey
        return Side(journey.source.name, journey, settings=journey.settings)
    if isinstance(target, NetReport):
        return _side(target.report, stack, allowed)
    if isinstance(target, Report):
        return Side(target.source, reports={target.name: target})
    return open_side(str(target), {}, stack, allow_paths=allowed)
