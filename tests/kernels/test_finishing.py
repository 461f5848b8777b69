"""Activations that are done in the cache, against PyTorch in double precision."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

from backends.numpy.kernels.fast import finishing
from tests.kernels.test_activations import RANGE

torch = pytest.importorskip("torch")
functional = torch.nn.functional
NAMES = ("relu", "relu6", "tanh", "sigmoid", "silu", "gelu", "hardsigmoid", "hardswish")


@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize("same", [False, True])
def test_same_as_torch(name: str, same: bool) -> None:
    """Also where the result takes the values' place; nothing overflows."""
    into: Callable[..., Any] = getattr(finishing, f"{name}_into")
    theirs = getattr(torch, name, None) or getattr(functional, name)
    values = RANGE.copy()
    out = values if same else np.empty_like(values)
    with np.errstate(over="raise", invalid="raise", divide="raise"):
        for call in into(values, out, np.empty((2, *values.shape), np.float32)):
            call()
    expected = theirs(torch.from_numpy(RANGE).double()).numpy()
    np.testing.assert_allclose(out, expected, rtol=2e-6, atol=1e-6)
