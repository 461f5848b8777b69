"""Norms, when weights are loaded: folded, or made a scale and a shift."""

from collections.abc import Mapping, Sequence
from typing import NamedTuple

import numpy as np

from backends.numpy.kernels.folding import fold_batch_norm, fold_norm_before
from backends.numpy.kernels.normalisation import batch_norm_terms
from backends.numpy.kernels.types import Array


class FoldedNorm(NamedTuple):
    """A batch norm, or a SCALE (eps is None), that is folded into a layer's weights.

    first: its channel with which the layer's begin; before: it stood before the layer.
    """

    layer: str
    norm: str
    eps: float | None
    channel_axis: int = 0
    groups: int = 1
    first: int = 0
    before: bool = False


def fold_norms(
    weights: Mapping[str, Array], folded_norms: Sequence[FoldedNorm]
) -> dict[str, Array]:
    """Give the weights without the norms, each folded into the weight and bias of its layer."""
    result = dict(weights)
    terms: dict[str, tuple[Array, Array]] = {}
    for each in folded_norms:
        if each.norm not in terms:
            terms[each.norm] = take_terms(result, each.norm, each.eps)
        scale, shift = terms[each.norm]
        weight, bias = result[f"{each.layer}.weight"], result.get(f"{each.layer}.bias")
        if each.before:
            made = fold_norm_before(weight, bias, scale, shift, groups=each.groups)
        else:
            last = each.first + output_channels(weight.shape, each)
            own = slice(each.first, last)
            made = fold_batch_norm(
                weight,
                bias,
                scale[own],
                shift[own],
                channel_axis=each.channel_axis,
                groups=each.groups,
            )
        result[f"{each.layer}.weight"], result[f"{each.layer}.bias"] = made
    return result


def output_channels(weight: tuple[int, ...], folded_norm: FoldedNorm) -> int:
    """Give the channels that a layer with a weight of this shape makes."""
    return weight[0] if folded_norm.channel_axis == 0 else weight[1] * folded_norm.groups


def prepare_norms(weights: Mapping[str, Array], norms: Mapping[str, float]) -> dict[str, Array]:
    """Give the weights with a scale and a shift in place of each norm's own; norms: path to eps."""
    result = dict(weights)
    for norm, eps in norms.items():
        result[f"{norm}.scale"], result[f"{norm}.shift"] = take_norm(result, norm, eps)
    return result


def take_terms(weights: dict[str, Array], norm: str, eps: float | None) -> tuple[Array, Array]:
    """Take the weights of a batch norm, or the factors of a SCALE, out and give scale and shift."""
    if eps is not None:
        return take_norm(weights, norm, eps)
    factors = weights.pop(f"{norm}.weight")
    return factors, np.zeros_like(factors)


def take_norm(weights: dict[str, Array], norm: str, eps: float) -> tuple[Array, Array]:
    """Take a norm's weights out and give its scale and shift; without affine it has no own two."""
    mean, var = weights.pop(f"{norm}.running_mean"), weights.pop(f"{norm}.running_var")
    gamma, beta = weights.pop(f"{norm}.weight", None), weights.pop(f"{norm}.bias", None)
    return batch_norm_terms(mean, var, gamma, beta, eps)


def folded_shapes(
    shapes: Mapping[str, tuple[int, ...]], folded_norms: Sequence[FoldedNorm]
) -> dict[str, tuple[int, ...]]:
    """Give the shapes of what fold_norms makes of weights of these shapes."""
    result = dict(shapes)
    for each in folded_norms:
        result[f"{each.layer}.bias"] = (output_channels(result[f"{each.layer}.weight"], each),)
        for name in ("weight", "bias", "running_mean", "running_var"):
            result.pop(f"{each.norm}.{name}", None)
    return result
