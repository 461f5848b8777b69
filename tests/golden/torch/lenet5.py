"""LeNet5, compiled from examples/lenet.cnn by cnnc 0.1.0.

It needs torch alone. To run it: `python FILE --help`. To change it, change the program.
"""

from __future__ import annotations

import argparse
import json
import math
import sys
import time
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import BinaryIO

import torch
import torch.nn.functional as F
from torch import nn

__all__ = ["LeNet5"]


class LeNet5(nn.Module):
    """LeNet5, compiled from examples/lenet.cnn by cnnc 0.1.0.

    LeNet-5 as courses draw it: 28x28 digits stand in the middle of 32x32, so that strokes at
    the edge meet whole filters. Not in it, though in the paper: learned subsampling, C3's table
    of connections, radial basis functions at the end. Notice that 48,120 of the 61,706
    parameters are in one layer, fc1.

    params: classes = 10
    parameters: 61,706, MACs: 416,520, activations: 15,626
    input: N x 1 x 32 x 32
    output: N x 10
    """

    def __init__(self) -> None:
        super().__init__()
        self.conv1 = nn.Conv2d(1, 6, kernel_size=5)
        self.conv2 = nn.Conv2d(6, 16, kernel_size=5)
        self.fc1 = nn.Linear(400, 120)
        self.fc2 = nn.Linear(120, 84)
        self.fc3 = nn.Linear(84, 10)
        self.to(memory_format=torch.channels_last)

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        check_input(self, x, 1, 32, 32)
        x = x.contiguous(memory_format=torch.channels_last)
        x = torch.tanh(self.conv1(x))  # N x 6 x 28 x 28
        x = F.avg_pool2d(x, kernel_size=2, stride=2)  # N x 6 x 14 x 14
        x = torch.tanh(self.conv2(x))  # N x 16 x 10 x 10
        x = F.avg_pool2d(x, kernel_size=2, stride=2)  # N x 16 x 5 x 5
        x = torch.flatten(x, 1)  # N x 400
        x = torch.tanh(self.fc1(x))  # N x 120
        x = torch.tanh(self.fc2(x))  # N x 84
        x = self.fc3(x)  # N x 10
        return x

    @classmethod
    def load(cls, path: str | Path) -> LeNet5:
        """Make the network with the weights of a .safetensors, .pt, .pth or .npz file."""
        state, _ = read_weights(Path(path))
        net = cls()
        net.load_state_dict(state)
        return net.eval()


def check_input(net: nn.Module, x: torch.Tensor, *sizes: int | None) -> None:
    """Raise ValueError unless x is N x sizes, None being any size, in the type of the weights."""
    wanted = next(net.parameters(), x).dtype
    fits = x.ndim == len(sizes) + 1 and all(
        size in (None, length) for length, size in zip(x.shape[1:], sizes, strict=True)
    )
    if not fits or x.dtype != wanted or not x.is_floating_point():
        shape = " x ".join("any" if size is None else str(size) for size in sizes)
        got = f"{x.dtype} {' x '.join(str(length) for length in x.shape)}"
        raise ValueError(f"expected {wanted} N x {shape}, got {got}")


def read_weights(path: Path) -> tuple[dict[str, torch.Tensor], dict[str, str]]:
    """Read the arrays and the metadata of a .safetensors, .pt, .pth or .npz file.

    Raises OSError, or ValueError where the file is not what its name says.
    """
    if path.suffix == ".safetensors":
        with path.open("rb") as file:
            return read_safetensors(file)
    if path.suffix == ".npz":
        return read_npz(path), {}
    if path.suffix not in (".pt", ".pth"):
        raise ValueError(f"{path}: expected .safetensors, .pt, .pth or .npz")
    try:
        state = torch.load(path, map_location="cpu", weights_only=True)
    except OSError:
        raise
    except Exception as error:
        raise ValueError(f"{path}: not a file of weights alone: {error}") from error
    if not isinstance(state, dict) or not all(torch.is_tensor(each) for each in state.values()):
        raise ValueError(f"{path}: not a dict of tensors")
    return dict(state), {}


def read_npz(path: Path) -> dict[str, torch.Tensor]:
    try:
        import numpy as np
    except ImportError as error:
        raise ValueError(f"{path}: an .npz file needs numpy, which is not installed") from error
    try:
        with np.load(path, allow_pickle=False) as arrays:
            return {key: torch.from_numpy(arrays[key]) for key in arrays.files}
    except OSError:
        raise
    except Exception as error:
        raise ValueError(f"{path}: not an .npz file of arrays: {error}") from error


SAFETENSORS_TYPES = {
    "F64": torch.float64,
    "F32": torch.float32,
    "F16": torch.float16,
    "BF16": torch.bfloat16,
    "I64": torch.int64,
}


def read_safetensors(file: BinaryIO) -> tuple[dict[str, torch.Tensor], dict[str, str]]:
    """Read a file of https://github.com/huggingface/safetensors: arrays and metadata.

    The header is JSON with its length in the 8 bytes before it; the arrays follow. Nothing that
    the header says is believed: ValueError where an array lies outside of the file.
    """
    room = file.seek(0, 2) - 8
    file.seek(0)
    length = int.from_bytes(file.read(8), "little")
    if length > room:
        raise ValueError(f"{file.name}: not a safetensors file")
    try:
        header = json.loads(file.read(length))
        metadata = header.pop("__metadata__", {})
        arrays = {key: (entry["dtype"], entry["shape"]) for key, entry in header.items()}
        places = {key: tuple(map(int, entry["data_offsets"])) for key, entry in header.items()}
        tensors = {}
        for key, (dtype, shape) in arrays.items():
            kind = SAFETENSORS_TYPES[dtype]
            start, end = places[key]
            size = math.prod(shape) * kind.itemsize
            if min(shape, default=0) < 0 or start < 0 or end - start != size:
                raise ValueError(f"{key}: {dtype} {shape} takes {size} bytes, not {start} to {end}")
            if end > room - length:
                raise ValueError(f"{key}: its {size} bytes end after the file")
            file.seek(8 + length + start)
            data = bytearray(file.read(size))
            empty = torch.empty(0, dtype=kind)
            tensors[key] = (torch.frombuffer(data, dtype=kind) if data else empty).reshape(shape)
    except (AttributeError, KeyError, RecursionError, TypeError, ValueError) as error:
        raise ValueError(f"{file.name}: a broken safetensors header: {error}") from error
    return tensors, {str(key): str(value) for key, value in dict(metadata).items()}


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


def main() -> None:
    run_command(LeNet5, LeNet5.load, [(1, 32, 32)])


if __name__ == "__main__":
    main()
