"""Activations that PyTorch computes faster in another layout."""

import torch
import torch.nn.functional as F
from torch import nn


def gelu_channels_last(x: torch.Tensor) -> torch.Tensor:
    """F.gelu of N x C x H x W with its channels last in memory.

    PyTorch's own takes about twice as long there as on the same values seen as N x H x W x C.
    """
    return F.gelu(x.permute(0, 2, 3, 1)).permute(0, 3, 1, 2)


class GeluChannelsLast(nn.Module):
    """gelu_channels_last as a module."""

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        return gelu_channels_last(x)
