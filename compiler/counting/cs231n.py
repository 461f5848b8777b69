"""cs231n: memory and weights as the table of VGGNet in the CS231n notes has them.

The notes' own total, 24M values, is a known slip: their rows add up to 15,237,608.
"""

from __future__ import annotations

from collections.abc import Sequence

from compiler.counting.profile import Figure, Profile, Rule
from compiler.counting.rules import NOTHING, every
from compiler.op import Op
from compiler.report import Row


def _memory(row: Row) -> int:
    return 0 if row.layer.is_identity(row.inputs) else row.volume.values


MEMORY = Rule("1 for each output value, 4 bytes; an identity none", _memory)
IN_PLACE = Rule("nothing: it works in place", NOTHING.of)
WEIGHTS = Rule("its weights, without biases and normalisation", lambda row: row.weights)


def _memory_rule(op: type[Op]) -> Rule:
    return IN_PLACE if op.in_place else MEMORY


def headline(rows: Sequence[Row], totals: tuple[int, ...]) -> str:
    memory, weights = totals
    return (
        f"TOTAL memory: {memory:,} * 4 bytes = {4 * memory / 10**6:.2f} MB / image"
        " (only forward! ~*2 for bwd)\n"
        f"TOTAL params: {weights:,} parameters"
    )


CS231N = Profile(
    "cs231n",
    "the table of VGGNet in the notes",
    (
        Figure("memory", "values", "memory", every(_memory_rule), size=4),
        Figure("weights", "values", "parameters", every(lambda op: WEIGHTS)),
    ),
    headline,
)
