"""Normalisation that torch.nn does not have as a module of N x C x H x W."""

from collections.abc import Sequence

import torch
import torch.nn.functional as F
from torch import nn


class LayerNorm2d(nn.LayerNorm):
    """nn.LayerNorm over the channels of N x C x H x W at each position.

    As torchvision's, but the result has the memory format of x, so that nobody behind it copies.
    """

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        y = x.permute(0, 2, 3, 1)
        y = F.layer_norm(y, self.normalized_shape, self.weight, self.bias, self.eps)
        y = y.permute(0, 3, 1, 2)
        return y if x.is_contiguous(memory_format=torch.channels_last) else y.contiguous()


class Normalize(nn.Module):
    """(x - mean) / std with one number a channel, or one for all; they are no part of the state."""

    mean: torch.Tensor
    std: torch.Tensor

    def __init__(self, mean: Sequence[float], std: Sequence[float]) -> None:
        super().__init__()
        self.register_buffer("mean", torch.tensor(mean), persistent=False)
        self.register_buffer("std", torch.tensor(std), persistent=False)

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        channels = (-1, *[1] * (x.ndim - 2))
        return (x - self.mean.view(channels)) / self.std.view(channels)
