"""A network looked at by the parts of `cnnc explain-image`, and files for the command."""

from __future__ import annotations

import io
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray
from PIL import Image
from safetensors.numpy import save_file
from torch import nn

import cnnc
from cnnc.imaging.asked import Asked
from cnnc.imaging.choosing import choose
from cnnc.imaging.explained import computed
from cnnc.imaging.gradcam import grad_cam, stretched
from tests.cli.run import EXAMPLES

WEIGHTS = EXAMPLES / "weights" / "digits.safetensors"
DIGITS = EXAMPLES / "digits.cnn"
ASKED = Asked(
    weights=Path(),
    image=None,
    size=(0, 0),
    resize=False,
    mean=(0.0,),
    std=(1.0,),
    chosen=None,
    layer=None,
    cam=True,
    filters=False,
    activations=False,
    maps=(),
)


def cam(
    net: cnnc.Net,
    weights: Mapping[str, Any],
    x: torch.Tensor,
    chosen: int,
    layer: str | None = None,
) -> NDArray[np.float32]:
    """Of one image, in its size; as the command has it before it draws."""
    graph = net.journey.checked.graph
    choice = choose(graph, replace(ASKED, layer=layer))
    values = computed(net.journey, choice.paths(graph), weights, x.numpy().copy())
    assert choice.layer is not None and choice.score is not None
    maps, score = (values[graph[node].path] for node in (choice.layer, choice.score))
    found = stretched(grad_cam(maps, score.flatten()[chosen]), (x.shape[2], x.shape[3]))
    return np.asarray(found)


def package_cam(model: nn.Module, layer: nn.Module, x: torch.Tensor, chosen: int) -> Any:
    """What the package grad-cam finds."""
    from pytorch_grad_cam import GradCAM
    from pytorch_grad_cam.utils.model_targets import ClassifierOutputTarget

    with GradCAM(model=model, target_layers=[layer]) as package:
        return package(input_tensor=x.clone(), targets=[ClassifierOutputTarget(chosen)])[0]


def arrays(model: nn.Module) -> dict[str, NDArray[Any]]:
    return {key: value.numpy() for key, value in model.state_dict().items()}


def saved(weights: Mapping[str, NDArray[Any]], path: Path) -> Path:
    save_file({key: np.ascontiguousarray(value) for key, value in weights.items()}, path)
    return path


def digit(number: int) -> NDArray[np.uint8]:
    """One that the network has not learned from."""
    with np.load(EXAMPLES / "weights" / "digits_held_out.npz") as held_out:
        images, labels = held_out["images"], held_out["labels"]
    found: NDArray[np.uint8] = images[np.flatnonzero(labels == number)[3]]
    return found


def written(pixels: NDArray[Any], path: Path) -> Path:
    Image.fromarray(pixels).save(path)
    return path


def opened(path: Path) -> NDArray[np.uint8]:
    """The pixels of a PNG in colour, read by Pillow."""
    with Image.open(io.BytesIO(path.read_bytes()), formats=("PNG",)) as picture:
        assert picture.mode == "RGB"
        return np.asarray(picture)
