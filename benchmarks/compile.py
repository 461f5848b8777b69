"""Text to source, warm: reading, parsing, expanding, checking, optimising, emitting.

Beside it PyTorch's own way from a description to a graph: `torch.fx.symbolic_trace` of
torchvision's model, with and without the making of the model. Nothing is kept between rounds.

python -m benchmarks.compile [ROUNDS]
"""

from __future__ import annotations

import sys
from functools import partial
from pathlib import Path

import torch
import torchvision

from benchmarks._timing import interleaved, milliseconds, print_table
from cnnc.pipeline import Backend, Journey
from compiler.expansion.modules import read_source

ROUNDS = 15
PATH = Path(__file__).parents[1] / "examples" / "resnet.cnn"
NET = "ResNet152"


def compile_(backend: Backend) -> str:
    journey = Journey(read_source(PATH, PATH.name), PATH, NET, {})
    return journey.emit(backend, level=2, train=False)


def main() -> None:
    rounds = int(sys.argv[1]) if len(sys.argv) > 1 else ROUNDS
    torch.set_num_threads(2)
    resnet152 = torchvision.models.resnet152
    model = resnet152()
    times = interleaved(
        {
            "cnnc, numpy": partial(compile_, "numpy"),
            "cnnc, torch": partial(compile_, "torch"),
            "symbolic_trace(resnet152())": lambda: torch.fx.symbolic_trace(resnet152()),
            "symbolic_trace(model)": lambda: torch.fx.symbolic_trace(model),
        },
        rounds,
    )
    least = {name: min(each) for name, each in times.items()}
    _, _, whole, trace = least.values()
    print(f"{NET}, {rounds} rounds, minima")
    print_table(
        ("", "ms", "of trace with model", "of trace alone"),
        [
            (name, milliseconds(time), f"{time / whole:.2f}", f"{time / trace:.2f}")
            for name, time in least.items()
        ],
    )


if __name__ == "__main__":
    main()
