"""A photograph in, torchvision's numbers out."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from PIL import Image
from safetensors.numpy import save_file

from tests.bundle.making import bundle, net_class
from tests.cli.run import EXAMPLES
from tests.kernels.test_resampling import IMAGENET, photograph

MEAN, STD = (",".join(map(str, IMAGENET[each])) for each in ("mean", "std"))


@pytest.fixture(scope="module")
def model() -> Any:
    """torchvision's, with its own random weights, and statistics of norms that do something."""
    torch = pytest.importorskip("torch")
    torchvision = pytest.importorskip("torchvision")
    torch.manual_seed(0)
    made = torchvision.models.resnet18(weights=None).eval()
    for each in made.modules():
        if isinstance(each, torch.nn.BatchNorm2d):
            each.running_mean.normal_(0, 0.1)
            each.running_var.uniform_(0.5, 1.5)
    return made


@pytest.fixture(scope="module")
def net(model: Any, tmp_path_factory: pytest.TempPathFactory) -> Any:
    folder = tmp_path_factory.mktemp("resnet18")
    weights = folder / "w.safetensors"
    save_file({key: each.numpy() for key, each in model.state_dict().items()}, weights)
    named = folder / "labels.txt"
    named.write_text("".join(f"class {number}\n" for number in range(1000)))
    options = ("--resize", "256", "--crop", "224", "--mean", MEAN, "--std", STD, "--labels", named)
    done = bundle(f"{EXAMPLES}/resnet.cnn:ResNet18", weights, folder / "resnet18.py", *options)
    assert (done.status, done.err) == (0, "")
    return net_class(folder / "resnet18.py").load()


@pytest.mark.parametrize("name", ["chelsea", "rocket", "camera"])
def test_the_same_as_torchvision(name: str, net: Any, model: Any) -> None:
    """Its own preparation and its own network: 1e-5 of the largest value, and the same classes."""
    torch = pytest.importorskip("torch")
    transforms = pytest.importorskip("torchvision.transforms")
    prepare = transforms.Compose(
        [
            transforms.Resize(256),
            transforms.CenterCrop(224),
            transforms.ToTensor(),
            transforms.Normalize(IMAGENET["mean"], IMAGENET["std"]),
        ]
    )
    image = photograph(name)
    given = prepare(Image.fromarray(image).convert("RGB"))[None]
    with torch.inference_mode():
        theirs = model(given)
    assert (net.preprocess(image) == given.numpy()).all()
    ours = net(net.preprocess(image))
    assert np.abs(ours - theirs.numpy()).max() <= 1e-5 * theirs.abs().max().item()
    probabilities, classes = theirs.softmax(1)[0].topk(5)
    found = net.classify(image)
    assert [label for label, _ in found] == [f"class {each}" for each in classes.tolist()]
    for (_, probability), expected in zip(found, probabilities.tolist(), strict=True):
        assert abs(probability - expected) <= 1e-4 * expected


def test_what_it_does_is_said(net: Any) -> None:
    told = net.preprocess.__doc__
    for part in ("shorter side scaled to 256", "224 x 224 cut from its middle", "0.485", "0.225"):
        assert part in told
