"""Checkpoints whose names are not the program's: mapped, they compute what the original does."""

from __future__ import annotations

import io
import warnings
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch
import torchvision

import cnnc
from dsl.diagnostics import CnnError
from tests.weights.originals import EXAMPLES, Image, assert_equal, image, lively, mapped, outputs

timm = pytest.importorskip("timm")
ORDER = {"same layers in the same order"}

# timm's name, and the same network here.
TIMM = {
    "mobilenetv2_100": "mobilenet_v2.cnn:MobileNetV2",
    "vgg11_bn": "vgg.cnn:VGG11_BN",
    "efficientnet_b0": "efficientnet.cnn:EfficientNetB0",
    "densenet121": "densenet.cnn:DenseNet121",
    "resnet18": "resnet.cnn:ResNet18",
}
NAMED = {
    "resnet18": {"same name"},
    "densenet121": {"same name"},
    "vgg11_bn": {"same name", *ORDER},  # its classifier has names of its own
}


@pytest.mark.slow
@pytest.mark.parametrize("name", TIMM)
def test_timm(name: str, tmp_path: Path) -> None:
    model = lively(timm.create_model(name, pretrained=False))
    torch.save(model.state_dict(), tmp_path / "w.pth")
    net = cnnc.load(EXAMPLES / TIMM[name])
    reasons = {each.why for each in mapped(net, tmp_path / "w.pth").matches}
    assert reasons == NAMED.get(name, ORDER)
    images = image(1, 3, 224, 224)
    with torch.no_grad():
        expected = model(torch.from_numpy(images)).numpy()
    assert_equal(outputs(net, tmp_path / "w.pth", images), expected)


def renamed(model: Any) -> dict[str, Any]:
    """Every layer called by its number, as a flat `nn.ModuleList` would."""
    state = model.state_dict()
    layers = list(dict.fromkeys(key.rpartition(".")[0] for key in state))
    return {
        f"backbone.layers.{layers.index(key.rpartition('.')[0])}.{key.rpartition('.')[2]}": each
        for key, each in state.items()
    }


@pytest.mark.parametrize(
    ("name", "target", "size"),
    [
        ("resnet18", "resnet.cnn:ResNet18", 224),
        ("squeezenet1_1", "squeezenet.cnn:SqueezeNet1_1", 224),
        ("mobilenet_v2", "mobilenet_v2.cnn:MobileNetV2", 224),
        ("shufflenet_v2_x1_0", "shufflenet_v2.cnn:ShuffleNetV2_x1_0", 224),
    ],
)
def test_torchvision_renamed(name: str, target: str, size: int, tmp_path: Path) -> None:
    model = lively(getattr(torchvision.models, name)(weights=None))
    net, path = cnnc.load(EXAMPLES / target), tmp_path / "w.pt"
    torch.save({"epoch": 3, "model": renamed(model)}, path)
    assert {each.why for each in mapped(net, path).matches} == ORDER
    images = image(1, 3, size, size)
    with torch.no_grad():
        expected = model(torch.from_numpy(images)).numpy()
    assert_equal(outputs(net, path, images), expected)


def test_a_parallel_checkpoint(tmp_path: Path) -> None:
    """`nn.DataParallel` and `torch.compile` each put a word before all names."""
    model = lively(torchvision.models.squeezenet1_1(weights=None))
    state = {f"module._orig_mod.{key}": each for key, each in model.state_dict().items()}
    torch.save(state, tmp_path / "w.pth")
    net = cnnc.load(EXAMPLES / "squeezenet.cnn:SqueezeNet1_1")
    reasons = {each.why for each in mapped(net, tmp_path / "w.pth").matches}
    assert reasons == {"same name behind module._orig_mod."}
    with torch.no_grad():
        expected = model(torch.from_numpy(image(1, 3, 224, 224))).numpy()
    assert_equal(outputs(net, tmp_path / "w.pth", image(1, 3, 224, 224)), expected)


@pytest.mark.parametrize(
    ("name", "target"),
    [
        ("squeezenet1_1", "squeezenet.cnn:SqueezeNet1_1"),
        ("googlenet", "googlenet.cnn:GoogLeNet"),
    ],
)
def test_onnx(name: str, target: str, tmp_path: Path) -> None:
    """Branches are told apart by how the file's nodes hang together; names are numbers here."""
    options = {"aux_logits": False, "init_weights": False} if name == "googlenet" else {}
    model = lively(getattr(torchvision.models, name)(weights=None, **options))
    images = image(1, 3, 224, 224)
    (tmp_path / "w.onnx").write_bytes(numbered(exported(model, images)))
    net = cnnc.load(EXAMPLES / target)
    with torch.no_grad():
        expected = model(torch.from_numpy(images)).numpy()
    assert {each.why for each in mapped(net, tmp_path / "w.onnx").matches} == {"same structure"}
    assert_equal(outputs(net, tmp_path / "w.onnx", images), expected)


def exported(model: Any, images: Image) -> bytes:
    """By the exporter that needs no further packages. Batch norm stays what it is: by itself the
    exporter folds it, into convolutions that the program does not have."""
    file, keep = io.BytesIO(), torch.onnx.TrainingMode.PRESERVE
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        given: Any = file  # which it takes, though its types do not say so
        torch.onnx.export(
            model,
            (torch.from_numpy(images),),
            given,
            dynamo=False,
            training=keep,
            do_constant_folding=False,
        )
    return file.getvalue()


def numbered(model: bytes) -> bytes:
    """Initialisers without telling names, in the file in the order of their size."""
    onnx = pytest.importorskip("onnx")
    content = onnx.load(io.BytesIO(model))
    names = {each.name: f"onnx::{n}" for n, each in enumerate(content.graph.initializer)}
    for node in content.graph.node:
        for place, source in enumerate(node.input):
            node.input[place] = names.get(source, source)
    for each in content.graph.initializer:
        each.name = names[each.name]
    ordered = sorted(content.graph.initializer, key=lambda each: (np.prod(each.dims), each.name))
    del content.graph.initializer[:]
    content.graph.initializer.extend(ordered)
    made: bytes = content.SerializeToString()
    return made


def test_another_network_is_refused(tmp_path: Path) -> None:
    model = torchvision.models.resnet18(weights=None)
    torch.save(renamed(model), tmp_path / "w.pth")
    net = cnnc.load(EXAMPLES / "resnet.cnn:ResNet34")
    with pytest.raises(CnnError, match="E0905") as caught:
        outputs(net, tmp_path / "w.pth", image(1, 3, 224, 224))
    assert "w.pth" in str(caught.value) and "not certain" in str(caught.value)
