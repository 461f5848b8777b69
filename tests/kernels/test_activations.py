"""Activations against PyTorch."""

from collections.abc import Callable

import numpy as np
import pytest

from backends.numpy.kernels import activations
from backends.numpy.kernels.erf import erf
from backends.numpy.kernels.types import Array
from tests.kernels.compare import agree, noise

torch = pytest.importorskip("torch")
functional = torch.nn.functional

RANGE = np.concatenate(
    [np.linspace(-12, 12, 4001), np.linspace(-200, 200, 401), [0.0, -0.0, 1e-30, -1e-30]]
).astype(np.float32)


@pytest.mark.parametrize(
    "name",
    [
        "relu",
        "relu6",
        "gelu",
        "silu",
        "hardswish",
        "hardsigmoid",
        "sigmoid",
        "tanh",
        "softplus",
        "mish",
    ],
)
def test_same_as_torch(name: str) -> None:
    ours: Callable[[Array], Array] = getattr(activations, name)
    theirs = getattr(torch, name, None) or getattr(functional, name)
    with np.errstate(over="raise", invalid="raise", divide="raise"):
        values = ours(RANGE)
    assert values.dtype == np.float32
    np.testing.assert_allclose(values, theirs(torch.from_numpy(RANGE)), rtol=2e-6, atol=1e-6)
    image = RANGE[:48].reshape(2, 3, 4, 2)
    agree(ours(image), theirs(torch.from_numpy(image)))


@pytest.mark.parametrize("slope", [0.0, 0.01, 0.3, 1.5, -0.5])
def test_slopes(slope: float) -> None:
    torched = torch.from_numpy(RANGE)
    agree(activations.leaky_relu(RANGE, slope), functional.leaky_relu(torched, slope))
    with np.errstate(over="raise"):
        agree(activations.elu(RANGE, slope), functional.elu(torched, slope))


@pytest.mark.parametrize("shape", [(2, 5), (2, 5, 4, 3)])
@pytest.mark.parametrize("count", [1, 5])
def test_prelu(shape: tuple[int, ...], count: int) -> None:
    x, slope = noise(*shape), noise(count, seed=1)
    agree(
        activations.prelu(x, slope),
        functional.prelu(torch.from_numpy(x), torch.from_numpy(slope)),
    )


def test_erf() -> None:
    exact = torch.erf(torch.from_numpy(RANGE).double())
    np.testing.assert_allclose(erf(RANGE), exact, rtol=0, atol=5e-7)


def test_input_is_not_written() -> None:
    x = noise(2, 3)
    kept = x.copy()
    for name in ("relu", "relu6", "gelu", "silu", "hardswish", "softplus", "mish"):
        getattr(activations, name)(x)
    np.testing.assert_array_equal(x, kept)
