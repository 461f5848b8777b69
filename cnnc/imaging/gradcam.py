"""Grad-CAM (Selvaraju et al., "Grad-CAM: Visual Explanations from Deep Networks", ICCV 2017)."""

from __future__ import annotations

import torch
import torch.nn.functional as F


def grad_cam(maps: torch.Tensor, score: torch.Tensor) -> torch.Tensor:
    """ReLU(sum_k a_k A_k) with a_k the mean of d score / d A_k: h x w, of maps 1 x K x h x w.

    `score`: one number that was computed from the maps, before a softmax.
    """
    (gradient,) = torch.autograd.grad(score, maps)
    weights = gradient.mean((2, 3), keepdim=True)
    return (weights * maps.detach()).sum(1).relu()[0]


def stretched(cam: torch.Tensor, size: tuple[int, int]) -> torch.Tensor:
    """Bilinearly to an image's height and width, then from its least to its largest value, 0 to 1.

    What is the same everywhere, such as a map of zeros, becomes zeros.
    """
    wide = F.interpolate(cam[None, None], size, mode="bilinear", align_corners=False)[0, 0]
    low, high = wide.min(), wide.max()
    return (wide - low) / (high - low) if high > low else torch.zeros_like(wide)
