"""Layer, group and instance normalisation against PyTorch."""

import numpy as np
import pytest

from backends.numpy.kernels.grouped_norm import group_norm, layer_norm, scale_channels
from backends.numpy.kernels.normalisation import normalize
from tests.kernels.compare import agree, noise

torch = pytest.importorskip("torch")
functional = torch.nn.functional

SHAPES = [(3, 12), (1, 12, 5, 4), (3, 12, 1, 7), (0, 12, 2, 2)]


@pytest.mark.parametrize("shape", SHAPES)
@pytest.mark.parametrize("affine", [True, False])
@pytest.mark.parametrize("eps", [1e-6, 1e-2])
def test_layer_norm(shape: tuple[int, ...], affine: bool, eps: float) -> None:
    x, weight, bias = 3 + 2 * noise(*shape), noise(12, seed=1), noise(12, seed=2)
    terms = (weight, bias) if affine else (None, None)
    ours = layer_norm(x, *terms, eps=eps)
    theirs = [None if each is None else torch.from_numpy(each) for each in terms]
    last = functional.layer_norm(torch.from_numpy(x).movedim(1, -1), (12,), *theirs, eps)
    check(ours, last.movedim(-1, 1))


@pytest.mark.parametrize("shape", SHAPES)
@pytest.mark.parametrize("groups", [1, 3, 6])
@pytest.mark.parametrize("affine", [True, False])
def test_group_norm(shape: tuple[int, ...], groups: int, affine: bool) -> None:
    x, weight, bias = 3 + 2 * noise(*shape), noise(12, seed=1), noise(12, seed=2)
    terms = (weight, bias) if affine else (None, None)
    theirs = [None if each is None else torch.from_numpy(each) for each in terms]
    ours = group_norm(x, *terms, groups=groups, eps=1e-5)
    if len(x):
        agree(ours, functional.group_norm(torch.from_numpy(x), groups, *theirs))
    assert ours.shape == x.shape


def test_instance_norm_is_a_group_a_channel() -> None:
    x = 3 + 2 * noise(3, 5, 6, 4)
    theirs = functional.instance_norm(torch.from_numpy(x))
    agree(group_norm(x, None, None, groups=5, eps=1e-5), theirs)


def test_one_value_is_refused() -> None:
    with pytest.raises(ValueError, match="too small"):
        group_norm(noise(2, 5, 1, 1), None, None, groups=5, eps=1e-5)


def test_far_from_zero() -> None:
    """Means are taken away before anything is squared."""
    x = 1e4 + noise(2, 8, 6, 6)
    theirs = functional.group_norm(torch.from_numpy(x.astype(np.float64)), 2)
    agree(group_norm(x, None, None, groups=2, eps=1e-5), theirs, 1e-3)


@pytest.mark.parametrize("shape", SHAPES)
def test_scale_and_normalize(shape: tuple[int, ...]) -> None:
    x, factors = noise(*shape), noise(12, seed=1)
    channels = torch.from_numpy(factors).reshape(-1, *[1] * (len(shape) - 2))
    check(scale_channels(x, factors), torch.from_numpy(x) * channels)
    mean, std = tuple(map(float, factors)), tuple(map(float, np.abs(factors) + 1))
    spread = torch.from_numpy(np.abs(factors) + 1).reshape(channels.shape)
    check(normalize(x, mean=mean, std=std), (torch.from_numpy(x) - channels) / spread)
    check(normalize(x, mean=(0.5,), std=(2.0,)), (torch.from_numpy(x) - 0.5) / 2)


def check(ours: np.ndarray, theirs: object) -> None:
    """As `agree`, with no images, too."""
    if len(ours):
        agree(ours, theirs)
    assert ours.shape == np.asarray(theirs).shape
