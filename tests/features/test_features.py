"""`--features`: what layers within a network give, in both backends."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch
from torchvision.models.feature_extraction import create_feature_extractor

import cnnc
from compiler.optimise import LEVELS, Level
from tests.cli.run import EXAMPLES
from tests.cli.run import cnnc as run
from tests.conformance.torchvisions import image, torchvision_model

SIZE = (2, 96, 96)
PATHS = {  # ours: torchvision's node of the same value
    "alexnet": (
        "alexnet.cnn:AlexNet",
        {"features.7": "features.7", "classifier.5": "classifier.5"},
    ),
    "resnet18": (
        "resnet.cnn:ResNet18",
        {"layer1": "layer1.1.relu_1", "layer3.0.bn1": "layer3.0.bn1"},
    ),
}


@pytest.fixture(scope="module", params=PATHS)
def case(request: pytest.FixtureRequest) -> tuple[cnnc.Net, Any, dict[str, torch.Tensor]]:
    """The network here, torchvision's weights, and what torchvision's gives at each path."""
    target, paths = PATHS[request.param]
    theirs = torchvision_model(request.param)
    nodes = {theirs_: ours for ours, theirs_ in paths.items()}
    with torch.inference_mode():
        wanted = create_feature_extractor(theirs, nodes)(image(SIZE))
    return cnnc.load(EXAMPLES / target), theirs.state_dict(), wanted


@pytest.mark.parametrize("backend", ["numpy", "torch"])
@pytest.mark.parametrize("level", LEVELS)
def test_features_are_torchvisions(case: Any, backend: Any, level: Level) -> None:
    net, state, wanted = case
    weights = {key: value.numpy() for key, value in state.items()}
    model = net.build(backend, weights, level, features=tuple(wanted))
    x = image(SIZE)
    with torch.inference_mode():
        found = model(x if backend == "torch" else x.numpy())
    assert list(found) == list(wanted)
    for path, value in wanted.items():
        scale = value.abs().max().item()
        assert np.abs(np.asarray(found[path]) - value.numpy()).max() < 1e-4 * scale, path


def test_a_single_feature_is_the_value_itself() -> None:
    net = cnnc.load(EXAMPLES / "digits.cnn")
    x = torch.zeros(2, 1, 28, 28)
    assert net.build("torch", features=["conv5"])(x).shape == (2, 96, 7, 7)
    assert net.build("numpy", features=["bn5"])(x.numpy()).shape == (2, 96, 7, 7)


def test_what_only_the_outputs_need_is_left_out() -> None:
    net = cnnc.load(EXAMPLES / "vgg.cnn:VGG11")
    code = net.emit("torch", features=["features"])
    assert "nn.Linear" not in code and "classifier" in code.partition("TRAINING_ONLY")[2]


def test_a_scope_is_its_last_value_and_output_the_networks() -> None:
    net = cnnc.load(EXAMPLES / "resnet.cnn:ResNet18")
    returned = cnnc.Net(net.journey).emit("torch", level=1, features=["layer4", "output"])
    assert 'return {"layer4": x, "output": branch1}' in returned


@pytest.mark.parametrize(
    ("features", "says"),
    [
        (["layer9"], "did you mean layer"),
        (["conv1", "conv1"], "named twice"),
        ([""], "`cnnc report FILE` lists the layers"),
    ],
)
def test_unknown_features_are_refused(features: list[str], says: str) -> None:
    net = cnnc.load(EXAMPLES / "resnet.cnn:ResNet18")
    with pytest.raises(ValueError, match=says):
        net.emit("torch", features=features)


def test_a_training_graph_has_no_features() -> None:
    with pytest.raises(ValueError, match="for inference"):
        cnnc.load(EXAMPLES / "lenet.cnn").emit("torch", train=True, features=["output"])


def test_command(tmp_path: Path) -> None:
    out = tmp_path / "fc7.py"
    made = run("compile", f"{EXAMPLES}/vgg.cnn:VGG11", "-b", "torch", "-o", str(out),
               "--features", "classifier.4, output")  # fmt: skip
    assert made.status == 0 and '"classifier.4"' in out.read_text()
    for wrong in (("--features", "x"), ("--features", "output", "--train")):
        result = run("compile", f"{EXAMPLES}/lenet.cnn", "-b", "torch", *wrong)
        assert result.status == 2
