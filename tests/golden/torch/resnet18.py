"""ResNet18, compiled from examples/resnet.cnn by cnnc 0.1.0.

It needs torch alone. To run it: `python FILE --help`. To change it, change the program.
"""

from __future__ import annotations

import argparse
import json
import math
import sys
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any, BinaryIO, NamedTuple

import torch
import torch.nn.functional as F
from torch import nn

__all__ = ["ResNet18"]


class ResNet18(nn.Module):
    """ResNet18, compiled from examples/resnet.cnn by cnnc 0.1.0.

    18 layers with weights.

    params: classes = 1000
    parameters: 11,689,512, MACs: 1,814,073,344, activations: 8,380,904
    input: N x 3 x 224 x 224 (height and width 1 or more)
    output: N x 1000
    """

    def __init__(self) -> None:
        super().__init__()
        self.conv1 = nn.Conv2d(3, 64, kernel_size=7, stride=2, padding=3)
        self.layer1 = Layers()
        self.layer1["0"] = nn.ModuleDict(
            {
                "conv1": nn.Conv2d(64, 64, kernel_size=3, padding=1),
                "conv2": nn.Conv2d(64, 64, kernel_size=3, padding=1),
            }
        )
        self.layer1["1"] = nn.ModuleDict(
            {
                "conv1": nn.Conv2d(64, 64, kernel_size=3, padding=1),
                "conv2": nn.Conv2d(64, 64, kernel_size=3, padding=1),
            }
        )
        self.layer2 = Layers()
        self.layer2["0"] = nn.ModuleDict()
        self.layer2["0"]["conv1"] = nn.Conv2d(64, 128, kernel_size=3, stride=2, padding=1)
        self.layer2["0"]["conv2"] = nn.Conv2d(128, 128, kernel_size=3, padding=1)
        self.layer2["0"]["downsample"] = nn.Sequential(
            nn.Conv2d(64, 128, kernel_size=1, stride=2),  # N x 128 x 28 x 28
        )
        self.layer2["1"] = nn.ModuleDict(
            {
                "conv1": nn.Conv2d(128, 128, kernel_size=3, padding=1),
                "conv2": nn.Conv2d(128, 128, kernel_size=3, padding=1),
            }
        )
        self.layer3 = Layers()
        self.layer3["0"] = nn.ModuleDict()
        self.layer3["0"]["conv1"] = nn.Conv2d(128, 256, kernel_size=3, stride=2, padding=1)
        self.layer3["0"]["conv2"] = nn.Conv2d(256, 256, kernel_size=3, padding=1)
        self.layer3["0"]["downsample"] = nn.Sequential(
            nn.Conv2d(128, 256, kernel_size=1, stride=2),  # N x 256 x 14 x 14
        )
        self.layer3["1"] = nn.ModuleDict(
            {
                "conv1": nn.Conv2d(256, 256, kernel_size=3, padding=1),
                "conv2": nn.Conv2d(256, 256, kernel_size=3, padding=1),
            }
        )
        self.layer4 = Layers()
        self.layer4["0"] = nn.ModuleDict()
        self.layer4["0"]["conv1"] = nn.Conv2d(256, 512, kernel_size=3, stride=2, padding=1)
        self.layer4["0"]["conv2"] = nn.Conv2d(512, 512, kernel_size=3, padding=1)
        self.layer4["0"]["downsample"] = nn.Sequential(
            nn.Conv2d(256, 512, kernel_size=1, stride=2),  # N x 512 x 7 x 7
        )
        self.layer4["1"] = nn.ModuleDict(
            {
                "conv1": nn.Conv2d(512, 512, kernel_size=3, padding=1),
                "conv2": nn.Conv2d(512, 512, kernel_size=3, padding=1),
            }
        )
        self.fc = nn.Linear(512, 1000)
        self.to(memory_format=torch.channels_last)

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        check_input(self, x, 3, None, None)
        x = x.contiguous(memory_format=torch.channels_last)
        x = F.relu(self.conv1(x), inplace=True)  # N x 64 x 112 x 112
        x = F.max_pool2d(x, kernel_size=3, stride=2, padding=1)  # N x 64 x 56 x 56
        branch1 = F.relu(self.layer1["0"]["conv1"](x), inplace=True)  # N x 64 x 56 x 56
        branch1 = self.layer1["0"]["conv2"](branch1)  # N x 64 x 56 x 56
        x = F.relu(branch1.add_(x), inplace=True)  # N x 64 x 56 x 56
        branch1 = F.relu(self.layer1["1"]["conv1"](x), inplace=True)  # N x 64 x 56 x 56
        branch1 = self.layer1["1"]["conv2"](branch1)  # N x 64 x 56 x 56
        x = F.relu(branch1.add_(x), inplace=True)  # N x 64 x 56 x 56
        branch1 = F.relu(self.layer2["0"]["conv1"](x), inplace=True)  # N x 128 x 28 x 28
        branch1 = self.layer2["0"]["conv2"](branch1)  # N x 128 x 28 x 28
        x = self.layer2["0"]["downsample"](x)  # N x 128 x 28 x 28
        x = F.relu(branch1.add_(x), inplace=True)  # N x 128 x 28 x 28
        branch1 = F.relu(self.layer2["1"]["conv1"](x), inplace=True)  # N x 128 x 28 x 28
        branch1 = self.layer2["1"]["conv2"](branch1)  # N x 128 x 28 x 28
        x = F.relu(branch1.add_(x), inplace=True)  # N x 128 x 28 x 28
        branch1 = F.relu(self.layer3["0"]["conv1"](x), inplace=True)  # N x 256 x 14 x 14
        branch1 = self.layer3["0"]["conv2"](branch1)  # N x 256 x 14 x 14
        x = self.layer3["0"]["downsample"](x)  # N x 256 x 14 x 14
        x = F.relu(branch1.add_(x), inplace=True)  # N x 256 x 14 x 14
        branch1 = F.relu(self.layer3["1"]["conv1"](x), inplace=True)  # N x 256 x 14 x 14
        branch1 = self.layer3["1"]["conv2"](branch1)  # N x 256 x 14 x 14
        x = F.relu(branch1.add_(x), inplace=True)  # N x 256 x 14 x 14
        branch1 = F.relu(self.layer4["0"]["conv1"](x), inplace=True)  # N x 512 x 7 x 7
        branch1 = self.layer4["0"]["conv2"](branch1)  # N x 512 x 7 x 7
        x = self.layer4["0"]["downsample"](x)  # N x 512 x 7 x 7
        x = F.relu(branch1.add_(x), inplace=True)  # N x 512 x 7 x 7
        branch1 = F.relu(self.layer4["1"]["conv1"](x), inplace=True)  # N x 512 x 7 x 7
        branch1 = self.layer4["1"]["conv2"](branch1)  # N x 512 x 7 x 7
        x = F.relu(branch1.add_(x), inplace=True)  # N x 512 x 7 x 7
        x = F.adaptive_avg_pool2d(x, 1)  # N x 512 x 1 x 1
        x = torch.flatten(x, 1)  # N x 512
        x = self.fc(x)  # N x 1000
        return x

    def load_state_dict(
        self, state_dict: Mapping[str, Any], strict: bool = True, assign: bool = False
    ) -> Any:
        """Load the weights of the program, folding its batch norms, or those of this module."""
        state_dict = fold_batch_norms(self, state_dict, FOLDED, strict)
        return super().load_state_dict(state_dict, strict, assign)

    @classmethod
    def load(cls, path: str | Path) -> ResNet18:
        """Make the network with the weights of a .safetensors, .pt, .pth or .npz file."""
        state, metadata = read_weights(Path(path))
        net = cls()
        if metadata.get("cnnc") == "folded":
            nn.Module.load_state_dict(net, state)
        else:
            net.load_state_dict(state)
        return net.eval()


class Layers(nn.ModuleDict):
    """An nn.ModuleDict of others: type checkers know that `layers["0"]["conv1"]` can be."""

    def __getitem__(self, key: str) -> Any:
        return super().__getitem__(key)


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


def fold_batch_norm(
    layer: nn.Module,
    weight: torch.Tensor,
    bias: torch.Tensor | None,
    scale: torch.Tensor,
    shift: torch.Tensor,
) -> tuple[torch.Tensor, torch.Tensor]:
    """Give the weight and bias of a layer that does layer(x) * scale + shift.

    Of scale and shift only the first are used, as many as the layer has channels.
    """
    if isinstance(layer, nn.ConvTranspose2d):  # C x O/groups x kH x kW, the groups along C
        channels = weight.shape[1] * layer.groups
        grouped = torch.unflatten(weight, 0, (layer.groups, -1))
        factors = scale[:channels].reshape(layer.groups, 1, -1, 1, 1)
        scaled = (grouped * factors).flatten(0, 1)
    else:
        channels = weight.shape[0]
        scaled = weight * scale[:channels].reshape(-1, *[1] * (weight.ndim - 1))
    offset = shift[:channels] + (0 if bias is None else bias * scale[:channels])
    return scaled.to(weight.dtype), offset.to(weight.dtype)


class Fold(NamedTuple):
    """A batch norm, or a SCALE (eps is None), that was folded into a layer.

    bias: the layer had one of its own. channels: the norm's, where they are not the layer's, which
    begin with first. into: what folds it; fold_norm_before where it stood before the layer.
    """

    norm: str
    eps: float | None = 1e-05
    affine: bool = True
    bias: bool = False
    channels: int | None = None
    first: int = 0
    into: Callable[..., tuple[torch.Tensor, torch.Tensor]] = fold_batch_norm

    @property
    def keys(self) -> list[str]:
        if self.eps is None:
            return [f"{self.norm}.weight"]
        learned = ("weight", "bias") if self.affine else ()
        return [f"{self.norm}.{name}" for name in ("running_mean", "running_var", *learned)]

    def terms(self, arrays: list[torch.Tensor]) -> tuple[torch.Tensor, torch.Tensor]:
        """Give scale and shift, in double precision."""
        first, *others = (each.double() for each in arrays)
        if self.eps is None:
            return first, torch.zeros_like(first)
        scale = torch.rsqrt(others[0] + self.eps)
        if self.affine:
            scale = scale * others[1]
            return scale, others[2] - first * scale
        return scale, -first * scale


def fold_batch_norms(
    net: nn.Module,
    state_dict: Mapping[str, torch.Tensor],
    folded: Mapping[str, Fold],
    strict: bool,
) -> dict[str, torch.Tensor]:
    """Turn a state dict that has batch norms into one of this net, where they are folded.

    What is folded already stays as it is. Raises RuntimeError with every key that is wrong.
    """
    state = dict(state_dict)
    for fold in folded.values():
        state.pop(f"{fold.norm}.num_batches_tracked", None)
    found = {path: fold for path, fold in folded.items() if not state.keys().isdisjoint(fold.keys)}
    if not found:
        return state
    expected = {key: value.shape for key, value in net.state_dict().items()}
    for path, fold in found.items():
        outputs = expected[f"{path}.bias"] if fold.bias else expected.pop(f"{path}.bias")
        channels = torch.Size((fold.channels,)) if fold.channels else outputs
        expected |= dict.fromkeys(fold.keys, channels)
    check_weights(state, expected, strict)
    taken: set[str] = set()
    for path, fold in found.items():
        if f"{path}.weight" in state and all(key in state for key in fold.keys):
            layer, bias = net.get_submodule(path), state.get(f"{path}.bias")
            terms = fold.terms([state[key] for key in fold.keys])
            own = [each[fold.first :] for each in terms]
            made = fold.into(layer, state[f"{path}.weight"], bias, *own)
            state[f"{path}.weight"], state[f"{path}.bias"] = made
            taken.update(fold.keys)
    return {key: value for key, value in state.items() if key not in taken}


def check_weights(
    state: Mapping[str, torch.Tensor], expected: Mapping[str, torch.Size], strict: bool
) -> None:
    """Raise RuntimeError that names every missing, unknown and misshapen array."""
    problems = [
        f"{key} is {tuple(state[key].shape)}, not {tuple(shape)}"
        for key, shape in expected.items()
        if key in state and state[key].shape != shape
    ]
    if strict:
        absent = [key for key in expected if key not in state]
        problems += [f"{key} is missing" for key in absent if "num_batches_tracked" not in key]
        problems += [f"{key} is unknown" for key in state if key not in expected]
    if problems:
        raise RuntimeError("the weights do not fit:\n    " + "\n    ".join(problems))


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


# layer: the norm that it does, too
FOLDED = {
    "conv1": Fold("bn1"),
    "layer1.0.conv1": Fold("layer1.0.bn1"),
    "layer1.0.conv2": Fold("layer1.0.bn2"),
    "layer1.1.conv1": Fold("layer1.1.bn1"),
    "layer1.1.conv2": Fold("layer1.1.bn2"),
    "layer2.0.conv1": Fold("layer2.0.bn1"),
    "layer2.0.conv2": Fold("layer2.0.bn2"),
    "layer2.0.downsample.0": Fold("layer2.0.downsample.1"),
    "layer2.1.conv1": Fold("layer2.1.bn1"),
    "layer2.1.conv2": Fold("layer2.1.bn2"),
    "layer3.0.conv1": Fold("layer3.0.bn1"),
    "layer3.0.conv2": Fold("layer3.0.bn2"),
    "layer3.0.downsample.0": Fold("layer3.0.downsample.1"),
    "layer3.1.conv1": Fold("layer3.1.bn1"),
    "layer3.1.conv2": Fold("layer3.1.bn2"),
    "layer4.0.conv1": Fold("layer4.0.bn1"),
    "layer4.0.conv2": Fold("layer4.0.bn2"),
    "layer4.0.downsample.0": Fold("layer4.0.downsample.1"),
    "layer4.1.conv1": Fold("layer4.1.bn1"),
    "layer4.1.conv2": Fold("layer4.1.bn2"),
}


def main() -> None:
    run_command(ResNet18, ResNet18.load, [(3, 224, 224)], value_bytes=4_014_080)


if __name__ == "__main__":
    main()
