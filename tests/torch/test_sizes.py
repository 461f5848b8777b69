"""The sizes that a module takes are those that the compiler found, in words that can be read."""

from __future__ import annotations

import pytest
import torch

import cnnc
from compiler.sizes import sizes
from tests.torch.build import import_text

SKIP = "ADD{ ID | CONV(1, 3, stride=2) -> TCONV(1) }"
PROGRAMS = [
    ("INPUT(8x8x1) -> CONV(1, 5, pad=0) -> GAP", "check_size(x, least=5)"),
    (f"INPUT(8x8x1) -> {SKIP}", "check_size(x, least=2, multiple=2)"),
    (
        f"INPUT(9x9x1) -> CONV(1, 2, pad=0) -> {SKIP}",
        "heights=Lengths(least=3, multiple=2, more=[(1, 1)])",
    ),
    (
        f"INPUT(9x8x1) -> CONV(1, 2x1, pad=0) -> {SKIP}",
        "widths=Lengths(least=2, multiple=2)",
    ),
]


@pytest.mark.parametrize(("chain", "written"), PROGRAMS)
def test_what_fits_is_taken_and_nothing_else(chain: str, written: str) -> None:
    net = cnnc.loads(f"net N = {chain}")
    taken = sizes(net.journey.graph)
    assert taken
    code = net.emit("torch", level=0, train=True)
    assert written in code
    model = import_text(code).N().eval()
    for size in [(h, w) for h in range(1, 14) for w in range(1, 14)]:
        try:
            model(torch.zeros(1, 1, *size))
        except ValueError as error:
            assert str(error) == f"images of {size[0]} x {size[1]} do not fit the layers: {taken}"
            assert size not in taken
        else:
            assert size in taken
