"""Stochastic depth (Huang et al., 2016), as torchvision.ops has it with mode "row"."""

import torch
from torch import nn


def stochastic_depth(x: torch.Tensor, p: float, training: bool) -> torch.Tensor:
    """Drop the whole value of an image with chance p in training, and scale the rest."""
    if not training or p == 0.0:
        return x
    survival = 1.0 - p
    noise = torch.empty([len(x), *[1] * (x.ndim - 1)], dtype=x.dtype, device=x.device)
    noise.bernoulli_(survival)
    if survival > 0.0:
        noise.div_(survival)
    return x * noise


class StochasticDepth(nn.Module):
    """stochastic_depth as a module."""

    def __init__(self, p: float) -> None:
        super().__init__()
        self.p = p

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        return stochastic_depth(x, self.p, self.training)
