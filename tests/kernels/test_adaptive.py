"""Adaptive and global pooling against PyTorch."""

import numpy as np
import pytest

from backends.numpy.kernels.adaptive import adaptive_avg_pool2d, adaptive_max_pool2d
from backends.numpy.kernels.global_pooling import global_avg_pool, global_max_pool
from tests.kernels.compare import agree, noise

torch = pytest.importorskip("torch")
functional = torch.nn.functional


@pytest.mark.parametrize("batch", [1, 3])
@pytest.mark.parametrize("size", [(1, 1), (7, 7), (3, 5), (6, 4), (13, 1), (16, 16)])
@pytest.mark.parametrize("maps", [(7, 7), (13, 10), (14, 14), (1, 1), (5, 16)])
def test_adaptive(batch: int, size: tuple[int, int], maps: tuple[int, int]) -> None:
    x = noise(batch, 3, *maps)
    agree(adaptive_avg_pool2d(x, size), functional.adaptive_avg_pool2d(torch.from_numpy(x), size))
    agree(adaptive_max_pool2d(x, size), functional.adaptive_max_pool2d(torch.from_numpy(x), size))


@pytest.mark.parametrize("shape", [(1, 5, 7, 7), (3, 2, 1, 9), (2, 4, 112, 112)])
def test_global(shape: tuple[int, ...]) -> None:
    x = noise(*shape)
    agree(global_avg_pool(x), torch.from_numpy(x).mean((2, 3), keepdim=True))
    agree(global_max_pool(x), torch.from_numpy(x).amax((2, 3), keepdim=True))


def test_strided_input() -> None:
    x = noise(2, 9, 10, 4).transpose(0, 3, 2, 1)[:, 1:, ::2]
    agree(adaptive_avg_pool2d(x, (2, 3)), functional.adaptive_avg_pool2d(torch.tensor(x), (2, 3)))
    agree(global_avg_pool(x), x.astype(np.float64).mean((2, 3), keepdims=True))
