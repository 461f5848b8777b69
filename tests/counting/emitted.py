"""The modules that cnnc emits of a program as it is written, and which of its layers they hold."""

from __future__ import annotations

import torch
from torch import nn

import cnnc


def emitted(net: cnnc.Net) -> nn.Module:
    with torch.device("meta"):
        model: nn.Module = net.build("torch", level=0)
    return zeroed(model)


def zeroed(model: nn.Module) -> nn.Module:
    """A model of the meta device with all weights 0: counts need none, and drawing takes long."""
    model = model.to_empty(device="cpu").eval()
    for value in model.state_dict().values():
        value.zero_()
    return model


def paths(model: nn.Module) -> frozenset[str]:
    """Of all modules; what a program has beyond them is called as a function."""
    return frozenset(path for path, _ in model.named_modules())
