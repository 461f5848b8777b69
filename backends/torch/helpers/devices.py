"""Where a network computes, and how exactly."""

from collections.abc import Iterator
from contextlib import contextmanager

import torch
from torch import nn


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
