"""Batch norms, when weights are loaded: folded, or made a scale and a shift."""

from collections.abc import Mapping, Sequence
from typing import NamedTuple

from backends.numpy.kernels.folding import fold_batch_norm
from backends.numpy.kernels.normalisation import batch_norm_terms
from backends.numpy.kernels.types import Array


class FoldedNorm(NamedTuple):
    """A batch norm that the layer before it computes: its weights are folded into that layer's."""

    layer: str
    norm: str
    eps: float
    channel_axis: int = 0
    groups: int = 1


def fold_norms(
    weights: Mapping[str, Array], folded_norms: Sequence[FoldedNorm]
) -> dict[str, Array]:
    """Give the weights without the norms, each folded into the weight and bias of its layer."""
    result = dict(weights)
    for layer, norm, eps, channel_axis, groups in folded_norms:
        scale, shift = take_norm(result, norm, eps)
        result[f"{layer}.weight"], result[f"{layer}.bias"] = fold_batch_norm(
            result[f"{layer}.weight"],
            result.get(f"{layer}.bias"),
            scale,
            shift,
            channel_axis=channel_axis,
            groups=groups,
        )
    return result


def prepare_norms(weights: Mapping[str, Array], norms: Mapping[str, float]) -> dict[str, Array]:
    """Give the weights with a scale and a shift in place of each norm's own; norms: path to eps."""
    result = dict(weights)
    for norm, eps in norms.items():
        result[f"{norm}.scale"], result[f"{norm}.shift"] = take_norm(result, norm, eps)
    return result


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
        result[f"{each.layer}.bias"] = result[f"{each.norm}.running_mean"]
        for name in ("weight", "bias", "running_mean", "running_var"):
            result.pop(f"{each.norm}.{name}", None)
    return result
