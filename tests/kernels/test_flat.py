"""Linear layers, softmax, normalisation and padding against PyTorch."""

import numpy as np
import pytest

from backends.numpy.kernels.linear import linear
from backends.numpy.kernels.lrn import local_response_norm
from backends.numpy.kernels.normalisation import batch_norm_terms, scale_shift
from backends.numpy.kernels.pad import pad
from backends.numpy.kernels.softmax import log_softmax, softmax
from backends.numpy.kernels.windows import windows
from tests.kernels.compare import agree, noise

torch = pytest.importorskip("torch")
functional = torch.nn.functional


@pytest.mark.parametrize("shape", [(1, 12), (3, 12), (1, 2, 3, 2), (3, 2, 3, 2)])
@pytest.mark.parametrize("biased", [True, False])
def test_linear(shape: tuple[int, ...], biased: bool) -> None:
    x, weight, bias = noise(*shape), noise(5, 12), noise(5)
    theirs = functional.linear(
        torch.from_numpy(x).flatten(1),
        torch.from_numpy(weight),
        torch.from_numpy(bias) if biased else None,
    )
    agree(linear(x, weight, bias if biased else None), theirs)


def test_linear_flattens_channel_major_whatever_the_strides() -> None:
    x, weight = noise(2, 4, 3, 2).transpose(0, 3, 2, 1), noise(5, 24)
    agree(linear(x, weight, None), torch.from_numpy(x).flatten(1) @ torch.from_numpy(weight).T)


@pytest.mark.parametrize("shape", [(1, 10), (3, 10), (2, 5, 4, 3)])
@pytest.mark.parametrize("size", [1.0, 300.0])
def test_softmax(shape: tuple[int, ...], size: float) -> None:
    x = size * noise(*shape)
    agree(softmax(x), torch.softmax(torch.from_numpy(x), 1))
    agree(log_softmax(x), torch.log_softmax(torch.from_numpy(x), 1))


@pytest.mark.parametrize("shape", [(3, 6), (1, 6, 5, 4), (3, 6, 5, 4)])
@pytest.mark.parametrize("affine", [True, False])
@pytest.mark.parametrize("eps", [1e-5, 1e-3])
def test_batch_norm(shape: tuple[int, ...], affine: bool, eps: float) -> None:
    x, mean, var = noise(*shape), noise(6), np.abs(noise(6, seed=1))
    gamma, beta = (noise(6, seed=2), noise(6, seed=3)) if affine else (None, None)
    scale, shift = batch_norm_terms(mean, var, gamma, beta, eps)
    terms = [None if term is None else torch.from_numpy(term) for term in (gamma, beta)]
    theirs = functional.batch_norm(
        torch.from_numpy(x), torch.from_numpy(mean), torch.from_numpy(var), *terms, eps=eps
    )
    assert scale.dtype == shift.dtype == np.float32
    agree(scale_shift(x, scale, shift), theirs)


@pytest.mark.parametrize("shape", [(2, 7), (1, 1, 3, 3), (1, 3, 5, 4), (3, 12, 5, 4)])
@pytest.mark.parametrize("size", [1, 2, 3, 4, 5, 9])
def test_local_response_norm(shape: tuple[int, ...], size: int) -> None:
    x = 3 * noise(*shape)
    ours = local_response_norm(x, size=size, alpha=0.5, beta=0.75, k=2.0)
    volume = torch.from_numpy(x if x.ndim == 4 else x[..., np.newaxis, np.newaxis])
    theirs = functional.local_response_norm(volume, size, alpha=0.5, beta=0.75, k=2.0)
    agree(ours, theirs.reshape(shape))


def test_pad() -> None:
    x = noise(2, 3, 4, 5)
    assert pad(x, (0, 0, 0, 0)) is x
    agree(pad(x, (1, 2, 3, 4)), functional.pad(torch.from_numpy(x), (3, 4, 1, 2)))
    agree(pad(x, (0, 2, 1, 0), 7.0), functional.pad(torch.from_numpy(x), (1, 0, 0, 2), value=7.0))


def test_windows_is_a_view() -> None:
    x = noise(2, 3, 9, 8)
    view = windows(x, (3, 2), (2, 1), (1, 3))
    assert np.shares_memory(view, x)
    assert not view.flags.writeable
    columns = functional.unfold(torch.from_numpy(x), (3, 2), dilation=(1, 3), stride=(2, 1))
    ours = view.transpose(0, 1, 4, 5, 2, 3).reshape(columns.shape)
    np.testing.assert_array_equal(ours, columns)
