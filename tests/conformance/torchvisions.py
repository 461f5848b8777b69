"""torchvision's networks with seeded weights, and the generated ones beside them."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor, nn
from torchvision import models
from torchvision.models.convnext import CNBlock

import cnnc

Size = tuple[int, int, int]
TOLERANCE = 1e-4


def torchvision_model(name: str, seed: int = 0) -> nn.Module:
    """In eval mode, with batch-norm statistics that are far from the identity.

    Each convolution and FC is scaled so that what it gives out has deviation 1 for noise: of 150
    layers none vanishes or explodes. GoogLeNet has its extra heads.
    """
    options = {"init_weights": False, "transform_input": False} if name == "googlenet" else {}
    with torch.device("meta"):
        model: nn.Module = models.get_model(name, weights=None, **options)
    model = model.to_empty(device="cpu").eval()
    noise = torch.Generator().manual_seed(seed)
    with torch.no_grad():
        for module in model.modules():
            draw(module, noise)
        hooks = [
            module.register_forward_hook(_settle)
            for module in model.modules()
            if isinstance(module, nn.Conv2d | nn.Linear)
        ]
        model(torch.randn(1, 3, 96, 96, generator=noise))
        for hook in hooks:
            hook.remove()
    return model


def draw(module: nn.Module, noise: torch.Generator) -> None:
    """Random values for what a module itself holds."""
    if isinstance(module, nn.Conv2d | nn.Linear):
        module.weight.normal_(0.0, module.weight[0].numel() ** -0.5, generator=noise)
        if module.bias is not None:
            module.bias.normal_(0.0, 0.2, generator=noise)
    elif isinstance(module, nn.BatchNorm2d):
        assert module.running_mean is not None and module.running_var is not None
        assert module.num_batches_tracked is not None
        module.weight.uniform_(0.5, 1.5, generator=noise)
        module.bias.normal_(0.0, 0.2, generator=noise)
        module.running_mean.normal_(0.0, 0.5, generator=noise)
        module.running_var.uniform_(0.5, 1.5, generator=noise)
        module.num_batches_tracked.fill_(7)
    elif isinstance(module, nn.LayerNorm):
        module.weight.uniform_(0.5, 1.5, generator=noise)
        module.bias.normal_(0.0, 0.2, generator=noise)
    elif isinstance(module, CNBlock):
        module.layer_scale.uniform_(0.5, 1.5, generator=noise)


def _settle(module: nn.Module, inputs: tuple[Tensor, ...], output: Tensor) -> Tensor:
    assert isinstance(module, nn.Conv2d | nn.Linear)
    spread = output.std()
    module.weight.div_(spread)
    return output / spread


def image(size: Size, seed: int = 1) -> Tensor:
    """N x 3 x H x W of normal noise."""
    batch, height, width = size
    noise = torch.Generator().manual_seed(seed)
    return torch.randn(batch, 3, height, width, generator=noise)


def as_ours(state: Mapping[str, Tensor]) -> dict[str, Tensor]:
    """torchvision's weights under the keys and in the shapes of the program.

    They are the program's own but for ConvNeXt: its `layer_scale`, C x 1 x 1, is a layer here, and
    the linear layers of its blocks are 1x1 convolutions.
    """
    ours = {}
    for key, value in state.items():
        owner, _, name = key.rpartition(".")
        if name == "layer_scale":
            ours[f"{key}.weight"] = value.flatten()
        elif re.search(r"\bblock\.[35]$", owner) and name == "weight" and value.ndim == 2:
            ours[key] = value[:, :, None, None]
        else:
            ours[key] = value
    return ours


def forms(net: cnnc.Net, state: Mapping[str, Tensor]) -> Iterator[tuple[str, Any]]:
    """What is generated, one after another, each with the weights; called with a tensor."""
    trained = net.build("torch", train=True)
    trained.load_state_dict(state, strict=True)
    assert {key: value.shape for key, value in trained.state_dict().items()} == {
        key: value.shape for key, value in state.items()
    }
    yield "PyTorch, training form", trained.eval()
    del trained
    folded = net.build("torch", level=2)
    folded.load_state_dict(state, strict=True)
    yield "PyTorch, folded", folded.eval()
    del folded
    arrays = {key: value.numpy() for key, value in state.items()}
    yield "NumPy as written", net.build("numpy", weights=arrays, level=0)
    yield "NumPy, folded", net.build("numpy", weights=arrays, level=2)


def compute(model: Any, x: Tensor) -> NDArray[np.float32]:
    if not isinstance(model, nn.Module):
        result: NDArray[np.float32] = model(x.numpy())
        return result
    with torch.inference_mode():
        return np.asarray(model(x))


def differences(
    model: nn.Module, net: cnnc.Net, sizes: tuple[Size, ...]
) -> dict[tuple[str, Size], float]:
    """The largest difference from `model`, relative to its largest output, by form and size."""
    expected = {size: compute(model, image(size)) for size in sizes}
    assert all(reference.std() > 0.05 * np.abs(reference).max() for reference in expected.values())
    found = {}
    for form, generated in forms(net, as_ours(model.state_dict())):
        for size, reference in expected.items():
            ours = compute(generated, image(size))
            assert ours.shape == reference.shape, form
            found[form, size] = float(np.abs(ours - reference).max() / np.abs(reference).max())
    return found
