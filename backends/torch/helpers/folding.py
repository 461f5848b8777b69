"""Folding of batch norms into the layers before them, for a module that has none."""

from collections.abc import Mapping
from typing import NamedTuple

import torch
from torch import nn


class Fold(NamedTuple):
    """The batch norm that was folded into a layer; `bias`: the layer had one of its own."""

    batch_norm: str
    eps: float = 1e-05
    affine: bool = True
    bias: bool = False

    @property
    def keys(self) -> list[str]:
        learned = ("weight", "bias") if self.affine else ()
        return [f"{self.batch_norm}.{name}" for name in ("running_mean", "running_var", *learned)]


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
        state.pop(f"{fold.batch_norm}.num_batches_tracked", None)
    found = {path: fold for path, fold in folded.items() if not state.keys().isdisjoint(fold.keys)}
    if not found:
        return state
    expected = {key: value.shape for key, value in net.state_dict().items()}
    for path, fold in found.items():
        channels = expected[f"{path}.bias"] if fold.bias else expected.pop(f"{path}.bias")
        expected |= dict.fromkeys(fold.keys, channels)
    check_weights(state, expected, strict)
    for path, fold in found.items():
        if f"{path}.weight" in state and all(key in state for key in fold.keys):
            arrays = [state.pop(key) for key in fold.keys]
            bias = state.get(f"{path}.bias")
            state[f"{path}.weight"], state[f"{path}.bias"] = fold_batch_norm(
                net.get_submodule(path), state[f"{path}.weight"], bias, fold.eps, *arrays
            )
    return state


def fold_batch_norm(
    layer: nn.Module,
    weight: torch.Tensor,
    bias: torch.Tensor | None,
    eps: float,
    mean: torch.Tensor,
    variance: torch.Tensor,
    gamma: torch.Tensor | None = None,
    beta: torch.Tensor | None = None,
) -> tuple[torch.Tensor, torch.Tensor]:
    """Give the weight and bias of a layer that does what it and the batch norm after it do."""
    scale = torch.rsqrt(variance.double() + eps)
    if gamma is not None:
        scale = scale * gamma
    shift = ((0 if bias is None else bias) - mean) * scale
    if beta is not None:
        shift = shift + beta
    if isinstance(layer, nn.ConvTranspose2d):  # C x O/groups x kH x kW, the groups along C
        grouped = torch.unflatten(weight, 0, (layer.groups, -1))
        scaled = (grouped * scale.reshape(layer.groups, 1, -1, 1, 1)).flatten(0, 1)
    else:
        scaled = weight * scale.reshape(-1, *[1] * (weight.ndim - 1))
    return scaled.to(weight.dtype), shift.to(weight.dtype)


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
