"""torchvision: what the metadata of its weights say, and its table of pre-trained weights.

`_ops` is called GFLOPS there and counts multiply-accumulates, one each: half of what PyTorch's own
`torch.utils.flop_counter` gives, with which torchvision's tests make it.
"""

from __future__ import annotations

from collections.abc import Sequence

from compiler.counting.profile import Figure, Profile
from compiler.counting.rules import MACS_ALONE, PARAMETERS
from compiler.report import Row


def headline(rows: Sequence[Row], totals: tuple[int, ...]) -> str:
    parameters, macs = totals
    return f"num_params: {parameters}, _ops: {round(macs / 10**9, 3)}"


TORCHVISION = Profile(
    "torchvision",
    "weights.meta",
    (
        Figure("num_params", "values", "parameters", PARAMETERS),
        Figure("_ops", "MACs", "work", MACS_ALONE),
    ),
    headline,
)
