"""cnnc: the report's own columns."""

from __future__ import annotations

from collections.abc import Sequence

from compiler.counting.profile import Figure, Profile
from compiler.counting.rules import MACS_ALONE, PARAMETERS
from compiler.report import Row


def headline(rows: Sequence[Row], totals: tuple[int, ...]) -> str:
    parameters, macs = totals
    return f"parameters: {parameters:,}, MACs: {macs:,}"


CNNC = Profile(
    "cnnc",
    "cnnc report",
    (
        Figure("parameters", "values", "parameters", PARAMETERS),
        Figure("MACs", "MACs", "work", MACS_ALONE),
    ),
    headline,
)
