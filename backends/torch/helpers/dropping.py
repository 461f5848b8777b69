"""Weights that a network for inference has no use for."""

from collections.abc import Collection, Mapping

import torch


def without_layers(
    state_dict: Mapping[str, torch.Tensor], layers: Collection[str]
) -> dict[str, torch.Tensor]:
    """Leave out the weights of some layers."""
    return {key: value for key, value in state_dict.items() if key.rpartition(".")[0] not in layers}
