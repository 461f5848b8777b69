"""A learned factor for each channel."""

import torch
from torch import nn


class Scale(nn.Module):
    """Multiply each channel of N x C or N x C x H x W by a learned factor (layer scale)."""

    def __init__(self, channels: int, init: float = 1.0) -> None:
        super().__init__()
        self.weight = nn.Parameter(torch.full((channels,), init))

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        return x * self.weight.view(-1, *[1] * (x.ndim - 2))
