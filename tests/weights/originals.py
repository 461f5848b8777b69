"""Networks that other people wrote, with weights that leave no layer without effect."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray

import cnnc
from cnnc.weights.converting import convert
from cnnc.weights.mapping import Mapped, map_weights
from cnnc.weights.reading import read_stored

EXAMPLES = Path(__file__).parents[2] / "examples"
TOLERANCE = 1e-5  # of the largest value of the output
Image = NDArray[np.float32]


def lively(model: Any, seed: int = 0) -> Any:
    """He's weights, and norms with statistics and scales that are all different."""
    torch.manual_seed(seed)
    for module in model.modules():
        if isinstance(module, torch.nn.Conv2d | torch.nn.Linear):
            torch.nn.init.kaiming_normal_(module.weight)
            if module.bias is not None:
                torch.nn.init.uniform_(module.bias, -0.1, 0.1)
        elif isinstance(module, torch.nn.BatchNorm2d):
            torch.nn.init.uniform_(module.weight, 0.5, 1.0)
            torch.nn.init.uniform_(module.bias, -0.1, 0.1)
            assert module.running_mean is not None and module.running_var is not None
            torch.nn.init.uniform_(module.running_mean, -0.1, 0.1)
            torch.nn.init.uniform_(module.running_var, 0.5, 1.5)
    return model.eval()


def image(*shape: int) -> Image:
    return np.random.default_rng(1).standard_normal(shape, dtype=np.float32)


def mapped(net: cnnc.Net, path: Path) -> Mapped:
    return map_weights(net.journey.inference.graph, read_stored(path))


def outputs(net: cnnc.Net, path: Path, images: Image) -> dict[str, Image]:
    """Of the NumPy and the PyTorch module with the weights of a file, as `weights convert` makes
    them."""
    graph, stored = net.journey.inference.graph, read_stored(path)
    weights = convert(graph, stored, map_weights(graph, stored))
    with torch.no_grad():
        pytorch = net.build("torch", weights).eval()(torch.from_numpy(images)).numpy()
    return {"numpy": net.build("numpy", weights)(images), "torch": pytorch}


def assert_equal(found: dict[str, Image], expected: Image) -> None:
    largest = float(np.abs(expected).max())
    assert largest > 1e-3, "an output that has died away proves nothing"
    for backend, values in found.items():
        worst = float(np.abs(values - expected).max()) / largest
        assert worst <= TOLERANCE, f"{backend}: {worst:.1e} of the largest value"
