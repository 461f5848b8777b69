"""The NumPy modules beside torchvision's models in eager PyTorch on two threads, same weights.

python -m benchmarks.numpy_speed [--batch N] [--rounds N] [NET ...]
"""

from __future__ import annotations

import argparse
import os
from functools import partial
from pathlib import Path
from typing import Any

# Read when NumPy's BLAS is loaded.
THREADS = 2
os.environ.setdefault("OPENBLAS_NUM_THREADS", str(THREADS))

import numpy as np  # noqa: E402
import torch  # noqa: E402
import torchvision  # noqa: E402

from benchmarks._timing import interleaved, milliseconds, print_table  # noqa: E402
from cnnc import load  # noqa: E402

EXAMPLES = Path(__file__).parents[1] / "examples"
# torchvision's name, and the same network here.
NETS = {
    "alexnet": "alexnet.cnn:AlexNet",
    "squeezenet1_1": "squeezenet.cnn:SqueezeNet1_1",
    "mobilenet_v2": "mobilenet_v2.cnn:MobileNetV2",
    "resnet18": "resnet.cnn:ResNet18",
    "googlenet": "googlenet.cnn:GoogLeNet",
    "resnet50": "resnet.cnn:ResNet50",
    "vgg16": "vgg.cnn:VGG16",
}


def reference(name: str) -> Any:
    """torchvision's model; GoogLeNet without its training heads.

    Its own fresh weights let the values of some networks die away on the way, so that any output
    would be alike. He's keep their size.
    """
    torch.manual_seed(0)
    options = {"aux_logits": False, "init_weights": False} if name == "googlenet" else {}
    model = getattr(torchvision.models, name)(weights=None, **options).eval()
    for layer in model.modules():
        if isinstance(layer, torch.nn.Conv2d | torch.nn.Linear):
            torch.nn.init.kaiming_normal_(layer.weight)
    return model


def compare(name: str, batch: int, rounds: int) -> tuple[str, ...]:
    """A row of the table."""
    model = reference(name)
    arrays = {key: tensor.numpy() for key, tensor in model.state_dict().items()}
    ours = load(EXAMPLES / NETS[name]).build("numpy", weights=arrays)
    image = np.random.default_rng(0).standard_normal((batch, 3, 224, 224), dtype=np.float32)
    tensor = torch.from_numpy(image)
    with torch.inference_mode():
        expected = model(tensor).numpy()
        difference = np.abs(ours(image) - expected).max() / np.abs(expected).max()
        actions = {"numpy": partial(ours, image), "torch": partial(model, tensor)}
        times = interleaved(actions, rounds)
    least, torch_least = min(times["numpy"]), min(times["torch"])
    return (
        name,
        milliseconds(least),
        milliseconds(torch_least),
        f"{least / torch_least:.2f}",
        f"{difference:.1e}",
    )


def main() -> None:
    options = argparse.ArgumentParser(description="NumPy modules beside torchvision's models.")
    options.add_argument("nets", nargs="*", metavar="NET", help=f"of {', '.join(NETS)}")
    options.add_argument("--batch", type=int, default=1)
    options.add_argument("--rounds", type=int, default=10)
    given = options.parse_args()
    if not NETS.keys() >= set(given.nets):
        options.error(f"the networks are {', '.join(NETS)}")
    torch.set_num_threads(THREADS)
    rows = [compare(name, given.batch, given.rounds) for name in given.nets or NETS]
    print(f"batch {given.batch}, {THREADS} threads, {given.rounds} rounds, minima")
    print_table(("network", "numpy, ms", "torch, ms", "ratio", "largest difference"), rows)


if __name__ == "__main__":
    main()
