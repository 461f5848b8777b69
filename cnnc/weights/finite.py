"""Weights that are no numbers: NaN, infinity, and what float32 makes infinite."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from pathlib import Path

import numpy as np

from cnnc.weights.stored import Array, refused, shown

LISTED = 12


def not_finite(arrays: Iterable[tuple[str, str, Array]]) -> list[str]:
    """A line for each that holds some: given are the parameter, what the file calls it, and its
    values."""
    found = []
    for key, name, array in arrays:
        if array.dtype.kind != "f":
            continue
        with np.errstate(over="ignore"):
            wrong = int((~np.isfinite(array.astype(np.float32, copy=False))).sum())
        if wrong:
            of = f"{wrong:,} of the {array.size:,} values of {name}"
            found.append(f"{key} {shown(tuple(array.shape))}: {of}")
    return found


def refuse(path: Path, lines: Sequence[str]) -> None:
    """Raises CnnError E0907 if there are lines."""
    if lines:
        title = "values that are NaN or infinite in float32"
        help = "take a checkpoint from before the training failed"
        raise refused("E0907", path, title, help, listed(lines))


def listed(lines: Sequence[str]) -> tuple[str, ...]:
    """The first, and how many more there are."""
    more = len(lines) - LISTED
    return (*lines[:LISTED], *([f"and {more} more"] if more > 0 else ()))
