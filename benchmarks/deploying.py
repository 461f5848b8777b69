"""From a fresh process to the first answer of a bundle, step by step, and what a file weighs.

python -m benchmarks.deploying [ROUNDS]
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from statistics import median
from tempfile import TemporaryDirectory

from safetensors.numpy import save_file

import cnnc
from backends.numpy.kernels.weights import random_weights
from benchmarks._timing import interleaved, print_table

ROOT = Path(__file__).parents[1]
ROUNDS = 5
NETS = ("digits.cnn:Digits", "mobilenet_v2.cnn:MobileNetV2", "resnet.cnn:ResNet18")
FORMS = {
    "not bundled": (),
    "--bundle --unpacked": ("--bundle", "--unpacked"),
    "--bundle": ("--bundle",),
    "--bundle --single": ("--bundle", "--single"),
}
STEPS = ("import numpy", "import it", "load", "first call", "second call")
SCRIPT = """
import json, sys, time
marks = [time.perf_counter()]
mark = lambda: marks.append(time.perf_counter())
import numpy as np
mark()
import importlib
module = importlib.import_module(sys.argv[1])
mark()
net = getattr(module, module.__all__[0]).load()
mark()
x = np.zeros((1, *json.loads(sys.argv[2])), np.float32)
net(x)
mark()
net(x)
mark()
print(json.dumps([1000 * (b - a) for a, b in zip(marks, marks[1:])]))
"""


def made(target: str, folder: Path) -> tuple[int, ...]:
    """Every form of a net, compiled, in a folder; C x H x W that it takes."""
    journey = cnnc.load(ROOT / "examples" / target).journey
    graph = journey.inference.graph
    weights = folder / "w.safetensors"
    save_file(random_weights(graph.weight_shapes(), 0), weights)
    for number, options in enumerate(FORMS.values()):
        command = [sys.executable, "-m", "cnnc", "compile", f"examples/{target}", "-b", "numpy"]
        out = ("--weights", str(weights), "-o", str(folder / f"net{number}.py"))
        subprocess.run([*command, *out, *options], cwd=ROOT, check=True)
    volume = graph[graph.sources()[0]].shape
    return volume.c, volume.h, volume.w


def started(folder: Path, module: str, shape: tuple[int, ...], kept: list[list[float]]) -> None:
    command = [sys.executable, "-c", SCRIPT, module, json.dumps(shape)]
    # Compiled source is kept, as it is where packages are installed.
    environment = {
        key: each for key, each in os.environ.items() if key != "PYTHONDONTWRITEBYTECODE"
    }
    done = subprocess.run(
        command, cwd=folder, env=environment, check=True, capture_output=True, text=True
    )
    kept.append(json.loads(done.stdout))


def rows(target: str, rounds: int) -> Iterator[tuple[str, ...]]:
    with TemporaryDirectory() as name:
        folder = Path(name)
        shape = made(target, folder)
        kept: dict[str, list[list[float]]] = {form: [] for form in FORMS}
        actions: dict[str, Callable[[], None]] = {}
        for number, form in enumerate(FORMS):

            def run(module: str = f"net{number}", times: list[list[float]] = kept[form]) -> None:
                started(folder, module, shape, times)

            actions[form] = run
        interleaved(actions, rounds)
        for number, form in enumerate(FORMS):
            size = sum(each.stat().st_size for each in folder.glob(f"net{number}.*"))
            times = kept[form][1:]  # the first compiles the source
            least = [min(each) for each in zip(*times, strict=True)]
            whole = median(sum(each[:4]) for each in times)
            cells = (*(f"{each:.1f}" for each in least), f"{whole:.0f}", f"{size / 1e6:.2f}")
            yield target.partition(":")[2], form, *cells


def main() -> None:
    rounds = int(sys.argv[1]) if len(sys.argv) > 1 else ROUNDS
    print(f"{rounds} fresh processes each, compiled source at hand, files in the system's cache")
    print("min, ms, of each step; median, ms, to the first answer; files in MB")
    titles = ("net", "form", *STEPS, "to first answer", "MB")
    print_table(titles, [row for net in NETS for row in rows(net, rounds)])


if __name__ == "__main__":
    main()
