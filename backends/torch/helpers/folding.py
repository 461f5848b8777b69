"""Folding of norms into the layers beside them, for a module that has none."""

from collections.abc import Callable, Mapping
from typing import NamedTuple

import torch
from torch import nn


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


def fold_norm_before(
    layer: nn.Module,
    weight: torch.Tensor,
    bias: torch.Tensor | None,
    scale: torch.Tensor,
    shift: torch.Tensor,
) -> tuple[torch.Tensor, torch.Tensor]:
    """Give the weight and bias of a layer without padding that does layer(x * scale + shift)."""
    groups = layer.groups if isinstance(layer, nn.Conv2d) else 1
    inputs = len(scale) // groups
    wide = weight.double().reshape(groups, len(weight) // groups, inputs, -1)
    offset = (wide * shift.reshape(groups, 1, inputs, 1)).sum((2, 3)).flatten()
    if bias is not None:
        offset = offset + bias
    scaled = (wide * scale.reshape(groups, 1, inputs, 1)).reshape(weight.shape)
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
