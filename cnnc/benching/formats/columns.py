"""What the table and the Markdown form share."""

from __future__ import annotations

from cnnc.benching.bench import Bench, Entry
from dsl.diagnostics import printable

TITLES = (
    "contender",
    "what",
    "min ms",
    "median ms",
    "ratio of minima",
    "median ratio",
    "difference",
    "construct s",
    "first call s",
)
NUMBERS_FROM = 2


def heading(bench: Bench) -> str:
    shapes = ", ".join("x".join(map(str, shape)) for shape in bench.shapes)
    asked = bench.asked
    return f"{bench.net}, {shapes}, threads: {asked.threads} each, {asked.rounds} rounds in turns"


def row(bench: Bench, entry: Entry) -> tuple[str, ...]:
    ratios = bench.ratios(entry)
    return (
        entry.name,
        entry.what,
        f"{entry.minimum * 1e3:.2f}",
        f"{entry.median * 1e3:.2f}",
        *(("", "") if ratios is None else (f"{each:.2f}" for each in ratios)),
        f"{entry.difference.relative:.0e}",
        f"{entry.construction:.2f}",
        f"{entry.first_call:.2f}",
    )


def notes(bench: Bench) -> list[str]:
    said = [
        "ratios to torch eager, contiguous; differences relative to the largest value",
        str(bench.machine),
        f"threads of NumPy's BLAS: {bench.blas}",
        *(f"left out: {name}: {reason}" for name, reason in bench.left_out.items()),
    ]
    return [printable(each) for each in said]
