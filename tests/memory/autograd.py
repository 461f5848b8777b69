"""What PyTorch's autograd keeps, measured."""

from __future__ import annotations

from collections.abc import Iterable

import torch


def saved_bytes(net: torch.nn.Module, inputs: Iterable[torch.Tensor]) -> int:
    """Bytes of all storages that are kept for the backward pass, each once, without parameters and
    buffers."""
    owned = {each.untyped_storage().data_ptr() for each in (*net.parameters(), *net.buffers())}
    found: dict[int, torch.UntypedStorage] = {}

    def pack(tensor: torch.Tensor) -> torch.Tensor:
        storage = tensor.untyped_storage()
        if storage.data_ptr() not in owned:
            found[storage.data_ptr()] = storage  # held, so that its address stays its own
        return tensor

    with torch.autograd.graph.saved_tensors_hooks(pack, lambda tensor: tensor):
        result = net(*inputs)
    assert result is not None
    return sum(storage.nbytes() for storage in found.values())
