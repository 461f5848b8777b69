"""Pooling that torch.nn.functional does not have."""

import torch
import torch.nn.functional as F


def padded_avg_pool2d(
    x: torch.Tensor,
    kernel_size: int | tuple[int, int],
    stride: int | tuple[int, int],
    counted: tuple[int, int, int, int],
    uncounted: tuple[int, int, int, int],
) -> torch.Tensor:
    """Average pooling with zeros around x (left, right, top, bottom) that count, or do not."""
    x = F.pad(x, counted)
    inside = F.pad(torch.ones_like(x[:1, :1]), uncounted)
    sums = F.avg_pool2d(F.pad(x, uncounted), kernel_size, stride)
    return sums / F.avg_pool2d(inside, kernel_size, stride)
