"""Generated PyTorch for inference (-O 2) beside torchvision's models, with the same weights.

python -m benchmarks.torch_inference [--batch 1 8] [--rounds N] [--compile] [NET ...]

Contenders take turns in one process, two threads each, as in benchmarks/inference.py. Ratios are to
torchvision's module, eager and as it comes; `last` is the same with its channels last.
"""

from __future__ import annotations

import argparse
from collections.abc import Iterator, Mapping
from dataclasses import replace
from math import exp, log
from typing import Any

import numpy as np

from benchmarks._timing import milliseconds, print_table
from benchmarks.inference import EXAMPLES, THREADS, theirs
from benchmarks.inference import NETS as COMMON
from cnnc import load
from cnnc.benching.agreement import differences
from cnnc.benching.contender import Array, Maker, construct
from cnnc.benching.pytorch import torch_makers
from cnnc.benching.rounds import take_turns
from tests.conformance.torchvisions import as_ours

NETS = {
    **COMMON,
    "vgg16_bn": "vgg.cnn:VGG16_BN",
    "densenet121": "densenet.cnn:DenseNet121",
    "shufflenet_v2_x1_0": "shufflenet_v2.cnn:ShuffleNetV2_x1_0",
    "efficientnet_b0": "efficientnet.cnn:EfficientNetB0",
    "convnext_tiny": "convnext.cnn:ConvNeXt_Tiny",
    "resnext50_32x4d": "resnet.cnn:ResNeXt50_32x4d",
}
BASE = "theirs eager"
NAMES = {"torch": "eager", "torch-channels-last": "last", "torch-compile": "compiled"}


def makers(name: str, image: Array, compiled: bool) -> Iterator[Maker]:
    """Theirs as it comes, with channels last and compiled; ours as it comes and compiled."""
    net = load(EXAMPLES / NETS[name])

    def ours() -> Any:
        model: Any = net.build("torch")
        model.load_state_dict(as_ours(theirs(name).state_dict()))
        return model.eval()

    for whose, build in (("theirs", lambda: theirs(name)), ("ours", ours)):
        for maker in torch_makers(build, [image], THREADS, whose):
            kind = NAMES[maker.name]
            if (kind == "last" and whose == "ours") or (kind == "compiled" and not compiled):
                continue
            yield replace(maker, name=f"{whose} {kind}")


def compare(name: str, batch: int, options: argparse.Namespace) -> dict[str, float]:
    """The fastest time of each."""
    noise = np.random.default_rng(0)
    image = noise.standard_normal((batch, 3, 224, 224), dtype=np.float32)
    contenders = [construct(maker) for maker in makers(name, image, options.compile)]
    differences(name, contenders, contenders[0].outputs)  # an error where one is wrong
    times = take_turns(contenders, options.rounds, None, lambda what: None)
    return {each: min(taken) for each, taken in times.items()}


def table(
    results: Mapping[str, Mapping[str, float]], base: str
) -> tuple[tuple[str, ...], list[tuple[str, ...]]]:
    """A header, and rows of milliseconds with the ratio to `base`; at the end the ratios' mean."""
    names = list(next(iter(results.values())))
    rows = [
        (net, *(f"{milliseconds(least[each])} ({least[each] / least[base]:.2f})" for each in names))
        for net, least in results.items()
    ]
    means = (
        exp(sum(log(least[each] / least[base]) for least in results.values()) / len(results))
        for each in names
    )
    return ("network", *names), [*rows, ("geometric mean", *(f"{mean:.2f}" for mean in means))]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("nets", nargs="*", choices=[[], *NETS], metavar="NET")
    parser.add_argument("--batch", type=int, nargs="+", default=[1, 8])
    parser.add_argument("--rounds", type=int, default=12)
    parser.add_argument("--compile", action="store_true")
    options = parser.parse_args()
    for batch in options.batch:
        results = {name: compare(name, batch, options) for name in options.nets or NETS}
        print(f"batch {batch}: milliseconds (ratio)")
        print_table(*table(results, BASE))


if __name__ == "__main__":
    main()
