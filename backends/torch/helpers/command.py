"""A network from the command line."""

import argparse
import sys
import time
from collections.abc import Callable, Sequence
from pathlib import Path

import torch
from torch import nn


def run_command(
    make: Callable[[], nn.Module],
    load: Callable[[Path], nn.Module],
    shapes: Sequence[tuple[int, ...]],
    default: Path | None = None,
) -> None:
    """Run a network on files or noise, and print what comes out or how long it takes."""
    parser = argparse.ArgumentParser(description="Run the network on its input, or on noise.")
    source = parser.add_mutually_exclusive_group(required=default is None)
    source.add_argument("--weights", type=Path, default=default, help="the weights to load")
    source.add_argument(
        "--random",
        type=natural,
        nargs="?",
        const=0,
        metavar="SEED",
        help="random weights and noise",
    )
    parser.add_argument(
        "--input", type=Path, nargs="+", metavar="X", help=".npy or .pt, one for each input"
    )
    parser.add_argument(
        "--bench", type=positive, nargs="?", const=20, metavar="N", help="time N runs (20)"
    )
    parser.add_argument("--device", default="cpu", help="such as cuda")
    arguments = parser.parse_args()
    try:
        torch.manual_seed(arguments.random or 0)
        net = make() if arguments.random is not None else load(arguments.weights)
        net.eval().to(arguments.device)
        if arguments.input:
            inputs = [read_array(path) for path in arguments.input]
        else:
            inputs = [torch.randn(1, *shape) for shape in shapes]
        inputs = [each.to(arguments.device) for each in inputs]
        with torch.inference_mode():
            print_result(net(*inputs))
            if arguments.bench:
                print_speed(net, inputs, arguments.bench)
    except (AssertionError, OSError, RuntimeError, TypeError, ValueError) as error:
        sys.exit(f"error: {error}")


def natural(text: str) -> int:
    """Read a number from 0 up."""
    if not text.isdecimal():
        raise argparse.ArgumentTypeError(f"{text!r} is not a whole number from 0 up")
    return int(text)


def positive(text: str) -> int:
    """Read a number from 1 up."""
    if not natural(text):
        raise argparse.ArgumentTypeError("0 is not a whole number from 1 up")
    return natural(text)


def read_array(path: Path) -> torch.Tensor:
    """Read an N x C x H x W array from a .npy or .pt file."""
    if path.suffix == ".npy":
        try:
            import numpy as np
        except ImportError as error:
            raise ValueError(f"{path}: a .npy file needs numpy, which is not installed") from error
        return torch.from_numpy(np.load(path, allow_pickle=False))
    if path.suffix not in (".pt", ".pth"):
        raise ValueError(f"{path}: input is read from .npy and .pt, not {path.suffix!r}")
    try:
        array = torch.load(path, map_location="cpu", weights_only=True)
    except OSError:
        raise
    except Exception as error:
        raise ValueError(f"{path}: not a file of a tensor: {error}") from error
    if not isinstance(array, torch.Tensor):
        raise TypeError(f"{path}: not a tensor")
    return array


def print_result(result: torch.Tensor | dict[str, torch.Tensor]) -> None:
    named = result if isinstance(result, dict) else {"output": result}
    for name, value in named.items():
        print(f"{name}: {' x '.join(map(str, value.shape))}, {value.dtype}")
        if value.ndim == 2:
            for row in value:
                best = row.topk(min(5, len(row)))
                pairs = zip(best.indices.tolist(), best.values.tolist(), strict=True)
                print("    " + ", ".join(f"{index}: {score:.4g}" for index, score in pairs))


def print_speed(net: nn.Module, inputs: Sequence[torch.Tensor], runs: int) -> None:
    times = []
    for _ in range(runs):
        start = time.perf_counter()
        net(*inputs)
        if inputs[0].is_cuda:
            torch.cuda.synchronize()
        times.append(1000 * (time.perf_counter() - start))
    print(f"{runs} runs: {min(times):.2f} ms at best, {sum(times) / runs:.2f} ms on average")
