"""The library's blocks against code that is not ours, with the same weights."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
import pytest
import torch
from torch import nn
from torchvision.models.convnext import CNBlock
from torchvision.models.efficientnet import MBConv, MBConvConfig
from torchvision.models.segmentation.deeplabv3 import ASPP
from torchvision.models.shufflenetv2 import InvertedResidual
from torchvision.ops import SqueezeExcitation

import cnnc
from tests.conformance.torchvisions import as_ours, compute, draw, forms
from tests.conformance.unets import DoubleConv

TOLERANCE = 3e-6


@dataclass(frozen=True, slots=True)
class Case:
    """A block, a volume (height, width, channels) and what computes the same."""

    use: str
    call: str
    volume: tuple[int, int, int]
    theirs: Callable[[], nn.Module]


def mbconv(expand: int, out: int, k: int, stride: int, channels: int) -> nn.Module:
    setting = MBConvConfig(expand, k, stride, channels, out, 1)
    module: nn.Module = MBConv(setting, 0.2, nn.BatchNorm2d)
    return module


CASES = (
    Case("std.squeeze", "squeeze_excite(8)", (9, 7, 32), lambda: SqueezeExcitation(32, 8)),
    Case(
        "std.squeeze",
        "squeeze_excite(4, SILU, HARDSIGMOID)",
        (8, 8, 24),
        lambda: SqueezeExcitation(24, 4, nn.SiLU, nn.Hardsigmoid),
    ),
    Case("std.convnext", "convnext_block(0.1)", (14, 11, 24), lambda: CNBlock(24, 1e-6, 0.1)),
    Case("std.shuffle", "shuffle_unit(24)", (9, 8, 24), lambda: InvertedResidual(24, 24, 1)),
    Case("std.shuffle", "shuffle_unit(48, 2)", (9, 8, 24), lambda: InvertedResidual(24, 48, 2)),
    Case("std.efficient", "mbconv(1, 16)", (8, 9, 32), lambda: mbconv(1, 16, 3, 1, 32)),
    Case("std.efficient", "mbconv(6, 24, 5, 2)", (9, 9, 16), lambda: mbconv(6, 24, 5, 2, 16)),
    Case("std.efficient", "mbconv(6, 24, 3, 1, 0.2)", (8, 8, 24), lambda: mbconv(6, 24, 3, 1, 24)),
    Case("std.aspp", "aspp()", (14, 20, 12), lambda: ASPP(12, [6, 12, 18])),
    Case("std.aspp", "aspp(16, [1, 2, 3])", (9, 7, 12), lambda: ASPP(12, [1, 2, 3], 16)),
    Case("std.unet", "double_conv(16)", (12, 10, 6), lambda: DoubleConv(6, 16)),
)


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.call)
def test_block(case: Case) -> None:
    height, width, channels = case.volume
    theirs = nn.ModuleDict({"unit": case.theirs()}).eval()
    noise = torch.Generator().manual_seed(0)
    with torch.no_grad():
        for module in theirs.modules():
            draw(module, noise)
    name = case.call.partition("(")[0]
    net = cnnc.loads(
        f"use {case.use} ({name})\nnet N = INPUT({height}x{width}x{channels}) -> unit: {case.call}"
    )
    x = torch.randn(2, channels, height, width, generator=noise)
    expected = compute(theirs["unit"], x)
    assert expected.std() > 0.05
    for form, ours in forms(net, as_ours(theirs.state_dict())):
        found = compute(ours, x)
        assert found.shape == expected.shape, form
        assert np.abs(found - expected).max() <= TOLERANCE * np.abs(expected).max(), form
