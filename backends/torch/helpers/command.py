"""A network from the command line."""

import argparse
import sys
from collections.abc import Callable, Sequence
from pathlib import Path

import torch
from torch import nn

from backends.torch.helpers.devices import arithmetic, chosen_device, on_device, out_of_memory
from backends.torch.helpers.graphs import CudaGraph
from backends.torch.helpers.results import print_result, print_speed, read_array


def run_command(
    make: Callable[[], nn.Module],
    load: Callable[[Path], nn.Module],
    shapes: Sequence[tuple[int, ...]],
    value_bytes: int,
    default: Path | None = None,
) -> None:
    """Run a network on files or noise, and print what comes out or how long it takes.

    value_bytes: what one image's values take in float32, those that are held at once.
    """
    arguments = read_arguments(default)
    try:
        device = chosen_device(arguments.device)
        torch.manual_seed(arguments.random or 0)
        net = make() if arguments.random is not None else load(arguments.weights)
        inputs = [read_array(path) for path in arguments.input or ()]
        images = len(inputs[0]) if inputs else arguments.batch
        try:
            inputs = inputs or [torch.randn(images, *shape) for shape in shapes]
            run_net(net.eval(), inputs, device, arguments)
        except RuntimeError as error:
            told = out_of_memory(error, net, images, value_bytes, device)
            sys.exit(f"error: {told or error}")
    except (AssertionError, OSError, RuntimeError, TypeError, ValueError) as error:
        sys.exit(f"error: {error}")


def run_net(
    net: nn.Module,
    inputs: Sequence[torch.Tensor],
    device: torch.device,
    arguments: argparse.Namespace,
) -> None:
    with torch.inference_mode(), arithmetic(arguments.precision, device, arguments.graph):
        moved = [on_device(each, device) for each in inputs]
        run: Callable[..., torch.Tensor | dict[str, torch.Tensor]] = net.to(device)
        if arguments.compile:
            run = torch.compile(net, mode=arguments.compile, dynamic=False)
        elif arguments.graph:
            run = CudaGraph(net, *moved)
        print_result(run(*moved))
        if arguments.bench:
            print_speed(run, moved, arguments.bench)


def read_arguments(default: Path | None) -> argparse.Namespace:
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
    parser.add_argument("--batch", type=positive, default=1, metavar="N", help="images of noise")
    parser.add_argument(
        "--bench", type=positive, nargs="?", const=20, metavar="N", help="time N runs (20)"
    )
    parser.add_argument("--device", help="such as cuda:1; the first card unless given, or the CPU")
    parser.add_argument("--precision", choices=["float32", "tf32", "bf16"], default="float32")
    way = parser.add_mutually_exclusive_group()
    way.add_argument(
        "--compile",
        nargs="?",
        const="default",
        choices=["default", "reduce-overhead", "max-autotune"],
        help="by torch.compile, in this mode",
    )
    way.add_argument("--graph", action="store_true", help="as a CUDA graph")
    return parser.parse_args()


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
