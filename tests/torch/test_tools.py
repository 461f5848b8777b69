"""Generated modules in PyTorch's other tools: export, trace, quantisation, Grad-CAM."""

from __future__ import annotations

import warnings
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch

import cnnc
from tests.torch.build import difference, noise

EXAMPLES = Path(__file__).parents[2] / "examples"
NETS = ("resnet.cnn:ResNet18", "mobilenet_v2.cnn:MobileNetV2", "squeezenet.cnn:SqueezeNet1_1")
LEVELS = (0, 2)


def built(target: str, level: int) -> Any:
    torch.manual_seed(0)
    return cnnc.load(EXAMPLES / target).build("torch", level=level)  # type: ignore[arg-type]


@pytest.mark.parametrize("target", NETS)
@pytest.mark.parametrize("level", LEVELS)
def test_export(target: str, level: int) -> None:
    """One program for any batch."""
    net, x = built(target, level), noise(2, 3, 64, 64)
    batch = torch.export.Dim("batch", min=1, max=64)
    program = torch.export.export(net, (x,), dynamic_shapes={"x": {0: batch}})
    with torch.inference_mode():
        assert difference(program.module()(noise(3, 3, 64, 64)), net(noise(3, 3, 64, 64))) < 1e-5


@pytest.mark.parametrize("target", NETS)
@pytest.mark.parametrize("level", LEVELS)
def test_trace(target: str, level: int, tmp_path: Path) -> None:
    """Checks of the input are Python's, which a trace says that it leaves out; it is saved and
    read again."""
    net, x = built(target, level), noise(1, 3, 64, 64)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        torch.jit.trace(net, x).save(str(tmp_path / "net.pt"))  # type: ignore[no-untyped-call]  # torch has no types there
        traced = torch.jit.load(str(tmp_path / "net.pt"))  # type: ignore[no-untyped-call]  # torch has no types there
    with torch.inference_mode():
        assert difference(traced(x), net(x)) < 1e-6


@pytest.mark.parametrize("level", LEVELS)
def test_int8_quantisation(level: int) -> None:
    """PT2E: 8 bits keep the answers of a trained network."""
    pytest.importorskip("torchao")
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        from torchao.quantization.pt2e.quantize_pt2e import convert_pt2e, prepare_pt2e
        from torchao.quantization.pt2e.quantizer.x86_inductor_quantizer import (
            X86InductorQuantizer,
            get_default_x86_inductor_quantization_config,
        )

        net, images, labels = digits(level)
        exported = torch.export.export(net, (images[:2],)).module()
        quantizer = X86InductorQuantizer()
        quantizer.set_global(get_default_x86_inductor_quantization_config())
        prepared = prepare_pt2e(exported, quantizer)
        for start in range(0, 200, 2):
            prepared(images[start : start + 2])
        int8 = convert_pt2e(prepared)
        pairs = [images[start : start + 2] for start in range(200, 600, 2)]
        with torch.inference_mode():
            answers = torch.cat([int8(pair).argmax(1) for pair in pairs])
            exact = torch.cat([net(pair).argmax(1) for pair in pairs])
    assert any("quantize" in str(node.target) for node in int8.graph.nodes)
    assert (answers == exact).float().mean() >= 0.98
    assert (answers == labels[200:600]).float().mean() >= 0.95


def digits(level: int) -> tuple[Any, torch.Tensor, torch.Tensor]:
    """The network that ships trained, with digits that it did not learn from."""
    held_out = np.load(EXAMPLES / "weights" / "digits_held_out.npz")
    net = cnnc.load(EXAMPLES / "digits.cnn").build(
        "torch",
        EXAMPLES / "weights" / "digits.safetensors",
        level=level,  # type: ignore[arg-type]
    )
    images = torch.from_numpy(held_out["images"]).float()[:, None] / 255
    return net, images, torch.from_numpy(held_out["labels"]).long()


METHODS = ["GradCAM", "GradCAMPlusPlus", "HiResCAM", "XGradCAM", "LayerCAM", "EigenCAM"]


@pytest.mark.parametrize("method", METHODS)
@pytest.mark.parametrize("level", LEVELS)
def test_grad_cam_package(method: str, level: int) -> None:
    """The layer before the mean, where the maps of a digit lie on its strokes."""
    package = pytest.importorskip("pytorch_grad_cam")
    from pytorch_grad_cam.utils.model_targets import ClassifierOutputTarget

    net, images, labels = digits(level)
    picked, wanted = images[:8], [ClassifierOutputTarget(each) for each in labels[:8].tolist()]
    with getattr(package, method)(model=net, target_layers=[net.conv5]) as cam:
        maps = cam(input_tensor=picked.clone(), targets=wanted)
    assert maps.shape == (8, 28, 28) and np.isfinite(maps).all()
    ink = picked[:, 0].numpy() > 0.3
    inside = np.array([each[mask].mean() for each, mask in zip(maps, ink, strict=True)])
    outside = np.array([each[~mask].mean() for each, mask in zip(maps, ink, strict=True)])
    assert (inside > outside).mean() >= 0.75


def test_grad_cam_is_its_definition() -> None:
    """Selvaraju et al., 2017: maps weighted by the mean of their gradients, then ReLU."""
    package = pytest.importorskip("pytorch_grad_cam")
    from pytorch_grad_cam.utils.image import scale_cam_image
    from pytorch_grad_cam.utils.model_targets import ClassifierOutputTarget

    net, images, labels = digits(0)
    x, label = images[:1], int(labels[0])
    with package.GradCAM(model=net, target_layers=[net.conv5]) as cam:
        found = cam(input_tensor=x.clone(), targets=[ClassifierOutputTarget(label)])[0]
    maps: list[torch.Tensor] = []
    net.conv5.register_forward_hook(lambda module, given, value: maps.append(value))
    (gradient,) = torch.autograd.grad(net(x)[0, label], maps)
    weighted = (gradient.mean((2, 3), keepdim=True) * maps[0]).sum(1).relu()
    resized = scale_cam_image(weighted.detach().numpy(), (28, 28))
    wanted = scale_cam_image(resized)[0]  # the package scales to 0..1 once more
    assert np.abs(found - wanted).max() < 1e-4
