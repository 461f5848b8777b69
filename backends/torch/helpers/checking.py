"""What a network takes."""

import torch
from torch import nn

Lengths = tuple[int, int, tuple[tuple[int, int], ...]]


def check_input(net: nn.Module, x: torch.Tensor, *sizes: int | None) -> None:
    """Raise ValueError unless x is N x sizes, None being any size, in the type of the weights."""
    wanted = next(net.parameters(), x).dtype
    fits = x.ndim == len(sizes) + 1 and all(
        size in (None, length) for length, size in zip(x.shape[1:], sizes, strict=True)
    )
    if not fits or x.dtype != wanted or not x.is_floating_point():
        shape = " x ".join("any" if size is None else str(size) for size in sizes)
        got = f"{x.dtype} {' x '.join(str(length) for length in x.shape)}"
        raise ValueError(f"expected {wanted} N x {shape}, got {got}")


def check_size(x: torch.Tensor, heights: Lengths, widths: Lengths, taken: str) -> None:
    """Raise ValueError that says what is taken unless height and width are.

    heights, widths: the least; a divisor; ranges, ends included, one of which has the rest by it.
    """
    for length, (least, every, rests) in zip(x.shape[2:], (heights, widths), strict=True):
        fits = any(first <= length % every <= last for first, last in rests)
        if length < least or not fits:
            size = " x ".join(str(each) for each in x.shape[2:])
            raise ValueError(f"images of {size} do not fit the layers: {taken}")
