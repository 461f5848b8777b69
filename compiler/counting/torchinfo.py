"""torchinfo: `summary(model, input_size=(1, C, H, W))`.

"Mult-adds" are parameters times the positions of the output where a class has Conv in its name, and
the parameters alone elsewhere. "Forward/backward pass size" leaves out every layer without
parameters.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from compiler.counting.profile import Figure, Profile, Rule
from compiler.counting.rules import NOTHING, PARAMETERS, every, has_weights, learned, values
from compiler.op import Op
from compiler.report import Row

CONVOLUTIONS = frozenset({"CONV", "DWCONV", "TCONV"})

AT_POSITIONS = Rule(
    "its parameters, biases too, for each position of the output",
    lambda row: learned(row) * row.volume.h * row.volume.w,
)
ONCE = Rule("its parameters, once, whatever the size of its output", learned)
TWICE_THE_OUTPUT = Rule(
    "the output twice, with its gradient, of a layer that has parameters",
    lambda row: 2 * 4 * values(row) if learned(row) else 0,
)


def _mult_adds(op: type[Op]) -> Rule:
    if op.name in CONVOLUTIONS:
        return AT_POSITIONS
    return ONCE if has_weights(op) else NOTHING


MULT_ADDS: Mapping[str, Rule] = every(_mult_adds)
PASS_SIZE: Mapping[str, Rule] = every(lambda op: TWICE_THE_OUTPUT if has_weights(op) else NOTHING)


def headline(rows: Sequence[Row], totals: tuple[int, ...]) -> str:
    """The end of the summary; its Trainable lines suppose that nothing is frozen."""
    parameters, mult_adds, passed = totals
    given = sum(4 * values(row) for row in rows if row.op == "INPUT")
    return "\n".join(
        (
            f"Total params: {parameters:,}",
            f"Trainable params: {parameters:,}",
            "Non-trainable params: 0",
            f"Total mult-adds {_readable(mult_adds)}",
            f"Input size (MB): {given / 1e6:.2f}",
            f"Forward/backward pass size (MB): {passed / 1e6:.2f}",
            f"Params size (MB): {4 * parameters / 1e6:.2f}",
            f"Estimated Total Size (MB): {(given + passed + 4 * parameters) / 1e6:.2f}",
        )
    )


def _readable(number: int) -> str:
    """`(M): 0.04`; torchinfo 1.8 means this, and prints `Units.MEGABYTES` for M on Python 3.11."""
    letter, size = next(
        (each for each in (("T", 10**12), ("G", 10**9)) if number >= each[1]), ("M", 10**6)
    )
    scaled = number / size
    return f"({letter}): {scaled:,.0f}" if scaled.is_integer() else f"({letter}): {scaled:,.2f}"


TORCHINFO = Profile(
    "torchinfo",
    "torchinfo.summary(model, input_size=(1, C, H, W))",
    (
        Figure("Total params", "values", "parameters", PARAMETERS),
        Figure("Total mult-adds", "MACs", "work", MULT_ADDS),
        Figure("Forward/backward pass size", "bytes", "memory", PASS_SIZE),
    ),
    headline,
)
