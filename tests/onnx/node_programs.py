"""ONNX nodes of the generated cases written as programs of the language.

Where an operator goes along one axis, that axis becomes the channels and all others the batch.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from math import prod

import numpy as np

from tests.onnx.converted import Array
from tests.onnx.nodes import NodeCase

NORM = ("weight", "bias")
STATISTICS = ("running_mean", "running_var")


@dataclass(frozen=True, slots=True)
class Program:
    """A network, what flows into it (N x C x H x W), and what must come out, in its order."""

    text: str
    inputs: tuple[Array, ...]
    expected: Array
    weights: Mapping[str, Array] = field(default_factory=dict)


def programs(case: NodeCase) -> tuple[Program, ...]:
    """How the language says what the case does, a program for each output; raises KeyError for an
    operator that is not translated."""
    return tuple(TRANSLATED[case.op](case))


def _one(
    layer: str, x: Array, expected: Array, weights: Mapping[str, Array] | None = None
) -> Iterator[Program]:
    named = {f"layer.{key}": array for key, array in (weights or {}).items()}
    yield Program(f"INPUT({volume(x)}) -> layer: {layer}", (x,), expected, named)


def volume(x: Array) -> tuple[int, int, int]:
    """(height, width, channels) of N x C x H x W."""
    return x.shape[2], x.shape[3], x.shape[1]


def _image(x: Array) -> Array:
    """N x C x 1 x W of N x C x W, N x C x 1 x 1 of N x C."""
    return x.reshape(*x.shape[:2], *[1] * (4 - x.ndim), *x.shape[2:])


def _row(x: Array) -> Array:
    """All values beside one another: for what goes value by value."""
    return x.reshape(1, 1, 1, -1)


def _along(x: Array, axis: int) -> Array:
    """One axis as channels, all others as the batch."""
    return np.moveaxis(x, axis, -1).reshape(-1, x.shape[axis], 1, 1)


def _plain(layer: str, **attributes: float) -> Callable[[NodeCase], Iterator[Program]]:
    """A layer of which some arguments are attributes, by position, with these defaults."""

    def translate(case: NodeCase) -> Iterator[Program]:
        given = (case.attributes.get(name, value) for name, value in attributes.items())
        arguments = f"({', '.join(map(repr, given))})" if attributes else ""
        yield from _one(f"{layer}{arguments}", _row(case.x), case.outputs[0])

    return translate


def _prelu(case: NodeCase) -> Iterator[Program]:
    """As many channels as there are slopes."""
    _, slope = case.inputs
    assert slope is not None
    x = case.x.reshape(-1, slope.size, 1, 1)
    yield from _one("PRELU", x, case.outputs[0], {"weight": slope.reshape(-1)})


def _batch_norm(case: NodeCase) -> Iterator[Program]:
    weights = dict(zip((*NORM, *STATISTICS), _arrays(case), strict=True))
    layer = f"BN({case.attributes.get('epsilon', 1e-5)!r})"
    yield from _one(layer, _image(case.x), case.outputs[0], weights)


def _layer_norm(case: NodeCase) -> Iterator[Program]:
    """All axes from one on are normalised together: as channels."""
    axis = case.attributes.get("axis", -1) % case.x.ndim
    x = case.x.reshape(prod(case.x.shape[:axis]), -1, 1, 1)
    weights = {key: array.reshape(-1) for key, array in zip(NORM, _arrays(case), strict=True)}
    layer = f"LAYERNORM({case.attributes.get('epsilon', 1e-5)!r})"
    yield from _one(layer, x, case.outputs[0], weights)


def _group_norm(case: NodeCase) -> Iterator[Program]:
    eps, groups = case.attributes.get("epsilon", 1e-5), case.attributes["num_groups"]
    weights = dict(zip(NORM, _arrays(case), strict=True))
    yield from _one(f"GROUPNORM({groups}, {eps!r})", case.x, case.outputs[0], weights)


def _instance_norm(case: NodeCase) -> Iterator[Program]:
    layer = f"INSTANCENORM({case.attributes.get('epsilon', 1e-5)!r}, affine=true)"
    weights = dict(zip(NORM, _arrays(case), strict=True))
    yield from _one(layer, _image(case.x), case.outputs[0], weights)


def _arrays(case: NodeCase) -> list[Array]:
    """The inputs behind the first."""
    return [each for each in case.inputs[1:] if each is not None]


def _lrn(case: NodeCase) -> Iterator[Program]:
    given = {"alpha": 1e-4, "beta": 0.75, "bias": 1.0, **case.attributes}
    numbers = ", ".join(repr(given[key]) for key in ("size", "alpha", "beta", "bias"))
    yield from _one(f"LRN({numbers})", case.x, case.outputs[0])


def _softmax(layer: str) -> Callable[[NodeCase], Iterator[Program]]:
    def translate(case: NodeCase) -> Iterator[Program]:
        axis = case.attributes.get("axis", -1)
        yield from _one(layer, _along(case.x, axis), _along(case.outputs[0], axis))

    return translate


def _window(case: NodeCase, k: Sequence[int]) -> str:
    """`3x1, stride=…, pad=…`; what the padding is of an `auto_pad` follows from the sizes."""
    stride, pad = _steps(case, k)
    return f"{_written(k)}, stride={_written(stride)}, pad={pad}"


def _steps(case: NodeCase, k: Sequence[int]) -> tuple[tuple[int, ...], str]:
    flat = [1] * (2 - len(k))
    stride = (*flat, *case.attributes.get("strides", [1] * len(k)))
    automatic = case.attributes.get("auto_pad", b"NOTSET").decode()
    if automatic == "SAME_UPPER":
        return stride, "same"
    if automatic == "SAME_LOWER":  # the odd row and column at the near end
        sizes = zip(_image(case.x).shape[2:], (*flat, *k), stride, strict=True)
        totals = [max(0, (-(-size // step) - 1) * step + span - size) for size, span, step in sizes]
        sides = [(total - total // 2, total // 2) for total in totals]
        return stride, str((*sides[0], *sides[1]))
    return stride, str(_sides(case.attributes.get("pads", [0] * 2 * len(k))))


def _written(window: Sequence[int]) -> str:
    return "x".join(map(str, (*[1] * (2 - len(window)), *window)))


def _sides(pads: Sequence[int]) -> tuple[int, ...]:
    """Top, bottom, left, right, of ONNX's near sides and far sides."""
    half = len(pads) // 2
    pairs = list(zip(pads[:half], pads[half:], strict=True))
    return tuple(side for pair in [(0, 0)] * (2 - half) + pairs for side in pair)


def _pool(layer: str, own: Callable[[NodeCase], str]) -> Callable[[NodeCase], Iterator[Program]]:
    def translate(case: NodeCase) -> Iterator[Program]:
        k = case.attributes["kernel_shape"]
        rounding = "ceil" if case.attributes.get("ceil_mode") else "floor"
        text = f"{layer}({_window(case, k)}, round={rounding}, {own(case)})"
        yield from _one(text, _image(case.x), case.outputs[0])

    return translate


def _dilation(case: NodeCase) -> str:
    k = case.attributes["kernel_shape"]
    return f"dilation={_written(case.attributes.get('dilations', [1] * len(k)))}"


def _counted(case: NodeCase) -> str:
    return f"count_pad={str(bool(case.attributes.get('count_include_pad'))).lower()}"


def _conv(case: NodeCase) -> Iterator[Program]:
    weight, *bias = _arrays(case)
    groups, k = case.attributes.get("group", 1), weight.shape[2:]
    more = f"dilation={_written(case.attributes.get('dilations', [1] * len(k)))}, groups={groups}"
    layer = f"CONV({len(weight)}, {_window(case, k)}, {more}, bias={str(bool(bias)).lower()})"
    yield from _one(layer, case.x, case.outputs[0], _named(weight, bias))


def _named(weight: Array, bias: Sequence[Array]) -> dict[str, Array]:
    return {"weight": weight, **({"bias": bias[0]} if bias else {})}


def _transposed(case: NodeCase) -> Iterator[Program]:
    """Padding that differs at both ends is cut off behind it; `output_shape` says how much is."""
    weight, *bias = _arrays(case)
    given, groups = case.attributes, case.attributes.get("group", 1)
    weight = weight.reshape(*weight.shape[:2], *[1] * (4 - weight.ndim), *weight.shape[2:])
    axes, k = len(case.x.shape) - 2, weight.shape[2:]
    stride = (*[1] * (2 - axes), *given.get("strides", [1] * axes))
    extra = (*[0] * (2 - axes), *given.get("output_padding", [0] * axes))
    x = _image(case.x)
    whole = [
        (size - 1) * s + w + e for size, s, w, e in zip(x.shape[2:], stride, k, extra, strict=True)
    ]
    sides = _sides(given.get("pads", [0] * 2 * axes))
    if "output_shape" in given or given.get("auto_pad", b"NOTSET") != b"NOTSET":
        out = _image(case.outputs[0]).shape[2:]
        extra = tuple(e + max(0, o - w) for e, o, w in zip(extra, out, whole, strict=True))
        totals = [max(0, w - o) for o, w in zip(out, whole, strict=True)]
        assert given.get("auto_pad") in (None, b"SAME_UPPER")
        sides = tuple(side for each in totals for side in (each // 2, each - each // 2))
    out_channels = weight.shape[1] * groups
    more = f"out_pad={extra}, groups={groups}, bias={str(bool(bias)).lower()}"
    even = sides[0] == sides[1] and sides[2] == sides[3]
    pad, cut = ((sides[0], sides[2]), "") if even else ((0, 0), f" -> CROP({sides})")
    layer = f"TCONV({out_channels}, {_written(k)}, {_written(stride)}, {pad}, {more}){cut}"
    yield from _one(layer, x, case.outputs[0], _named(weight, bias))


def _resize(case: NodeCase) -> Iterator[Program]:
    """By whole factors along height and width."""
    out, x = case.outputs[0], case.x
    assert x.ndim == 4 and x.shape[:2] == out.shape[:2]
    assert all(large % small == 0 for large, small in zip(out.shape, x.shape, strict=True))
    factor = f"{out.shape[2] // x.shape[2]}x{out.shape[3] // x.shape[3]}"
    mode = {b"linear": "bilinear"}.get(case.attributes.get("mode", b"nearest"), "nearest")
    yield from _one(f"UPSAMPLE({factor}, {mode})", x, out)


def _pad(case: NodeCase) -> Iterator[Program]:
    mode = {b"constant": "zeros", b"edge": "replicate"}.get(case.attributes["mode"], "reflect")
    pads = list(_arrays(case)[0])
    half = len(pads) // 2
    assert not any((*pads[: half - 2], *pads[half : 2 * half - 2]))
    sides = (pads[half - 2], pads[-2], pads[half - 1], pads[-1])
    numbers = ", ".join(str(int(side)) for side in sides)
    x = case.x.reshape(-1, *case.x.shape[-3:]).astype(np.float32)
    yield from _one(f"PAD(({numbers}), {mode})", x, case.outputs[0])


def _depth_to_space(case: NodeCase) -> Iterator[Program]:
    factor = case.attributes["blocksize"]
    yield from _one(f"PIXEL_SHUFFLE({factor})", case.x, case.outputs[0])


def _slice(case: NodeCase) -> Iterator[Program]:
    """Along the one axis of which something is left out."""
    starts, ends, *rest = (list(map(int, each)) for each in _arrays(case))
    axes = rest[0] if rest else range(len(starts))
    cuts = []
    for start, end, axis in zip(starts, ends, axes, strict=True):
        size = case.x.shape[axis]
        first, last, _ = slice(start, end).indices(size)
        cuts += [(axis % case.x.ndim, first, last)] if (first, last) != (0, size) else []
    ((axis, first, last),) = cuts
    yield from _one(f"SLICE({first}, {last})", _along(case.x, axis), _along(case.outputs[0], axis))


def _split(case: NodeCase) -> Iterator[Program]:
    """A slice for each output."""
    axis = case.attributes.get("axis", 0)
    first = 0
    for out in case.outputs:
        last = first + out.shape[axis]
        yield from _one(f"SLICE({first}, {last})", _along(case.x, axis), _along(out, axis))
        first = last


def _merge(name: str, inputs: Sequence[Array], expected: Array) -> Iterator[Program]:
    values = [f"  x{number} = INPUT({volume(x)})" for number, x in enumerate(inputs)]
    branches = " | ".join(f"x{number}" for number in range(len(inputs)))
    text = "\n".join(("net Merge {", *values, f"  {name}{{ {branches} }}", "}"))
    yield Program(text, tuple(inputs), expected)


def _concat(case: NodeCase) -> Iterator[Program]:
    axis = case.attributes["axis"]
    parts = [_along(each, axis) for each in (case.x, *_arrays(case))]
    yield from _merge("CONCAT", parts, _along(case.outputs[0], axis))


def _elementwise(name: str) -> Callable[[NodeCase], Iterator[Program]]:
    def translate(case: NodeCase) -> Iterator[Program]:
        arrays = [case.x, *_arrays(case)]
        if len({each.shape for each in arrays}) == 1:
            yield from _merge(name, [_row(each) for each in arrays], case.outputs[0])
            return
        large, small = arrays  # values of the last axis spread over the others: it is the channels
        assert small.shape == large.shape[-1:] and large.ndim == 3
        inputs = (large.transpose(2, 0, 1)[np.newaxis], small.reshape(1, -1, 1, 1))
        yield from _merge(name, inputs, case.outputs[0].transpose(2, 0, 1))

    return translate


def _gemm(case: NodeCase) -> Iterator[Program]:
    """FC; alpha and beta are part of the weights."""
    given = case.attributes
    b, *c = _arrays(case)
    x = case.x.T if given.get("transA") else case.x
    weight = np.float32(given.get("alpha", 1.0)) * (b if given.get("transB") else b.T)
    bias = [
        np.broadcast_to(np.float32(given.get("beta", 1.0)) * each, (1, len(weight))) for each in c
    ]
    layer = f"FC({len(weight)}, bias={str(bool(c)).lower()})"
    yield from _one(layer, _image(x), case.outputs[0], _named(weight, [each[0] for each in bias]))


def _matmul(case: NodeCase) -> Iterator[Program]:
    (b,) = _arrays(case)
    yield from _one(
        f"FC({b.shape[1]}, bias=false)", _image(case.x), case.outputs[0], {"weight": b.T}
    )


def _flatten(case: NodeCase) -> Iterator[Program]:
    axis = case.attributes.get("axis", 1)
    axis = axis % case.x.ndim if axis < 0 else axis
    channels, *rest = (*case.x.shape[axis:], 1)
    x = case.x.reshape(prod(case.x.shape[:axis]), channels, -1, 1 if not rest else rest[-1])
    yield from _one("FLATTEN", x, case.outputs[0])


def _reshape(case: NodeCase) -> Iterator[Program]:
    """The whole array as one image, before and after."""
    before, after = (_whole(each) for each in (case.x, case.outputs[0]))
    c, h, w = after.shape[1:]
    yield from _one(f"RESHAPE(({h}, {w}, {c}))", before, after)


def _whole(x: Array) -> Array:
    shape = (*[1] * (3 - x.ndim), *x.shape)
    return x.reshape(1, prod(shape[:-2]), *shape[-2:])


def _center_crop_pad(case: NodeCase) -> Iterator[Program]:
    """Two axes are height and width, any other the batch."""
    out, x = case.outputs[0], case.x
    axes = [axis for axis in range(x.ndim) if x.shape[axis] != out.shape[axis]]
    (tall, wide) = (
        axes if len(axes) == 2 else (*axes, next(a for a in range(x.ndim) if a not in axes))
    )
    image, expected = (np.moveaxis(each, (tall, wide), (-2, -1)) for each in (x, out))
    differences = [a - b for a, b in zip(image.shape[-2:], expected.shape[-2:], strict=True)]
    crop = tuple(s for each in differences for s in _halves(max(0, each)))
    pad = tuple(s for each in differences for s in _halves(max(0, -each)))
    maps = image.reshape(1, -1, *image.shape[-2:])
    yield from _one(f"CROP({crop}) -> PAD({pad})", maps, expected)


def _halves(total: int) -> tuple[int, int]:
    return total // 2, total - total // 2


TRANSLATED: Mapping[str, Callable[[NodeCase], Iterator[Program]]] = {
    "Add": _elementwise("ADD"),
    "AveragePool": _pool("AVGPOOL", _counted),
    "BatchNormalization": _batch_norm,
    "CenterCropPad": _center_crop_pad,
    "Concat": _concat,
    "Conv": _conv,
    "ConvTranspose": _transposed,
    "DepthToSpace": _depth_to_space,
    "Dropout": _plain("DROPOUT"),
    "Elu": _plain("ELU", alpha=1.0),
    "Flatten": _flatten,
    "Gelu": _plain("GELU"),
    "Gemm": _gemm,
    "GlobalAveragePool": lambda case: _one("GAP", _image(case.x), case.outputs[0]),
    "GlobalMaxPool": lambda case: _one("GMP", _image(case.x), case.outputs[0]),
    "GroupNormalization": _group_norm,
    "HardSwish": _plain("HARDSWISH"),
    "Identity": _plain("ID"),
    "InstanceNormalization": _instance_norm,
    "LRN": _lrn,
    "LayerNormalization": _layer_norm,
    "LeakyRelu": _plain("LEAKY_RELU", alpha=0.01),
    "LogSoftmax": _softmax("LOG_SOFTMAX"),
    "MatMul": _matmul,
    "Max": _elementwise("MAX"),
    "MaxPool": _pool("POOL", _dilation),
    "Mish": _plain("MISH"),
    "Mul": _elementwise("MUL"),
    "PRelu": _prelu,
    "Pad": _pad,
    "Relu": _plain("RELU"),
    "Reshape": _reshape,
    "Resize": _resize,
    "Sigmoid": _plain("SIGMOID"),
    "Slice": _slice,
    "Softmax": _softmax("SOFTMAX"),
    "Softplus": _plain("SOFTPLUS"),
    "Split": _split,
    "Sum": _elementwise("ADD"),
    "Swish": _plain("SILU"),
    "Tanh": _plain("TANH"),
    "Upsample": _resize,
}
