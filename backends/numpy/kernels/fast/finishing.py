"""What is done to a tile's values while they are in the cache, before they leave it."""

from collections.abc import Callable, Sequence
from functools import partial
from typing import TypeAlias

import numpy as np

from backends.numpy.kernels.fast.calls import Call
from backends.numpy.kernels.fast.maps import Maps
from backends.numpy.kernels.fast.scratch import Scratch
from backends.numpy.kernels.types import Array

# Values, where the result goes (perhaps the same), and memory of twice their shape: 2 x ...
Activation: TypeAlias = Callable[[Array, Array, Array], list[Call]]
# np.add and the like with the other operand, which has the values' shape or is one a channel.
Merge: TypeAlias = tuple[np.ufunc, Array]
# What follows a layer, as seen by a tile's look at maps.
Then: TypeAlias = Callable[[Callable[[Maps], Array]], Sequence[Activation | Merge]]
# Parts of the scratch.
SPARE = 7
COPIED = 6
# atanh(2 Phi(x) - 1) / x by powers of x^2, the highest first.
GELU = (
    1.7562767e-09,
    -1.3226625e-07,
    3.964773e-06,
    -5.5306315e-05,
    -3.2594748e-05,
    0.036333084,
    0.79788494,
)


def finishing(
    values: Array,
    target: Array,
    then: Sequence[Activation | Merge],
    scratch: Scratch,
    keep: bool = False,
) -> list[Call]:
    """Do `then` to values of any axes, channels last; the last of it writes to the target.

    keep: the values must stay, so that what comes before the last is done in the target too.
    Where rows lie side by side they are taken as one long row, which NumPy's loops like best.
    """
    if keep and overwrites(target, then[1:]):
        copied = scratch.take(COPIED, *values.shape)
        return [partial(np.copyto, copied, values), *finishing(copied, target, then, scratch)]
    others = [each[1] for each in then if isinstance(each, tuple) and each[1].ndim > 1]
    joined = all(joins_rows(each) for each in (values, target, *others))
    images, _, width, _ = values.shape[-4:]
    same = values.__array_interface__["data"] == target.__array_interface__["data"]
    values, target = (join_rows(each) if joined else each for each in (values, target))
    if same:
        target = values  # two views of one place would be thought to overlap, and be copied
    spare = scratch.take(SPARE, 2, *values.shape) if any(map(callable, then)) else values
    calls: list[Call] = []
    # NumPy cannot tell that several images of an arena do not overlap, and would copy them.
    apart = images > 1 and overwrites(target, then[-1:])
    for number, each in enumerate(then):
        last = number == len(then) - 1 and not apart
        out = target if keep or last else values
        if isinstance(each, tuple):
            function, other = each
            if joined:
                other = join_rows(other) if other.ndim > 1 else np.tile(other, width)
            calls.append(partial(function, values, other, out=out))
        else:
            calls += each(values, out, spare)
        values = out
    if (not then and not same) or (apart and values is not target):
        calls.append(partial(np.copyto, target, values))
    return calls


def overwrites(target: Array, then: Sequence[Activation | Merge]) -> bool:
    """Whether what follows reads where the target lies."""
    return any(isinstance(each, tuple) and np.may_share_memory(target, each[1]) for each in then)


def joins_rows(array: Array) -> bool:
    """Whether the pixels of a row lie side by side."""
    return bool(array.strides[-1] == 4 and array.strides[-2] == 4 * array.shape[-1])


def join_rows(array: Array) -> Array:
    """Take each row of pixels as one axis."""
    shape = (*array.shape[:-2], array.shape[-2] * array.shape[-1])
    view: Array = np.lib.stride_tricks.as_strided(array, shape, (*array.strides[:-2], 4))
    return view


def relu_into(values: Array, out: Array, spare: Array) -> list[Call]:
    """max(x, 0)."""
    return [partial(np.maximum, values, np.float32(0), out=out)]


def relu6_into(values: Array, out: Array, spare: Array) -> list[Call]:
    """min(max(x, 0), 6)."""
    return [partial(np.clip, values, np.float32(0), np.float32(6), out)]


def leaky_relu_into(slope: float, values: Array, out: Array, spare: Array) -> list[Call]:
    """x where positive, slope * x elsewhere, for a slope from 0 to 1."""
    return [
        partial(np.multiply, values, np.float32(slope), spare[0]),
        partial(np.maximum, values, spare[0], out=out),
    ]


def tanh_into(values: Array, out: Array, spare: Array) -> list[Call]:
    return [partial(np.tanh, values, out)]


def sigmoid_into(values: Array, out: Array, spare: Array) -> list[Call]:
    """1 / (1 + exp(-x)) = (tanh(x / 2) + 1) / 2, which cannot overflow."""
    half = spare[0]
    return [
        partial(np.multiply, values, np.float32(0.5), half),
        partial(np.tanh, half, half),
        partial(np.add, half, np.float32(1), half),
        partial(np.multiply, half, np.float32(0.5), out),
    ]


def silu_into(values: Array, out: Array, spare: Array) -> list[Call]:
    """x * sigmoid(x)."""
    part = spare[0]
    return [*sigmoid_into(values, part, spare), partial(np.multiply, values, part, out)]


def gelu_into(values: Array, out: Array, spare: Array) -> list[Call]:
    """x * Phi(x), Phi the normal distribution, within 1e-6.

    2 Phi(x) - 1 = tanh(x * p(x^2)), p a polynomial that was fitted where x^2 is below 27 (to 6e-8)
    and grows beyond.
    """
    square, part = spare
    first, *others = GELU
    calls: list[Call] = [
        partial(np.clip, values, np.float32(-8), np.float32(8), square),
        partial(np.multiply, square, square, square),
        partial(np.multiply, square, np.float32(first), part),
    ]
    for coefficient in others[:-1]:
        calls.append(partial(np.add, part, np.float32(coefficient), part))
        calls.append(partial(np.multiply, part, square, part))
    return [
        *calls,
        partial(np.add, part, np.float32(others[-1]), part),
        partial(np.multiply, part, values, part),
        partial(np.tanh, part, part),
        partial(np.add, part, np.float32(1), part),
        partial(np.multiply, part, np.float32(0.5), part),
        partial(np.multiply, part, values, out),
    ]


def hardsigmoid_into(values: Array, out: Array, spare: Array) -> list[Call]:
    """min(max(x + 3, 0), 6) / 6."""
    part = spare[0]
    return [
        partial(np.add, values, np.float32(3), part),
        partial(np.clip, part, np.float32(0), np.float32(6), part),
        partial(np.multiply, part, np.float32(1 / 6), out),
    ]


def hardswish_into(values: Array, out: Array, spare: Array) -> list[Call]:
    """x * min(max(x + 3, 0), 6) / 6."""
    part = spare[0]
    return [*hardsigmoid_into(values, part, spare), partial(np.multiply, values, part, out)]


def function_into(
    function: Callable[[Array], Array], values: Array, out: Array, spare: Array
) -> list[Call]:
    """Any function of each value; its results are copied."""
    return [partial(copy_of, function, values, out)]


def copy_of(function: Callable[[Array], Array], values: Array, out: Array) -> None:
    np.copyto(out, function(values))
