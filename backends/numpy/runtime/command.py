"""The command line of a net."""

import argparse
import statistics
import sys
import time
from collections.abc import Callable, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from backends.numpy.kernels.image import read_input, read_photograph
from backends.numpy.kernels.types import Array

Model = Callable[..., Array | dict[str, Array]]
Prepare = Callable[[NDArray[Any]], Array]


def run_command(
    name: str,
    shapes: tuple[tuple[int, int, int], ...],
    load: Callable[..., Model],
    random: Callable[..., Model],
    weights: str | None,
    tunes: bool = False,
    prepare: Prepare | None = None,
    labels: Sequence[str] = (),
) -> int:
    """Run a net as the command line says; give the exit status.

    shapes: C x H x W of each input. weights: the file that is loaded where none is said. tunes:
    whether the net can be tuned. prepare: what makes a photograph of any size the input; labels:
    those of the classes.
    """
    options = command_options(name, weights, tunes)
    tune = {"tune": True} if tunes and options.tune else {}
    if tune:
        print("tuning: what was not yet measured on this machine takes seconds", file=sys.stderr)
    try:
        made, given = (
            (load, options.weights) if options.random is None else (random, options.random)
        )
        net = made(given, **tune)
        inputs = command_inputs(options.input, shapes, prepare)
        result = net(*inputs)
    except (OSError, ValueError) as error:
        print(f"error: {error}", file=sys.stderr)
        return 1
    for key, values in result.items() if isinstance(result, dict) else [("output", result)]:
        print_largest(key, values, options.top, labels)
    if options.bench is not None:
        seconds = [time_once(net, inputs) for _ in range(options.bench)]
        least, middle = 1000 * min(seconds), 1000 * statistics.median(seconds)
        print(f"{options.bench} runs: min {least:.2f} ms, median {middle:.2f} ms")
    return 0


def command_options(name: str, weights: str | None, tunes: bool) -> argparse.Namespace:
    """Read the command line's options."""
    parser = argparse.ArgumentParser(description=f"Run {name} on an input.")
    source = parser.add_mutually_exclusive_group(required=weights is None)
    source.add_argument(
        "--random", nargs="?", type=natural, const=0, metavar="SEED", help="make the weights up"
    )
    source.add_argument("--weights", default=weights, metavar="PATH", help=".npz or .safetensors")
    parser.add_argument(
        "--input", nargs="+", metavar="X", help=".npy, .ppm or .pgm, one an input; else noise"
    )
    parser.add_argument(
        "--bench", nargs="?", type=positive, const=20, metavar="N", help="time N runs (20)"
    )
    if tunes:
        parser.add_argument(
            "--tune", action="store_true", help="measure what is fastest on this machine, once"
        )
    parser.add_argument(
        "--top", type=natural, default=5, metavar="K", help="print the K largest values (5)"
    )
    return parser.parse_args()


def natural(text: str) -> int:
    """Read a number from 0 up."""
    if not text.isdecimal():
        raise argparse.ArgumentTypeError(f"{text!r} is not a whole number from 0 up")
    return int(text)


def positive(text: str) -> int:
    """Read a number from 1 up."""
    number = natural(text)
    if number == 0:
        raise argparse.ArgumentTypeError("0 is not a whole number from 1 up")
    return number


def command_inputs(
    paths: list[str] | None,
    shapes: tuple[tuple[int, int, int], ...],
    prepare: Prepare | None = None,
) -> list[Array]:
    """Read the inputs, or make normal noise, one image each."""
    if paths is None:
        noise = np.random.default_rng(0)
        return [noise.standard_normal((1, *shape), np.float32) for shape in shapes]
    if len(paths) != len(shapes):
        raise ValueError(f"{len(paths)} files for the net's {len(shapes)} inputs")
    if prepare and paths[0].lower().endswith((".ppm", ".pgm")):
        return [prepare(read_photograph(paths[0]))]
    return [read_input(path, *shape) for path, shape in zip(paths, shapes, strict=True)]


def print_largest(name: str, values: Array, top: int, labels: Sequence[str] = ()) -> None:
    """Print the shape of an output and, of each of its images, the largest values and their places.

    A place is the channel in N x C, and (channel, row, column) in N x C x H x W. A label is what
    the channel of its number stands for.
    """
    print(f"{name}: {' x '.join(map(str, values.shape))}")
    for number, image in enumerate(values):
        if len(values) > 1:
            print(f"image {number}:")
        for place in np.argsort(-image, axis=None, kind="stable")[:top]:
            index = tuple(int(each) for each in np.unravel_index(place, image.shape))
            label = f" {labels[index[0]]}" if labels else ""
            print(f"  {index[0] if len(index) == 1 else index}{label}: {image[index]:.6g}")


def time_once(net: Model, inputs: list[Array]) -> float:
    """Time one run, in seconds."""
    start = time.perf_counter()
    net(*inputs)
    return time.perf_counter() - start
