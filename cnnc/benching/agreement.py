"""Whether all contenders compute the same, shown by numbers."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from cnnc.benching.contender import Array, Contender
from dsl.diagnostics import CnnError, Diagnostic

TOLERANCE = 1e-4


@dataclass(frozen=True, slots=True)
class Difference:
    """The largest one of any output, and relative to that output's largest value."""

    largest: float
    relative: float


def differences(
    net: str, contenders: Sequence[Contender], reference: Sequence[Array]
) -> dict[str, Difference]:
    """By name. Raises CnnError E0820 for those above TOLERANCE of the largest value, for outputs of
    other shapes, and where the reference's values are no numbers or all zero: they would show
    nothing."""
    scales = [float(np.abs(each).max(initial=0.0)) for each in reference]
    if not all(np.isfinite(scale) and scale > 0 for scale in scales):
        title = f"with these weights the outputs of {net} show nothing"
        note = f"the largest values are {', '.join(f'{scale:g}' for scale in scales)}"
        raise CnnError([Diagnostic("E0820", title, notes=(note,), help="--weights, or --seed")])
    found = {each.name: _difference(each.outputs, reference, scales) for each in contenders}
    wrong = [
        Diagnostic("E0820", f"{name} computes something else", notes=(_told(found[name]),))
        for name in found
        if not found[name].relative <= TOLERANCE
    ]
    if wrong:
        raise CnnError(wrong)
    return found


def _difference(
    outputs: Sequence[Array], reference: Sequence[Array], scales: Sequence[float]
) -> Difference:
    if [each.shape for each in outputs] != [each.shape for each in reference]:
        return Difference(float("inf"), float("inf"))
    pairs = zip(outputs, reference, strict=True)
    largest = [float(np.abs(ours - theirs).max(initial=0.0)) for ours, theirs in pairs]
    relative = [each / scale for each, scale in zip(largest, scales, strict=True)]
    # NumPy's maximum, unlike Python's, is no number where one of them is none.
    return Difference(float(np.max(largest)), float(np.max(relative)))


def _told(found: Difference) -> str:
    if found.largest == float("inf"):
        return "its outputs have other shapes, or values without bound"
    return f"it differs by {found.relative:.1e} of the largest value; {TOLERANCE:.0e} is allowed"
