"""What generated modules say of the sizes that they take, and a size that is chosen once."""

from __future__ import annotations

import pickle
from typing import Any

import numpy as np
import pytest

import cnnc

NET = "net N = INPUT(16x24x3) -> CONCAT{ ID | POOL -> CONV(4) -> TCONV(4) } -> CONV(2)"
SENTENCE = "height and width 2 or more, multiples of 2"
FIXED = "net N = INPUT(16x24x3) -> CONV(4) -> FC(2)"


def image(height: int, width: int) -> Any:
    return np.zeros((1, 3, height, width), np.float32)


@pytest.mark.parametrize("backend", ["numpy", "torch"])
def test_docstring(backend: Any) -> None:
    text = cnnc.loads(NET).emit(backend)
    assert f"input: N x 3 x 16 x 24 ({SENTENCE})" in text
    assert "input: N x 3 x 16 x 24\n" in cnnc.loads(FIXED).emit(backend)


def test_a_size_that_is_chosen_at_construction() -> None:
    make = type(cnnc.loads(NET).build("numpy"))
    free, fixed = make.random(), make.random(size=(8, 6))
    assert free(image(4, 4)).shape == (1, 2, 4, 4)
    assert fixed(image(8, 6)).shape == (1, 2, 8, 6)
    with pytest.raises(ValueError, match="expected a NumPy array, float32, N x 3 x 8 x 6"):
        fixed(image(4, 4))
    with pytest.raises(ValueError, match="expected a NumPy array, float32, N x 3 x 8 x 6"):
        pickle.loads(pickle.dumps(fixed))(image(4, 4))


def test_a_chosen_size_must_fit() -> None:
    make = type(cnnc.loads(NET).build("numpy"))
    for size in ((8, 7), (0, 8), (-2, 8)):
        with pytest.raises(ValueError, match=SENTENCE):
            make.random(size=size)


def test_a_net_of_one_size_takes_no_other() -> None:
    make = type(cnnc.loads(FIXED).build("numpy"))
    with pytest.raises(TypeError):
        make.random(size=(16, 24))
    with pytest.raises(ValueError, match="N x 3 x 16 x 24"):
        make.random()(image(16, 16))


def test_an_image_without_pixels() -> None:
    net = cnnc.loads("INPUT(16x24x3) -> CONV(4)")
    with pytest.raises(ValueError, match="height and width 1 or more"):
        net.build("numpy")(image(0, 4))
