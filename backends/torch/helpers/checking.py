"""What a network takes."""

from collections.abc import Sequence
from typing import NamedTuple

import torch
from torch import nn


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


def check_size(x: torch.Tensor, least: int, multiple: int = 1) -> None:
    """Raise ValueError unless height and width are `least` or more, and multiples of `multiple`."""
    if any(length < least or length % multiple for length in x.shape[2:]):
        size = " x ".join(str(length) for length in x.shape[2:])
        taken = f"{least} or more" + (f", multiples of {multiple}" if multiple > 1 else "")
        raise ValueError(f"images of {size} do not fit the layers: height and width {taken}")


class Lengths(NamedTuple):
    """Heights or widths: `least` or more, and as much `more` than a multiple of `multiple` as one
    of the ranges says, both ends included.
    """

    least: int = 1
    multiple: int = 1
    more: Sequence[tuple[int, int]] = ((0, 0),)


def check_lengths(x: torch.Tensor, heights: Lengths, widths: Lengths, taken: str) -> None:
    """Raise ValueError that says what is `taken` unless height and width are."""
    for length, (least, multiple, more) in zip(x.shape[2:], (heights, widths), strict=True):
        fits = any(first <= length % multiple <= last for first, last in more)
        if length < least or not fits:
            size = " x ".join(str(each) for each in x.shape[2:])
            raise ValueError(f"images of {size} do not fit the layers: {taken}")
