"""The U-Nets of the examples against U-Nets in plain PyTorch."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import torch
from torch import Tensor, nn

import cnnc
from tests.conformance.torchvisions import compute, draw, forms
from tests.conformance.unets import UNet, UNet2015

PROGRAM = Path(__file__).parents[2] / "examples" / "unet.cnn"
TOLERANCE = 1e-5


def drawn(model: nn.Module) -> nn.Module:
    noise = torch.Generator().manual_seed(0)
    with torch.no_grad():
        for module in model.modules():
            draw(module, noise)
            if isinstance(module, nn.ConvTranspose2d):
                nn.init.normal_(module.weight, std=0.1, generator=noise)
    return model.eval()


def agree(net: cnnc.Net, model: nn.Module, state: dict[str, Tensor], *size: int) -> None:
    x = torch.randn(size, generator=torch.Generator().manual_seed(1))
    expected = compute(model, x)
    assert expected.std() > 0.01 * np.abs(expected).max()
    for form, ours in forms(net, state):
        found = compute(ours, x)
        assert found.shape == expected.shape, form
        assert np.abs(found - expected).max() <= TOLERANCE * np.abs(expected).max(), form


def parameters(model: nn.Module) -> int:
    return sum(each.numel() for each in model.parameters())


def test_padded() -> None:
    """Key for key, at a size that is not the program's."""
    net, model = cnnc.load(f"{PROGRAM}:UNet"), drawn(UNet(3, 2))
    assert net.report().totals.parameters == parameters(model) == 31_037_698
    agree(net, model, model.state_dict(), 1, 3, 64, 48)


def test_as_in_the_paper() -> None:
    net, model = cnnc.load(f"{PROGRAM}:UNet2015"), drawn(UNet2015(1, 2))
    assert net.report().totals.parameters == parameters(model) == 31_030_658
    assert net.report().rows[-1].volume.spatial == (388, 388)
    keys = net.journey.graph.weight_shapes()
    state = dict(zip(keys, model.state_dict().values(), strict=True))
    agree(net, model, state, 1, 1, 204, 188)
