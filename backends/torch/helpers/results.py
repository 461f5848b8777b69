"""What a network is given on the command line, and what it says there."""

import time
from collections.abc import Callable, Sequence
from pathlib import Path

import torch


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
