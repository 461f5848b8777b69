"""Every operator: an entry in the table, and its numbers against torch called by the test."""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeAlias

import numpy as np
import pytest
import torch
import torch.nn.functional as F
from skimage import feature

from backends.torch.layers import LAYERS
from compiler.op import Op
from compiler.ops import OPS
from compiler.ops.activation import (
    Elu,
    Gelu,
    HardSigmoid,
    HardSwish,
    LeakyRelu,
    LogSoftmax,
    Mish,
    Prelu,
    Relu,
    Relu6,
    Sigmoid,
    Silu,
    Softmax,
    Softplus,
    Tanh,
)
from compiler.ops.arrangement import Crop, Pad, PixelShuffle, Shuffle, Slice, Upsample
from compiler.ops.convolution import Conv, DepthwiseConv, TransposedConv
from compiler.ops.image import Hog, Normalize
from compiler.ops.input import Input
from compiler.ops.linear import Flatten, FullyConnected, Reshape
from compiler.ops.merge import Add, Concat, Max, Mul
from compiler.ops.normalisation import (
    BatchNorm,
    GroupNorm,
    InstanceNorm,
    LayerNorm,
    LocalResponseNorm,
    Scale,
)
from compiler.ops.pooling import (
    AdaptiveAvgPool,
    AdaptiveMaxPool,
    AvgPool,
    GlobalAvgPool,
    GlobalMaxPool,
    MaxPool,
    MinPool,
)
from compiler.ops.regularisation import Dropout, Dropout2d, DropPath, Identity
from compiler.volume import Volume
from tests.torch.build import Program, difference, noise, randomise

State: TypeAlias = dict[str, torch.Tensor]
Reference: TypeAlias = Callable[..., torch.Tensor]


def lrn(size: int, alpha: float, beta: float, k: float) -> Reference:
    """By the formula, channel by channel."""

    def reference(x: torch.Tensor, state: State) -> torch.Tensor:
        result = torch.empty_like(x)
        for channel in range(x.shape[1]):
            low = max(0, channel - size // 2)
            near = x[:, low : channel - size // 2 + size]
            scale = k + alpha / size * (near**2).sum(1)
            result[:, channel] = x[:, channel] / scale**beta
        return result

    return reference


def norm(eps: float) -> Reference:
    def reference(x: torch.Tensor, state: State) -> torch.Tensor:
        channels = (-1, *[1] * (x.ndim - 2))
        scaled = (x - state["mean"].view(channels)) / (state["var"].view(channels) + eps).sqrt()
        if "weight" not in state:
            return scaled
        return scaled * state["weight"].view(channels) + state["bias"].view(channels)

    return reference


def channels(values: torch.Tensor, x: torch.Tensor) -> torch.Tensor:
    """One value a channel, in the rank of x."""
    return values.view(-1, *[1] * (x.ndim - 2))


def spread(x: torch.Tensor, state: State, eps: float, groups: int) -> torch.Tensor:
    """Normalised over each group of channels and all positions, by the formula."""
    parts = x.reshape(len(x), groups, -1)
    mean, var = parts.mean(2, keepdim=True), parts.var(2, correction=0, keepdim=True)
    scaled = ((parts - mean) / (var + eps).sqrt()).reshape(x.shape)
    if "weight" not in state:
        return scaled
    return scaled * channels(state["weight"], x) + channels(state["bias"], x)


def over_channels(eps: float) -> Reference:
    def reference(x: torch.Tensor, state: State) -> torch.Tensor:
        scaled = (x - x.mean(1, keepdim=True)) / (x.var(1, correction=0, keepdim=True) + eps).sqrt()
        if "weight" not in state:
            return scaled
        return scaled * channels(state["weight"], x) + channels(state["bias"], x)

    return reference


def linear(x: torch.Tensor, state: State) -> torch.Tensor:
    rows = x.reshape(len(x), -1) @ state["weight"].T
    return rows + state["bias"] if "bias" in state else rows


def conv1x1(x: torch.Tensor, state: State) -> torch.Tensor:
    x = x.reshape(*x.shape[:2], *(x.shape[2:] or (1, 1)))
    return F.conv2d(x, state["weight"], state["bias"])


def still(x: torch.Tensor, state: State) -> torch.Tensor:
    """What a window that sees one pixel, or an operator that rests, does to N x C."""
    return x.reshape(*x.shape[:2], *(x.shape[2:] or (1, 1)))


def padded(x: torch.Tensor, top: int, bottom: int, left: int, right: int) -> torch.Tensor:
    n, c, h, w = x.shape
    result = torch.zeros(n, c, h + top + bottom, w + left + right)
    result[:, :, top : top + h, left : left + w] = x
    return result


def described(
    x: torch.Tensor, cell: tuple[int, int], block: tuple[int, int], bins: int
) -> torch.Tensor:
    """By scikit-image, image by image; its numbers of a block are our channels."""
    images = [
        feature.hog(image.detach().numpy(), bins, cell, block, channel_axis=0, feature_vector=False)
        for image in x
    ]
    return torch.tensor(np.stack(images)).float().flatten(3).permute(0, 3, 1, 2)


SPATIAL, FLAT = Volume(5, 6, 4), Volume(1, 1, 12, flat=True)
BOTH = (SPATIAL, FLAT)
UNARY: list[tuple[Op, tuple[Volume, ...], Reference]] = [
    (Conv(3, (1, 1)), BOTH, conv1x1),
    (MaxPool((1, 1), (1, 1)), BOTH, still),
    (MinPool((1, 1), (1, 1)), BOTH, still),
    (AvgPool((1, 1), (1, 1)), BOTH, still),
    (AvgPool((1, 1), (1, 1), count_pad=False), BOTH, still),
    (MaxPool((3, 3), (1, 1), "half"), (FLAT,), still),
    (MinPool((3, 3), (1, 1), "same"), (FLAT,), still),
    (AvgPool((3, 3), (1, 1), "half"), (FLAT,), lambda x, s: still(x, s) / 9),
    (AvgPool((3, 3), (2, 2), (0, 2, 2, 0), count_pad=False), (FLAT,), still),
    (
        DepthwiseConv((1, 1)),
        (FLAT,),
        lambda x, s: (x * s["weight"].flatten() + s["bias"])[:, :, None, None],
    ),
    (
        TransposedConv(3, (1, 1), (1, 1)),
        (FLAT,),
        lambda x, s: (x @ s["weight"].flatten(1) + s["bias"])[:, :, None, None],
    ),
    (GlobalAvgPool(), BOTH, lambda x, s: still(x, s).mean((2, 3), keepdim=True)),
    (GlobalMaxPool(), BOTH, lambda x, s: still(x, s).amax((2, 3), keepdim=True)),
    (AdaptiveAvgPool((2, 3)), (SPATIAL,), lambda x, s: F.adaptive_avg_pool2d(x, (2, 3))),
    (AdaptiveAvgPool((7, 7)), BOTH, lambda x, s: F.adaptive_avg_pool2d(still(x, s), 7)),
    (AdaptiveMaxPool((2, 3)), (SPATIAL,), lambda x, s: F.adaptive_max_pool2d(x, (2, 3))),
    (AdaptiveMaxPool((1, 1)), BOTH, lambda x, s: F.adaptive_max_pool2d(still(x, s), 1)),
    (FullyConnected(5), BOTH, linear),
    (FullyConnected(5, bias=False), BOTH, linear),
    (Flatten(), BOTH, lambda x, s: x.reshape(len(x), -1)),
    (Reshape(Volume(2, 3, 20)), (SPATIAL,), lambda x, s: x.reshape(-1, 20, 2, 3)),
    (Reshape(Volume(2, 3, 2)), (FLAT,), lambda x, s: x.reshape(-1, 2, 2, 3)),
    (Reshape(Volume(1, 1, 12)), (FLAT,), still),
    (BatchNorm(), BOTH, norm(1e-5)),
    (BatchNorm(0.001, 0.2), BOTH, norm(0.001)),
    (BatchNorm(affine=False), BOTH, norm(1e-5)),
    (LayerNorm(), BOTH, over_channels(1e-6)),
    (LayerNorm(0.01, affine=False), BOTH, over_channels(0.01)),
    (GroupNorm(2), BOTH, lambda x, s: spread(x, s, 1e-5, 2)),
    (GroupNorm(4, 0.01, affine=False), BOTH, lambda x, s: spread(x, s, 0.01, 4)),
    (InstanceNorm(), (SPATIAL,), lambda x, s: spread(x, s, 1e-5, 4)),
    (InstanceNorm(0.01, affine=True), (SPATIAL,), lambda x, s: spread(x, s, 0.01, 4)),
    (Scale(), BOTH, lambda x, s: x * channels(s["weight"], x)),
    (Scale(1e-6), BOTH, lambda x, s: x * channels(s["weight"], x)),
    (LocalResponseNorm(), BOTH, lrn(5, 1e-4, 0.75, 1.0)),
    (LocalResponseNorm(3, 0.5, 0.6, 2.0), BOTH, lrn(3, 0.5, 0.6, 2.0)),
    (LocalResponseNorm(4, 0.5, 0.6, 2.0), BOTH, lrn(4, 0.5, 0.6, 2.0)),
    (Relu(), BOTH, lambda x, s: x.clamp(min=0)),
    (Relu6(), BOTH, lambda x, s: x.clamp(0, 6)),
    (LeakyRelu(), BOTH, lambda x, s: torch.where(x > 0, x, 0.01 * x)),
    (LeakyRelu(0.2), BOTH, lambda x, s: torch.where(x > 0, x, 0.2 * x)),
    (
        Prelu(),
        BOTH,
        lambda x, s: torch.where(x > 0, x, x * s["weight"].view(-1, *[1] * (x.ndim - 2))),
    ),
    (Elu(), BOTH, lambda x, s: torch.where(x > 0, x, x.exp() - 1)),
    (Elu(0.3), BOTH, lambda x, s: torch.where(x > 0, x, 0.3 * (x.exp() - 1))),
    (Gelu(), BOTH, lambda x, s: x * 0.5 * (1 + torch.erf(x / 2**0.5))),
    (Silu(), BOTH, lambda x, s: x / (1 + (-x).exp())),
    (HardSwish(), BOTH, lambda x, s: x * (x + 3).clamp(0, 6) / 6),
    (HardSigmoid(), BOTH, lambda x, s: (x + 3).clamp(0, 6) / 6),
    (Sigmoid(), BOTH, lambda x, s: 1 / (1 + (-x).exp())),
    (Tanh(), BOTH, lambda x, s: (x.exp() - (-x).exp()) / (x.exp() + (-x).exp())),
    (Softplus(), BOTH, lambda x, s: (1 + x.double().exp()).log().float()),
    (Mish(), BOTH, lambda x, s: x * (1 + x.exp()).log().tanh()),
    (Softmax(), BOTH, lambda x, s: x.exp() / x.exp().sum(1, keepdim=True)),
    (LogSoftmax(), BOTH, lambda x, s: (x.exp() / x.exp().sum(1, keepdim=True)).log()),
    (Dropout(0.7), BOTH, lambda x, s: x),
    (Dropout2d(0.7), BOTH, lambda x, s: x),
    (DropPath(0.7), BOTH, lambda x, s: x),
    (Identity(), BOTH, lambda x, s: x),
    (Slice(1, 3), BOTH, lambda x, s: x.narrow(1, 1, 2)),
    (Shuffle(2), BOTH, lambda x, s: torch.stack(still(x, s).chunk(2, 1), 2).flatten(1, 2)),
    (Shuffle(1), BOTH, lambda x, s: x),
    (Shuffle(4), (SPATIAL,), lambda x, s: x),
    (Pad((1, 2, 0, 3)), BOTH, lambda x, s: padded(still(x, s), 1, 2, 0, 3)),
    (
        Pad((1, 2, 0, 3), "reflect"),
        (SPATIAL,),
        lambda x, s: x[:, :, [1, 0, 1, 2, 3, 4, 3, 2]][..., [0, 1, 2, 3, 4, 5, 4, 3, 2]],
    ),
    (
        Pad((1, 2, 0, 3), "replicate"),
        (SPATIAL,),
        lambda x, s: x[:, :, [0, 0, 1, 2, 3, 4, 4, 4]][..., [0, 1, 2, 3, 4, 5, 5, 5, 5]],
    ),
    (Pad((0, 0, 0, 0)), BOTH, lambda x, s: x),
    (Crop((1, 2, 0, 3)), (SPATIAL,), lambda x, s: x[:, :, 1:3, :3]),
    (Crop((0, 0, 0, 0)), BOTH, lambda x, s: x),
    (Upsample(), BOTH, lambda x, s: still(x, s).repeat_interleave(2, 2).repeat_interleave(2, 3)),
    (
        Upsample((3, 7), "bilinear"),
        BOTH,
        lambda x, s: F.interpolate(still(x, s), scale_factor=(3, 7), mode="bilinear"),
    ),
    (Upsample((1, 1)), BOTH, lambda x, s: x),
    (
        PixelShuffle(2),
        BOTH,
        lambda x, s: (
            torch.unflatten(still(x, s), 1, (-1, 2, 2))
            .permute(0, 1, 4, 2, 5, 3)
            .flatten(4, 5)
            .flatten(2, 3)
        ),
    ),
    (PixelShuffle(1), BOTH, lambda x, s: x),
    (Normalize((0.3,), (0.2,)), BOTH, lambda x, s: (x - 0.3) / 0.2),
    (
        Normalize((0.1, 0.2, 0.3, 0.4), (1.0, 2.0, 3.0, 4.0)),
        (SPATIAL,),
        lambda x, s: (
            (x - channels(torch.tensor([0.1, 0.2, 0.3, 0.4]), x))
            / channels(torch.tensor([1.0, 2.0, 3.0, 4.0]), x)
        ),
    ),
    (Hog((2, 1), (2, 3), 7), (SPATIAL,), lambda x, s: described(x, (2, 1), (2, 3), 7)),
    (Hog((1, 1), (1, 1)), BOTH, lambda x, s: described(still(x, s), (1, 1), (1, 1), 9)),
]

HWC, ONE_C, HW_ONE, FLAT_C = (
    Volume(3, 2, 4),
    Volume(1, 1, 4),
    Volume(3, 2, 1),
    Volume(1, 1, 4, True),
)
MERGES: list[tuple[Op, tuple[Volume, ...], Reference]] = [
    (Add(), (HWC, HWC, HWC), lambda a, b, c: a + b + c),
    (Add(), (HWC, FLAT_C), lambda a, b: a + b[:, :, None, None]),
    (Add(), (FLAT_C, HW_ONE, HWC), lambda a, b, c: a[:, :, None, None] + b + c),
    (Add(), (FLAT_C, FLAT_C), lambda a, b: a + b),
    (Add(), (FLAT_C, ONE_C), lambda a, b: a[:, :, None, None] + b),
    (Mul(), (HWC, ONE_C), lambda a, b: a * b),
    (Mul(), (HW_ONE, HWC, HWC), lambda a, b, c: a * b * c),
    (Mul(), (FLAT_C, HWC), lambda a, b: a[:, :, None, None] * b),
    (Max(), (HWC, HWC), torch.maximum),
    (Max(), (HWC, HWC, HWC), lambda a, b, c: torch.maximum(a, torch.maximum(b, c))),
    (
        Max(),
        (FLAT_C, ONE_C, FLAT_C),
        lambda a, b, c: a[..., None, None].max(b).max(c[..., None, None]),
    ),
    (Concat(), (HWC, HW_ONE, HWC), lambda *xs: torch.cat(xs, 1)),
    (Concat(), (FLAT_C, FLAT), lambda *xs: torch.cat(xs, 1)),
    (Concat(), (ONE_C, FLAT), lambda a, b: torch.cat((a, b[:, :, None, None]), 1)),
]


@pytest.mark.parametrize("op", OPS, ids=lambda op: op.name)
def test_every_operator_has_an_entry(op: type[Op]) -> None:
    assert op.name in LAYERS


@pytest.mark.parametrize("op", OPS, ids=lambda op: op.name)
def test_every_operator_is_compared(op: type[Op]) -> None:
    compared = {type(case[0]) for case in (*UNARY, *MERGES)}
    assert op in compared or op is Input


def flatness(program: Program, volume: Volume) -> int:
    """An input of the volume, flat where it is."""
    node = program.input(volume.h, volume.w, volume.c)
    return program.add(Flatten(), node) if volume.flat else node


WITHOUT_MODULE = ("MINPOOL", "SLICE")  # torch.nn has none, and no nn.Sequential can hold them
CASES = [(op, volume, reference) for op, volumes, reference in UNARY for volume in volumes]


@pytest.mark.parametrize(
    ("op", "volume", "reference"),
    CASES,
    ids=[f"{op}-{'flat' if volume.flat else 'spatial'}" for op, volume, _ in CASES],
)
def test_operator(op: Op, volume: Volume, reference: Reference) -> None:
    program = Program()
    node = program.add(op, flatness(program, volume), path="layer")
    net = program.output(node).build()
    state = {key.rpartition(".")[2]: value for key, value in randomise(net).items()}
    state |= {key[8:]: value for key, value in state.items() if key.startswith("running_")}
    x = 2 * noise(3, volume.c, volume.h, volume.w)
    wanted = reference(x.flatten(1) if volume.flat else x, state)
    got = net(x)
    assert got.ndim == (2 if program.graph[node].shape.flat else 4)
    assert difference(got, wanted) < 2e-6


@pytest.mark.parametrize(
    ("op", "volume", "reference"),
    [case for case in CASES if case[0].name not in WITHOUT_MODULE],
    ids=[str(op) for op, _, _ in CASES if op.name not in WITHOUT_MODULE],
)
def test_operator_in_a_sequence(op: Op, volume: Volume, reference: Reference) -> None:
    """A convolution or FC before it, another FC after it, all in one scope."""
    first: Op = FullyConnected(volume.c) if volume.flat else Conv(volume.c, (1, 1))
    program = Program()
    node = program.input(volume.h, volume.w, volume.c)
    node = program.add(first, node, path="scope.0")
    node = program.add(op, node, path="scope.1")
    node = program.add(FullyConnected(3), node, path="scope.2")
    net = program.output(node).build()
    state = randomise(net)
    x = 2 * noise(3, volume.c, volume.h, volume.w)
    weight, bias = state["scope.0.weight"].flatten(1), state["scope.0.bias"]
    own = {key.split(".")[2]: value for key, value in state.items() if key.startswith("scope.1.")}
    own |= {key[8:]: value for key, value in own.items() if key.startswith("running_")}
    before = torch.einsum("nchw,oc->nohw", x, weight) + bias[:, None, None]
    middle = reference(before.flatten(1) if volume.flat else before, own).flatten(1)
    wanted = middle @ state["scope.2.weight"].T + state["scope.2.bias"]
    assert difference(net(x), wanted) < 1e-5
    uneven = op.name == "AVGPOOL" and "(0, 2, 2, 0)" in str(op)
    assert isinstance(net.scope, torch.nn.ModuleDict if uneven else torch.nn.Sequential)


@pytest.mark.parametrize(
    ("op", "volumes", "reference"),
    MERGES,
    ids=[f"{op}-{'-'.join(f'{v}{v.flat:d}' for v in volumes)}" for op, volumes, _ in MERGES],
)
def test_merge(op: Op, volumes: tuple[Volume, ...], reference: Reference) -> None:
    program = Program()
    nodes = [flatness(program, volume) for volume in volumes]
    node = program.add(op, *nodes)
    net = program.output(node).build()
    xs = [noise(3, v.c, v.h, v.w, seed=seed) for seed, v in enumerate(volumes)]
    flat = [x.flatten(1) if v.flat else x for x, v in zip(xs, volumes, strict=True)]
    got = net(*xs)
    assert got.ndim == (2 if program.graph[node].shape.flat else 4)
    assert difference(got, reference(*flat)) < 1e-6


@pytest.mark.parametrize("op", [Add(), Mul(), Max(), Concat()], ids=str)
def test_a_value_merged_with_itself(op: Op) -> None:
    program = Program()
    node = program.input(2, 3, 4)
    net = program.output(program.add(op, node, node)).build()
    x = noise(2, 4, 2, 3)
    wanted = {"ADD": x + x, "MUL": x * x, "MAX": x, "CONCAT": torch.cat((x, x), 1)}[op.name]
    assert torch.equal(net(x), wanted)
