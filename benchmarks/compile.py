"""Text to source, warm: reading, parsing, expanding, checking, optimising, emitting.

Beside ResNet-152 PyTorch's own way from a description to a graph: `torch.fx.symbolic_trace` of
torchvision's model, with and without the making of the model. Then every network of `examples/`,
and chains of layers; for those, what each stage takes. Nothing is kept between rounds.

python -m benchmarks.compile [ROUNDS] [--chains LAYERS ...]
"""

from __future__ import annotations

import argparse
import gc
from collections.abc import Iterator, Sequence
from functools import partial
from pathlib import Path
from time import perf_counter

from benchmarks._timing import interleaved, milliseconds, print_table
from benchmarks.scale import program
from cnnc.nets import nets
from cnnc.pipeline import Backend, Journey
from compiler.expansion.modules import read_source
from compiler.optimise import Level

ROUNDS = 15
EXAMPLES = Path(__file__).parents[1] / "examples"
PATH = EXAMPLES / "resnet.cnn"
NET = "ResNet152"
CHAINS = (1_000, 10_000, 100_000)
MOST_RESIDUAL = 10_000
FORMS: dict[str, tuple[Backend, Level]] = {
    "NumPy -O1": ("numpy", 1),
    "NumPy -O2": ("numpy", 2),
    "PyTorch": ("torch", 2),
}


def compile_(path: Path, net: str | None, backend: Backend, level: Level = 2) -> str:
    journey = Journey(read_source(path, path.name), path, net, {})
    return journey.emit(backend, level=level, train=False)


def beside_torch(rounds: int) -> None:
    import torch  # here, so that chains are measured without it
    import torchvision

    torch.set_num_threads(2)
    resnet152 = torchvision.models.resnet152
    model = resnet152()
    times = interleaved(
        {
            "cnnc, numpy": partial(compile_, PATH, NET, "numpy"),
            "cnnc, torch": partial(compile_, PATH, NET, "torch"),
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


def example_rows(rounds: int) -> Iterator[tuple[str, ...]]:
    """One for each network of the examples that has no free choice."""
    for path in sorted(EXAMPLES.glob("*.cnn")):
        whole = Journey(read_source(path, path.name), path, None, {})
        for each in nets(whole):
            name = each.graph.name
            actions = {
                form: partial(compile_, path, each.net, *which) for form, which in FORMS.items()
            }
            times = interleaved(actions, rounds)
            yield (
                name,
                f"{len(each.graph):,}",
                *(milliseconds(min(times[form])) for form in FORMS),
            )


def chain_rows(sizes: Sequence[int]) -> Iterator[tuple[str, ...]]:
    """Seconds, and microseconds a layer; the text is checked first, which all forms share."""
    chains = [("plain", size) for size in sizes]
    chains += [("residual", size) for size in sizes if size <= MOST_RESIDUAL]
    for kind, size in chains:
        times = []
        for backend, level in FORMS.values():
            gc.collect()
            journey = program(kind, size)
            start = perf_counter()
            layers = len(journey.checked.graph)
            checked = perf_counter()
            journey.emit(backend, level=level, train=False)
            times.append((checked - start, perf_counter() - checked))
        check = min(each for each, _ in times)
        cells = (f"{emit:.2f} ({emit / layers * 1e6:.0f})" for _, emit in times)
        yield (kind, f"{layers:,}", f"{check:.2f} ({check / layers * 1e6:.0f})", *cells)


def main() -> None:
    options = argparse.ArgumentParser(description="Text to source.")
    options.add_argument("rounds", nargs="?", type=int, default=ROUNDS)
    options.add_argument("--chains", type=int, nargs="*", metavar="LAYERS", help="chains alone")
    given = options.parse_args()
    if given.chains is None:
        beside_torch(given.rounds)
        print(f"\nexamples, {max(1, given.rounds // 5)} rounds, minima in ms")
        rows = list(example_rows(max(1, given.rounds // 5)))
        print_table(("network", "layers", *FORMS), rows)
    print("\nchains, seconds (microseconds a layer), emission after the check")
    program("plain", 1_000).report()  # builds the parser
    print_table(("chain", "layers", "check", *FORMS), list(chain_rows(given.chains or CHAINS)))


if __name__ == "__main__":
    main()
