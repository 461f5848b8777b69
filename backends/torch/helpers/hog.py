"""Histograms of oriented gradients (Dalal and Triggs, 2005), as skimage.feature.hog has them."""

import torch
from torch import nn


def hog(x: torch.Tensor, cell: tuple[int, int], block: tuple[int, int], bins: int) -> torch.Tensor:
    """Describe N x C x H x W by N x K x BH x BW: for each block of cells K = block * block * bins.

    A gradient flows back through the lengths of the pixels' gradients, not through the choice of
    channels and bins.
    """
    high, wide = x.shape[2] // cell[0], x.shape[3] // cell[1]
    down, along = torch.zeros_like(x), torch.zeros_like(x)
    down[:, :, 1:-1] = x[:, :, 2:] - x[:, :, :-2]
    along[..., 1:-1] = x[..., 2:] - x[..., :-2]
    down = down[:, :, : high * cell[0], : wide * cell[1]]
    along = along[:, :, : high * cell[0], : wide * cell[1]]
    sine, cosine, number = directions(down.detach(), along.detach(), bins)
    length = (down * sine + along * cosine).sum(1, keepdim=True)
    votes = length.new_zeros(len(x), bins + 1, *length.shape[2:]).scatter(1, number, length)
    cells = torch.unflatten(votes[:, :bins], 3, (wide, cell[1]))
    cells = torch.unflatten(cells, 2, (high, cell[0]))
    blocks = cells.mean((3, 5)).unfold(2, block[0], 1).unfold(3, block[1], 1)
    values = blocks.permute(0, 4, 5, 1, 2, 3).flatten(1, 3)
    return unit_length(unit_length(values).clamp(max=0.2))


def directions(
    down: torch.Tensor, along: torch.Tensor, bins: int
) -> tuple[torch.Tensor, torch.Tensor, torch.Tensor]:
    """Give the sine and cosine of each gradient, 0 but in the channel where it is longest, and the
    bin, from 0 to 180 degrees, of that one. What falls into none gets a bin of its own, the last.
    """
    lengths = torch.hypot(down, along)
    strongest = lengths.argmax(1, keepdim=True)
    angle = torch.atan2(down.double(), along.double())
    chosen = torch.zeros_like(down).scatter_(1, strongest, 1.0)
    ends = 180.0 / bins * torch.arange(1, bins + 1, dtype=torch.float64, device=down.device)
    degrees = torch.rad2deg(angle.gather(1, strongest)) % 180.0
    number = torch.bucketize(degrees, ends.float().double(), right=True)
    return angle.sin().to(down.dtype) * chosen, angle.cos().to(down.dtype) * chosen, number


def unit_length(blocks: torch.Tensor) -> torch.Tensor:
    """Divide N x K x H x W by the length of its K values, in which nothing counts as 1e-5."""
    return blocks / (blocks.square().sum(1, keepdim=True) + 1e-10).sqrt()


class Hog(nn.Module):
    """hog as a module."""

    def __init__(self, cell: tuple[int, int], block: tuple[int, int], bins: int) -> None:
        super().__init__()
        self.cell, self.block, self.bins = cell, block, bins

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        return hog(x, self.cell, self.block, self.bins)
