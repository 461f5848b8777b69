"""UNet, compiled from examples/unet.cnn by cnnc 0.1.0.

It needs torch alone. To run it: `python FILE --help`. To change it, change the program.
"""

from __future__ import annotations

import argparse
import json
import math
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import BinaryIO

import torch
from torch import nn

__all__ = ["UNet"]


class DoubleConv(nn.Module):
    """Two 3x3 convolutions.

    Padding keeps the size and batch norm follows each, as U-Nets are built since; the paper has
    neither.
    """

    def __init__(self, in_channels: int, out: int) -> None:
        super().__init__()
        self.double_conv = nn.Sequential(
            nn.Conv2d(in_channels, out, kernel_size=3, padding=1, bias=False),
            nn.BatchNorm2d(out),
            nn.ReLU(inplace=True),
            nn.Conv2d(out, out, kernel_size=3, padding=1, bias=False),
            nn.BatchNorm2d(out),
            nn.ReLU(inplace=True),
        )

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        x = self.double_conv(x)
        return x


class Down(nn.Module):
    """Half the size, twice the channels."""

    def __init__(self, in_channels: int, out: int) -> None:
        super().__init__()
        self.maxpool_conv = nn.Sequential(
            nn.MaxPool2d(kernel_size=2, stride=2),
            DoubleConv(in_channels, out),
        )

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        x = self.maxpool_conv(x)
        return x


class Up(nn.Module):
    """Twice the size, half the channels; what was seen at this size on the way down stands beside
    it.
    """

    def __init__(self, in_channels: int, out: int) -> None:
        super().__init__()
        self.up = nn.ConvTranspose2d(in_channels, out, kernel_size=2, stride=2)
        self.conv = DoubleConv(2 * out, out)

    def forward(self, x: torch.Tensor, skip: torch.Tensor) -> torch.Tensor:
        upsampled = self.up(x)
        x = torch.cat((skip, upsampled), 1)
        x = self.conv(x)
        return x


class UNet(nn.Module):
    """UNet, compiled from examples/unet.cnn by cnnc 0.1.0.

    As it is built today: padding keeps the size, batch norm follows each convolution. Down to a
    sixteenth and up again; the long skips bring back where things are. The names are those of
    the widespread PyTorch U-Net (milesial's).

    params: classes = 2
    parameters: 31,037,698, MACs: 192,686,325,760, activations: 487,325,696
    input: N x 3 x 512 x 512 (height and width 16 or more, multiples of 16)
    output: N x 2 x 512 x 512
    """

    def __init__(self) -> None:
        super().__init__()
        self.inc = DoubleConv(3, 64)
        self.down1 = Down(64, 128)
        self.down2 = Down(128, 256)
        self.down3 = Down(256, 512)
        self.down4 = Down(512, 1024)
        self.up1 = Up(1024, 512)
        self.up2 = Up(512, 256)
        self.up3 = Up(256, 128)
        self.up4 = Up(128, 64)
        self.outc = nn.ModuleDict({"conv": nn.Conv2d(64, 2, kernel_size=1)})
        self.apply(initialise)

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        check_input(self, x, 3, None, None)
        check_size(x, least=16, multiple=16)
        x1 = self.inc(x)  # N x 64 x 512 x 512
        x2 = self.down1(x1)  # N x 128 x 256 x 256
        x3 = self.down2(x2)  # N x 256 x 128 x 128
        x4 = self.down3(x3)  # N x 512 x 64 x 64
        x = self.down4(x4)  # N x 1024 x 32 x 32
        x = self.up1(x, x4)  # N x 512 x 64 x 64
        x = self.up2(x, x3)  # N x 256 x 128 x 128
        x = self.up3(x, x2)  # N x 128 x 256 x 256
        x = self.up4(x, x1)  # N x 64 x 512 x 512
        x = self.outc["conv"](x)  # N x 2 x 512 x 512
        return x

    @classmethod
    def load(cls, path: str | Path) -> UNet:
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


def check_size(x: torch.Tensor, least: int, multiple: int = 1) -> None:
    """Raise ValueError unless height and width are `least` or more, and multiples of `multiple`."""
    if any(length < least or length % multiple for length in x.shape[2:]):
        size = " x ".join(str(length) for length in x.shape[2:])
        taken = f"{least} or more" + (f", multiples of {multiple}" if multiple > 1 else "")
        raise ValueError(f"images of {size} do not fit the layers: height and width {taken}")


def initialise(module: nn.Module) -> None:
    """Draw the weights of a layer as torchvision does: He et al., 2015, for convolutions."""
    if isinstance(module, nn.Conv2d | nn.ConvTranspose2d):
        nn.init.kaiming_normal_(module.weight, mode="fan_out", nonlinearity="relu")
    elif isinstance(module, nn.Linear):
        nn.init.normal_(module.weight, 0.0, 0.01)
    else:
        return  # batch norm begins with 1 and 0, PReLU with 0.25
    if module.bias is not None:
        nn.init.zeros_(module.bias)


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


class CudaGraph:
    """A network whose work on a card is recorded once, for inputs of one shape, and replayed.

    Small layers take a processor longer to launch than a card to do; a graph is one launch.
    What a call returns is overwritten by the next. https://pytorch.org/docs/stable/notes/cuda.html
    """

    def __init__(self, net: nn.Module, *inputs: torch.Tensor) -> None:
        if any(not each.is_cuda for each in inputs):
            raise ValueError("a CUDA graph is recorded on a CUDA card: move net and inputs there")
        self.inputs = [each.clone() for each in inputs]
        self.graph = torch.cuda.CUDAGraph()
        with torch.inference_mode():
            for _ in range(3):  # libraries choose and allocate before it is recorded
                net(*self.inputs)
            with torch.cuda.graph(self.graph):
                self.outputs: torch.Tensor | dict[str, torch.Tensor] = net(*self.inputs)

    def __call__(self, *inputs: torch.Tensor) -> torch.Tensor | dict[str, torch.Tensor]:
        with torch.inference_mode():
            for own, given in zip(self.inputs, inputs, strict=True):
                if given.shape != own.shape:
                    raise ValueError(f"recorded for {tuple(own.shape)}, not {tuple(given.shape)}")
                own.copy_(given, non_blocking=True)
            self.graph.replay()
        return self.outputs


def chosen_device(name: str | None) -> torch.device:
    """The device of this name, or the first CUDA card, or the CPU where there is none."""
    if name is None:
        return torch.device("cuda" if torch.cuda.is_available() else "cpu")
    device = torch.device(name)
    if device.type == "cuda" and not torch.cuda.is_available():
        raise ValueError(f"{name}: PyTorch finds no CUDA device here")
    return device


def on_device(tensor: torch.Tensor, device: torch.device) -> torch.Tensor:
    """Move a tensor, to a card from page-locked memory, while the processor works on."""
    if device.type == "cuda" and tensor.device.type == "cpu":
        tensor = tensor.pin_memory()
    return tensor.to(device, non_blocking=True)


@contextmanager
def arithmetic(precision: str, device: torch.device, recorded: bool = False) -> Iterator[None]:
    """Compute in float32, in tf32 (a card's float32 with factors of 10 bits), or bf16 by autocast.

    recorded: as a CUDA graph, which cannot use what autocast keeps of the weights.
    """
    if precision == "tf32" and device.type != "cuda":
        raise ValueError(f"tf32 is for CUDA cards, and {device} is none")
    torch.backends.cuda.matmul.allow_tf32 = precision == "tf32"
    torch.backends.cudnn.allow_tf32 = precision == "tf32"
    with torch.autocast(
        device.type, torch.bfloat16, enabled=precision == "bf16", cache_enabled=not recorded
    ):
        yield


def out_of_memory(
    error: RuntimeError, net: nn.Module, images: int, value_bytes: int, device: torch.device
) -> str:
    """Say what a network takes, and how many images may fit; nothing for another error.

    value_bytes: of one image, as `cnnc report` counts them.
    """
    on_card = isinstance(error, torch.OutOfMemoryError)
    if not on_card and "allocate memory" not in str(error):
        return ""
    weights = sum(each.nbytes for each in net.state_dict().values())
    each, together = value_bytes / 2**20, images * value_bytes / 2**20
    told = f"out of memory on {device if on_card else 'cpu'}: the weights take"
    told += f" {weights / 2**20:.1f} MiB, the values of {images} images at least {together:.1f} MiB"
    if not on_card:
        return f"{told}, {each:.1f} MiB each; take fewer"
    whole = torch.cuda.get_device_properties(device).total_memory
    fit = max(0, whole - weights) // value_bytes
    return f"{told}, {each:.1f} MiB each; its {whole / 2**20:.0f} MiB take {fit} images at most"


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


def print_speed(run: Callable[..., object], inputs: Sequence[torch.Tensor], runs: int) -> None:
    device = inputs[0].device
    name = torch.cuda.get_device_name(device) if device.type == "cuda" else str(device)
    times = []
    for _ in range(runs):
        start = time.perf_counter()
        run(*inputs)
        if device.type == "cuda":
            torch.cuda.synchronize(device)
        times.append(1000 * (time.perf_counter() - start))
    mean = sum(times) / runs
    print(f"{runs} runs on {name}: {min(times):.2f} ms at best, {mean:.2f} ms on average")


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


def main() -> None:
    run_command(UNet, UNet.load, [(3, 512, 512)], value_bytes=201_326_592)


if __name__ == "__main__":
    main()
