"""What only a card can show: `pytest -m gpu`. tests/torch/test_devices.py shows what needs none."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import torch

import cnnc
from backends.torch.helpers.devices import arithmetic, on_device
from backends.torch.helpers.graphs import CudaGraph
from tests.golden.cases import EXAMPLES, TRAINED
from tests.torch.build import difference, noise

NETS = [f"{file}:{net}" for file, nets in TRAINED.items() for net in nets]
SOME = ("resnet.cnn:ResNet18", "googlenet.cnn:GoogLeNet", "mobilenet_v2.cnn:MobileNetV2")
pytestmark = [
    pytest.mark.gpu,
    pytest.mark.skipif(not torch.cuda.is_available(), reason="no CUDA device on this machine"),
]
CARD = torch.device("cuda")


@pytest.fixture(autouse=True)
def exact() -> Iterator[None]:
    """In float32 proper: TF32 rounds factors to 10 bits."""
    with arithmetic("float32", CARD):
        yield


def built(target: str, train: bool = False) -> tuple[Any, torch.Tensor]:
    """On the CPU, with an image of its size; weights that keep values alive."""
    torch.manual_seed(0)
    net = cnnc.load(EXAMPLES / target)
    graph = net.journey.graph
    volume = graph[graph.sources()[0]].shape
    model: Any = net.build("torch", level=0 if train else 2, train=train)
    return model, noise(2, volume.c, volume.h, volume.w)


@pytest.mark.parametrize("target", NETS)
def test_the_same_on_the_card(target: str) -> None:
    model, x = built(target)
    with torch.inference_mode():
        wanted = model(x)
        found = model.to(CARD)(on_device(x, CARD)).cpu()
    assert difference(found, wanted) < 1e-4


@pytest.mark.parametrize("target", NETS)
def test_a_training_step(target: str) -> None:
    """Gradients as on the CPU, without dropout's chance; all are there in bfloat16."""
    model, x = built(target, train=True)
    for each in model.modules():
        if isinstance(each, torch.nn.Dropout):
            each.p = 0.0
    gradients: list[dict[str, torch.Tensor]] = []
    for device in ("cpu", "cuda"):
        model.to(device).train().zero_grad()
        result = model(x.to(device))
        outputs = result.values() if isinstance(result, dict) else [result]
        torch.stack([each.square().mean() for each in outputs]).sum().backward()  # type: ignore[no-untyped-call]  # torch has no types there
        gradients.append({name: each.grad.cpu() for name, each in model.named_parameters()})
    whole = torch.cat([each.flatten() for each in gradients[0].values()])
    found = torch.cat([each.flatten() for each in gradients[1].values()])
    assert (found - whole).norm() < 1e-2 * whole.norm()


@pytest.mark.parametrize("target", SOME)
@pytest.mark.parametrize(("precision", "bound"), [("tf32", 1e-2), ("bf16", 1e-1)])
def test_lower_precision(target: str, precision: str, bound: float) -> None:
    model, x = built(target)
    model.to(CARD)
    with torch.inference_mode():
        wanted = model(x.to(CARD))
        with arithmetic(precision, CARD):
            found = model(x.to(CARD))
    assert 0 < difference(found.float(), wanted) < bound


@pytest.mark.parametrize("target", SOME)
@pytest.mark.parametrize("precision", ["float32", "bf16"])
def test_a_graph_is_the_network(target: str, precision: str) -> None:
    model, x = built(target)
    model.to(CARD)
    others = [noise(*x.shape, seed=seed).to(CARD) for seed in (1, 2)]
    with torch.inference_mode(), arithmetic(precision, CARD, recorded=True):
        graph = CudaGraph(model, x.to(CARD))
        for other in others:
            found = graph(other)
            assert isinstance(found, torch.Tensor)
            assert difference(found, model(other)) < 1e-5
        with pytest.raises(ValueError, match="recorded for"):
            graph(others[0][:1])


@pytest.mark.parametrize("target", SOME)
@pytest.mark.parametrize("mode", ["default", "reduce-overhead"])
def test_compiled(target: str, mode: str) -> None:
    model, x = built(target)
    with torch.inference_mode():
        wanted = model(x)
        found = torch.compile(model.to(CARD), mode=mode)(x.to(CARD)).cpu()  # type: ignore[no-untyped-call]  # torch has no types there
    assert difference(found, wanted) < 1e-4


@pytest.fixture(scope="module")
def module(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("command") / "resnet18.py"
    path.write_text(cnnc.load(EXAMPLES / "resnet.cnn:ResNet18").emit("torch"), "utf-8")
    return path


def run(module: Path, *options: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, str(module), "--random", "--batch", "2", *options]
    return subprocess.run(command, capture_output=True, text=True)


@pytest.mark.parametrize(
    "options",
    [
        (),
        ("--device", "cuda:0", "--precision", "tf32"),
        ("--precision", "bf16", "--compile", "max-autotune"),
        ("--compile", "reduce-overhead"),
        ("--graph",),
        ("--graph", "--precision", "bf16"),
    ],
    ids=" ".join,
)
def test_the_command(module: Path, options: tuple[str, ...]) -> None:
    done = run(module, *options, "--bench", "3")
    assert done.returncode == 0, done.stderr
    assert f"3 runs on {torch.cuda.get_device_name(0)}" in done.stdout


def test_out_of_memory_says_what_is_needed(module: Path) -> None:
    limited = (
        "import runpy, sys, torch; torch.cuda.set_per_process_memory_fraction(0.01);"
        "sys.argv = sys.argv[1:]; runpy.run_path(sys.argv[0], run_name='__main__')"
    )
    command = [sys.executable, "-c", limited, str(module), "--random", "--batch", "1024"]
    done = subprocess.run(command, capture_output=True, text=True)
    assert done.returncode == 1
    assert "out of memory on cuda: the weights take 44." in done.stderr
    assert "the values of 1024 images at least" in done.stderr
    assert "Traceback" not in done.stderr
