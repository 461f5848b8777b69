"""Generated NumPy beside torchvision's models in PyTorch and onnxruntime, with the same weights.

python -m benchmarks.inference [--batch 1 8] [--rounds N] [--forks] [--compile] [--reference]
    [--keep FILE.json] [NET ...]
python -m benchmarks.inference --draw FILE.json

Contenders take turns in one process, two threads each. A turn is one call that is not counted,
since another's threads may still wait for work in it, and up to five that are; its time is the
fastest. Ratios are to PyTorch, eager and contiguous; `limit` is what the arithmetic and the weights
take at least: FLOPs over the rate of a large matrix product, and bytes over that of memory.
onnx's ReferenceEvaluator takes part with two small networks, and sits most rounds out.

--keep puts seconds into a file, beside those of other networks and batches that it has; --draw
makes docs/pictures/inference.svg of it.
"""

from __future__ import annotations

import argparse
import json
import os
from collections.abc import Iterator, Sequence
from math import exp, log
from pathlib import Path
from time import perf_counter
from typing import Any

# Read when NumPy's BLAS is loaded.
THREADS = 2
os.environ.setdefault("OPENBLAS_NUM_THREADS", str(THREADS))

import numpy as np  # noqa: E402
import torch  # noqa: E402
import torchvision  # noqa: E402

from benchmarks._chart import chart  # noqa: E402
from benchmarks._timing import milliseconds, print_table  # noqa: E402
from cnnc import load  # noqa: E402
from cnnc.benching.agreement import differences  # noqa: E402
from cnnc.benching.contender import Absent, Array, Contender, Maker, construct  # noqa: E402
from cnnc.benching.exported import onnxruntime_maker, reference_maker  # noqa: E402
from cnnc.benching.machine import machine  # noqa: E402
from cnnc.benching.ours import numpy_maker  # noqa: E402
from cnnc.benching.pytorch import torch_makers  # noqa: E402
from cnnc.benching.rounds import take_turns  # noqa: E402
from cnnc.benching.threads import blas_setter  # noqa: E402
from cnnc.pipeline import Journey  # noqa: E402

ROOT = Path(__file__).parents[1]
EXAMPLES = ROOT / "examples"
PICTURE = ROOT / "docs" / "pictures" / "inference.svg"
SLOW = ("squeezenet1_1", "resnet18")  # what the ReferenceEvaluator is asked for
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


def theirs(name: str) -> Any:
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


def makers(name: str, image: Array, options: argparse.Namespace) -> Iterator[Maker]:
    weights = {key: tensor.numpy() for key, tensor in theirs(name).state_dict().items()}
    journey = load(EXAMPLES / NETS[name]).journey
    yield numpy_maker(journey, weights, [image], THREADS)
    if options.forks:
        yield numpy_maker(journey, weights, [image], THREADS, name="numpy-forks", forks=True)
    given = (lambda: theirs(name), [image], THREADS, "torchvision's")
    eager, last, compiled = torch_makers(*given)
    yield from (eager, last, *([compiled] if options.compile else []))
    yield onnxruntime_maker(*given)
    if options.reference and name in SLOW and len(image) == 1:
        yield reference_maker(*given)


def compare(name: str, batch: int, options: argparse.Namespace) -> dict[str, float]:
    """The fastest time of each contender, and the limit."""
    noise = np.random.default_rng(0)
    image = noise.standard_normal((batch, 3, 224, 224), dtype=np.float32)
    contenders: list[Contender] = []
    for maker in makers(name, image, options):
        try:
            contenders.append(construct(maker))
        except Absent as absent:
            print(f"{name}: {maker.name} left out: {absent}")
    reference = next(each.outputs for each in contenders if each.name == "torch")
    differences(name, contenders, reference)  # an error where one computes something else
    set_blas = blas_setter()
    times = take_turns(contenders, options.rounds, set_blas, lambda what: None)
    least = {name: min(each) for name, each in times.items()}
    if set_blas is not None:
        set_blas(THREADS)
    return {**least, "limit": limit(load(EXAMPLES / NETS[name]).journey, batch)}


def limit(journey: Journey, batch: int) -> float:
    """Seconds that no direct computation can be under."""
    totals = journey.report().totals
    return 2 * totals.macs * batch / flops() + 4 * totals.parameters / bandwidth()


def flops() -> float:
    """Of a product of two 2048 x 2048 matrices, a second."""
    left = np.ones((2048, 2048), np.float32)
    out = np.empty_like(left)
    return 2 * 2048**3 / min(_seconds(np.matmul, left, left, out) for _ in range(5))


def bandwidth() -> float:
    """Bytes a second of a matrix by a vector, which is read once: 512 MB."""
    matrix, vector = np.ones((8192, 16384), np.float32), np.ones(16384, np.float32)
    out = np.empty(8192, np.float32)
    return matrix.nbytes / min(_seconds(np.matmul, matrix, vector, out) for _ in range(5))


def _seconds(function: Any, *operands: Array) -> float:
    start = perf_counter()
    function(*operands)
    return perf_counter() - start


def rows(results: Sequence[tuple[str, dict[str, float]]]) -> Iterator[tuple[str, ...]]:
    """Milliseconds, and the ratio to PyTorch in brackets; at the end the ratios' mean, of those
    that took part with every network."""
    names = columns(results)
    for net, least in results:
        cells = (
            f"{milliseconds(least[each])} ({least[each] / least['torch']:.2f})"
            if each in least
            else "-"
            for each in names
        )
        yield (net, *cells)
    means = (
        mean([least[each] / least["torch"] for _, least in results])
        if all(each in least for _, least in results)
        else None
        for each in names
    )
    yield ("geometric mean", *("-" if each is None else f"{each:.2f}" for each in means))


def columns(results: Sequence[tuple[str, dict[str, float]]]) -> list[str]:
    return list(dict.fromkeys(each for _, least in results for each in least))


def mean(values: Sequence[float]) -> float:
    return exp(sum(map(log, values)) / len(values))


def keep(path: Path, batch: int, rounds: int, results: dict[str, dict[str, float]]) -> None:
    """Seconds, in the order of NETS; what the file has of other networks stays."""
    on = machine()
    content = json.loads(path.read_text("utf-8")) if path.exists() else {"batches": {}}
    content |= {
        "format": "cnnc-inference/1",
        "machine": {"processor": on.processor, "cores": on.cores, "system": on.system},
        "versions": dict(on.versions),
        "threads": THREADS,
        "rounds": rounds,
    }
    had = {**content["batches"].get(str(batch), {}), **results}
    content["batches"][str(batch)] = {net: had[net] for net in NETS if net in had}
    path.write_text(json.dumps(content, indent=2) + "\n", "utf-8")


def main() -> None:
    options = argparse.ArgumentParser(description="NumPy modules beside torchvision's models.")
    options.add_argument("nets", nargs="*", metavar="NET", help=f"of {', '.join(NETS)}")
    options.add_argument("--batch", type=int, nargs="+", default=[1, 8])
    options.add_argument("--rounds", type=int, default=8)
    options.add_argument("--forks", action="store_true", help="also with lanes that are processes")
    options.add_argument("--compile", action="store_true", help="also torch.compile, frozen")
    options.add_argument(
        "--reference", action="store_true", help="also onnx's ReferenceEvaluator, with two networks"
    )
    options.add_argument("--keep", type=Path, metavar="FILE", help="put seconds into a JSON file")
    options.add_argument("--draw", type=Path, metavar="FILE", help="draw what a JSON file has")
    given = options.parse_args()
    if given.draw:
        PICTURE.write_text(chart(json.loads(given.draw.read_text("utf-8"))), "utf-8")
        return
    if not NETS.keys() >= set(given.nets):
        options.error(f"the networks are {', '.join(NETS)}")
    print(machine())
    for batch in given.batch:
        results = [(name, compare(name, batch, given)) for name in given.nets or NETS]
        print(f"\nbatch {batch}, {THREADS} threads, {given.rounds} rounds, minima in ms (ratio)")
        print_table(("network", *columns(results)), list(rows(results)))
        if given.keep:
            keep(given.keep, batch, given.rounds, dict(results))


if __name__ == "__main__":
    main()
