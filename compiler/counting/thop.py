"""thop: `profile(model, inputs=(x,))`.

It hooks modules of the types that it has a rule for; what code calls as a function passes unseen,
and so do the parameters of other modules.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from compiler.counting.profile import Figure, Profile, Rule
from compiler.counting.rules import (
    MACS,
    NOTHING,
    PARAMETERS,
    is_affine,
    is_bilinear,
    learned,
    listed,
    nothing,
    upsampled,
    values,
)
from compiler.ops.convolution import TransposedConv
from compiler.report import Row


def _by_outputs(row: Row) -> int:
    """As if each output value of a transposed convolution saw a whole window of the input."""
    layer = row.layer
    assert isinstance(layer, TransposedConv)
    return values(row) * (row.inputs[0].c // layer.groups) * layer.k[0] * layer.k[1]


def _bins(row: Row) -> int:
    """In thop's own floating point, which may lose one operation where a size does not divide."""
    (h, w), (out_h, out_w) = row.inputs[0].spatial, row.volume.spatial
    return int(((h / out_h) * (w / out_w) + 1) * values(row))


def _norm(row: Row) -> int:
    return values(row) * (4 if is_affine(row) else 2)


def _softmax(row: Row) -> int:
    """An exponential and a division for each value, and the sum of the channels."""
    return row.volume.h * row.volume.w * (3 * row.volume.c - 1)


TRANSPOSED = Rule("a whole window for each output value: stride squared too many MACs", _by_outputs)
BATCH_NORM = Rule("4 for each value, 2 without gamma and beta", _norm)
LAYER_NORM = Rule(
    "4 for each value, 2 without weight and bias, where nothing has height or width",
    lambda row: _norm(row) if row.inputs[0].flat else 0,
)
UPSAMPLE = Rule(
    "1 for each output value, 11 if bilinear",
    lambda row: upsampled(row) * (11 if is_bilinear(row) else 1),
    called=NOTHING,
)
ONE_VALUE = Rule("1 for each value", values)
AVGPOOL = Rule("1 for each output value", values, called=NOTHING)
BINS = Rule("the values of its bins, and 1 for each output value", _bins, called=NOTHING)
SOFTMAX = Rule("3 for each value, 1 less at each position", _softmax, called=NOTHING)

UNSEEN = Rule("nothing: it skips the parameters of a module without a rule", nothing)
LEARNED_IF_FLAT = Rule(
    "all that is learned where nothing has height or width, else nothing: it has no rule for it",
    lambda row: learned(row) if row.inputs[0].flat else 0,
)
LEARNED_BY_KNOWN: Mapping[str, Rule] = {
    **PARAMETERS,
    "LAYERNORM": LEARNED_IF_FLAT,
    "GROUPNORM": UNSEEN,
    "SCALE": UNSEEN,
}
OPERATIONS = listed(
    ("CONV DWCONV FC", MACS),
    ("TCONV", TRANSPOSED),
    ("BN INSTANCENORM", BATCH_NORM),
    ("LAYERNORM", LAYER_NORM),
    ("UPSAMPLE", UPSAMPLE),
    ("PRELU", ONE_VALUE),
    ("AVGPOOL", AVGPOOL),
    ("GAP ADAPTIVE_AVGPOOL", BINS),
    ("SOFTMAX", SOFTMAX),
    ("INPUT POOL MINPOOL GMP ADAPTIVE_MAXPOOL FLATTEN RESHAPE LRN", NOTHING),
    ("RELU RELU6 LEAKY_RELU ELU GELU SILU HARDSWISH HARDSIGMOID", NOTHING),
    ("SIGMOID TANH SOFTPLUS MISH LOG_SOFTMAX DROPOUT DROPOUT2D ID", NOTHING),
    ("GROUPNORM DROP_PATH CONCAT ADD MUL MAX SCALE", NOTHING),
    ("SLICE SHUFFLE PAD CROP PIXEL_SHUFFLE NORMALIZE HOG", NOTHING),
)


def headline(rows: Sequence[Row], totals: tuple[int, ...]) -> str:
    """As `clever_format([macs, params])`."""
    parameters, operations = totals
    return f"{_clever(operations)}, {_clever(parameters)}"


def _clever(number: int) -> str:
    """Below a thousand the letter is B, which is not for billions."""
    for letter, size in (("T", 10**12), ("G", 10**9), ("M", 10**6), ("K", 10**3)):
        if number > size:
            return f"{number / size:.2f}{letter}"
    return f"{number:.2f}B"


THOP = Profile(
    "thop",
    "thop.profile(model, inputs=(x,))",
    (
        Figure("total_params", "values", "parameters", LEARNED_BY_KNOWN),
        Figure("total_ops", "MACs", "work", OPERATIONS),
    ),
    headline,
)
