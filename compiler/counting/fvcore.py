"""fvcore: `FlopCountAnalysis(model, x)`, which follows a trace of the network.

One "flop" is one multiply-accumulate of a convolution or FC, but one operation of batch norm and of
an adaptive average pool. Whether code calls a module or a function makes no difference. An operator
that it does not know is skipped with a warning on the log.
"""

from __future__ import annotations

from collections.abc import Sequence

from compiler.counting.profile import Figure, Profile, Rule
from compiler.counting.rules import (
    MACS,
    PARAMETERS,
    inputs,
    is_affine,
    is_bilinear,
    listed,
    nothing,
    upsampled,
    values,
)
from compiler.report import Row

IGNORED = Rule("nothing", nothing)
UNKNOWN = Rule("nothing, with a warning: unsupported", nothing)
POOLED = Rule("1 for each input value", inputs)
BATCH_NORM = Rule(
    "2 for each value, 1 without gamma and beta",
    lambda row: values(row) * (2 if is_affine(row) else 1),
)

OWN_NORM = Rule(
    "5 for each value, 4 without weight and bias",
    lambda row: values(row) * (5 if is_affine(row) else 4),
)
UPSAMPLE = Rule(
    "1 for each output value, 4 if bilinear",
    lambda row: upsampled(row) * (4 if is_bilinear(row) else 1),
)

FLOPS = listed(
    ("CONV DWCONV TCONV FC", MACS),
    ("BN", BATCH_NORM),
    ("LAYERNORM GROUPNORM INSTANCENORM", OWN_NORM),
    ("UPSAMPLE", UPSAMPLE),
    ("GAP ADAPTIVE_AVGPOOL", POOLED),
    ("INPUT FLATTEN RELU DROPOUT DROP_PATH CONCAT SLICE ID", IGNORED),
    ("POOL MINPOOL AVGPOOL GMP ADAPTIVE_MAXPOOL RESHAPE LRN", UNKNOWN),
    ("RELU6 LEAKY_RELU PRELU ELU GELU SILU HARDSWISH HARDSIGMOID", UNKNOWN),
    ("SIGMOID TANH SOFTPLUS MISH SOFTMAX LOG_SOFTMAX", UNKNOWN),
    ("DROPOUT2D ADD MUL MAX SCALE", UNKNOWN),
    ("SHUFFLE PAD CROP PIXEL_SHUFFLE NORMALIZE HOG", UNKNOWN),
)


LETTERS = (("P", 10**15), ("T", 10**12), ("G", 10**9), ("M", 10**6), ("K", 10**3))


def headline(rows: Sequence[Row], totals: tuple[int, ...]) -> str:
    """As the first line of `flop_count_str`."""
    parameters, flops = totals
    return f"#params: {_short(parameters)}, #flops: {_short(flops)}"


def _short(number: int) -> str:
    """A tenth of a unit is already written in it, as in 0.25K."""
    for letter, size in LETTERS:
        if number > size // 10:
            return f"{number / size:.2f}".rstrip("0").rstrip(".") + letter
    return str(number)


FVCORE = Profile(
    "fvcore",
    "fvcore.nn.FlopCountAnalysis(model, x)",
    (
        Figure("#params", "values", "parameters", PARAMETERS),
        Figure("#flops", "MACs", "work", FLOPS),
    ),
    headline,
)
