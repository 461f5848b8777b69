"""Folded padding is right for images of every size that a network takes."""

from __future__ import annotations

import numpy as np
import pytest
import torch

import cnnc
from cnnc.build import import_source, instantiate
from cnnc.verify import seeded_weights
from compiler.ops.arrangement import Pad
from compiler.optimise import LEVELS
from tests.fuzzing.comparing import distance

PADDED = """
net Padded = INPUT(8x8x3) -> CONV(4) -> RELU -> PAD(1) -> POOL(3, stride=2, pad=0)
-> PAD((1, 0, 1, 0)) -> CONV(4, 3, stride=2, pad=0) -> bn: BN -> CONV(3, 1)
-> PAD(1) -> AVGPOOL(3, stride=1, count_pad=false) -> PAD((0, 1, 0, 1)) -> CONV(2, 2, pad=same)
"""


@pytest.mark.parametrize("size", [(8, 8), (9, 14), (17, 10)])
def test_padding_is_folded_for_images_of_every_size(size: tuple[int, int]) -> None:
    net = cnnc.loads(PADDED)
    graph = net.journey.optimised(1).graph
    assert not any(isinstance(graph[node].op, Pad) for node in graph)
    weights = seeded_weights(net.journey, 1)
    image = np.random.default_rng(2).standard_normal((2, 3, *size), np.float32)
    wanted, *ours = (
        instantiate(net.name, net.emit("torch", level), "torch", weights, False) for level in LEVELS
    )
    plain = import_source(net.emit("numpy", 1), "numpy").Padded(weights, size=size)
    fast = import_source(net.emit("numpy", 2), "numpy").Padded(weights, size=size)
    with torch.inference_mode():
        reference = wanted(torch.from_numpy(image)).numpy()
        others = [each(torch.from_numpy(image)).numpy() for each in ours]
    for value in (*others, plain(image), fast(image)):
        assert distance(value, reference) < 1e-4
