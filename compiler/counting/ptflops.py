"""ptflops: `get_model_complexity_info(model, size)` with its default backend, `pytorch`.

It hooks PyTorch's modules and also replaces functions such as `F.relu` while the network runs. A
module that calls such a function inside is therefore counted twice; code that calls the function
itself is counted once. Merges written with `+` and `*` pass unseen.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence

from compiler.counting.profile import Figure, Profile, Rule
from compiler.counting.rules import (
    NOTHING,
    PARAMETERS,
    has_bias,
    inputs,
    is_affine,
    listed,
    macs,
    upsampled,
    values,
)
from compiler.ops.normalisation import LocalResponseNorm
from compiler.ops.pooling import AvgPool, MaxPool
from compiler.report import Row
from compiler.windows import extent


def _twice(of: Callable[[Row], int]) -> Callable[[Row], int]:
    return lambda row: 2 * of(row)


def _with_bias(row: Row) -> int:
    return macs(row) + (values(row) if has_bias(row) else 0)


def _is_native(layer: MaxPool | AvgPool, row: Row) -> bool:
    """Whether PyTorch's pooling takes the padding: even, and half of the window at most."""
    top, bottom, left, right = layer.sides(row.inputs[0])
    even = (top, left) == (bottom, right)
    return even and 2 * top <= layer.k[0] and 2 * left <= layer.k[1]


def _padded(row: Row) -> tuple[int, int]:
    """Height and width of what is pooled: padding that PyTorch's pooling does not take is laid
    around its input, as far as windows reach."""
    layer = row.layer
    assert isinstance(layer, MaxPool | AvgPool)
    if _is_native(layer, row):
        return row.inputs[0].spatial
    top, bottom, left, right = layer.sides(row.inputs[0])
    dilation = layer.dilation if isinstance(layer, MaxPool) else (1, 1)
    sizes = []
    for axis, padding in enumerate((top + bottom, left + right)):
        size, out = row.inputs[0].spatial[axis] + padding, row.volume.spatial[axis]
        span = extent(layer.k[axis], dilation[axis])
        needed = (out - 1) * layer.stride[axis] + span
        sizes.append(size if (size - span) // layer.stride[axis] + 1 == out else needed)
    return sizes[0], sizes[1]


def _pooled(row: Row) -> int:
    h, w = _padded(row)
    return h * w * row.inputs[0].c


def _averaged(row: Row, times: int) -> int:
    """Where padding does not count, a second pool over one channel counts what does."""
    layer = row.layer
    assert isinstance(layer, AvgPool)
    h, w = _padded(row)
    top, bottom, left, right = layer.sides(row.inputs[0])
    beyond = (h, w) != (row.inputs[0].h + top + bottom, row.inputs[0].w + left + right)
    if not _is_native(layer, row) and (beyond or not layer.count_pad):
        return h * w * (row.inputs[0].c + 1)
    return times * h * w * row.inputs[0].c


def _across_channels(row: Row) -> int:
    """Three products or sums of every value, and an average pool over channels that are padded."""
    layer, volume = row.layer, row.volume
    assert isinstance(layer, LocalResponseNorm)
    return 3 * volume.values + volume.h * volume.w * (volume.c + layer.size - 1)


WITH_BIAS = Rule("its MACs, and 1 for each output value where it has a bias", _with_bias)
BATCH_NORM = Rule(
    "2 for each value, 1 without gamma and beta",
    lambda row: values(row) * (2 if is_affine(row) else 1),
)
LAYER_NORM = Rule(
    "1 for each value where nothing has height or width: it has no rule for others",
    lambda row: values(row) if row.inputs[0].flat else 0,
)
UPSAMPLE = Rule(
    "2 for each output value",
    _twice(upsampled),
    called=Rule("1 for each output value", upsampled),
)
TWO_VALUES = Rule("2 for each value", _twice(values), called=Rule("1 for each value", values))
TWO_ALWAYS = Rule("2 for each value", _twice(values))
ONE_VALUE = Rule("1 for each value", values)
ONE_AS_MODULE = Rule("1 for each value", values, called=NOTHING)
POOL = Rule(
    "2 for each value that it pools",
    _twice(_pooled),
    called=Rule("1 for each value that it pools", _pooled),
)
AVGPOOL = Rule(
    "2 for each value that it pools",
    lambda row: _averaged(row, 2),
    called=Rule("1 for each value that it pools", lambda row: _averaged(row, 1)),
)
MINPOOL = Rule("1 for each value that it pools", _pooled)
WHOLE_POOL = Rule(
    "2 for each input value", _twice(inputs), called=Rule("1 for each input value", inputs)
)
LRN = Rule("3 for each value, and 1 for each position of C + size - 1 channels", _across_channels)

MACS = listed(
    ("CONV DWCONV TCONV FC", WITH_BIAS),
    ("BN GROUPNORM INSTANCENORM", BATCH_NORM),
    ("LAYERNORM", LAYER_NORM),
    ("UPSAMPLE", UPSAMPLE),
    ("RELU ELU GELU", TWO_VALUES),
    ("PRELU", TWO_ALWAYS),
    ("RELU6 SILU SOFTMAX", ONE_VALUE),
    ("LEAKY_RELU", ONE_AS_MODULE),
    ("POOL", POOL),
    ("AVGPOOL", AVGPOOL),
    ("MINPOOL", MINPOOL),
    ("GAP GMP ADAPTIVE_AVGPOOL ADAPTIVE_MAXPOOL", WHOLE_POOL),
    ("LRN", LRN),
    ("INPUT FLATTEN RESHAPE DROPOUT DROPOUT2D ID", NOTHING),
    ("HARDSWISH HARDSIGMOID SIGMOID TANH SOFTPLUS MISH LOG_SOFTMAX", NOTHING),
    ("DROP_PATH CONCAT ADD MUL MAX SCALE", NOTHING),
    ("SLICE SHUFFLE PAD CROP PIXEL_SHUFFLE NORMALIZE HOG", NOTHING),
)


def headline(rows: Sequence[Row], totals: tuple[int, ...]) -> str:
    parameters, work = totals
    return f"{_macs(work)}, {_parameters(parameters)}"


def _macs(number: int) -> str:
    for letter, size in (("G", 10**9), ("M", 10**6), ("K", 10**3)):
        if number >= size:
            return f"{round(number / size, 2)} {letter}Mac"
    return f"{number} Mac"


def _parameters(number: int) -> str:
    """With a small k, and nothing above millions."""
    for letter, size in (("M", 10**6), ("k", 10**3)):
        if number >= size:
            return f"{round(number / size, 2)} {letter}"
    return str(number)


PTFLOPS = Profile(
    "ptflops",
    "ptflops.get_model_complexity_info(model, size)",
    (
        Figure("params", "values", "parameters", PARAMETERS),
        Figure("macs", "MACs", "work", MACS),
    ),
    headline,
)
