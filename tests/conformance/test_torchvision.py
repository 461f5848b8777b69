"""The central proof: generated code gives what torchvision gives, for the same state dictionary."""

from __future__ import annotations

from pathlib import Path

import pytest

import cnnc
from tests.conformance.rows import TORCHVISION
from tests.conformance.torchvisions import TOLERANCE, Size, differences, torchvision_model

EXAMPLES = Path(__file__).parents[2] / "examples"
LARGE = 5 * 10**9
EVERY_SIZE: tuple[Size, ...] = ((1, 224, 224), (3, 224, 224), (1, 193, 257), (3, 193, 257))
# Each batch and each size once.
SOME_SIZES: tuple[Size, ...] = ((1, 224, 224), (3, 129, 160))


def sizes(net: cnnc.Net) -> tuple[Size, ...]:
    """Images of more than one size: every network of torchvision allows it."""
    report = net.report()
    chosen = SOME_SIZES if report.totals.macs > LARGE else EVERY_SIZE
    assert report.sizes is not None
    assert all((height, width) in report.sizes for _, height, width in chosen)
    return chosen


@pytest.mark.parametrize("name", TORCHVISION)
def test_outputs(name: str) -> None:
    net = cnnc.load(EXAMPLES / TORCHVISION[name])
    found = differences(torchvision_model(name), net, sizes(net))
    assert max(found.values()) <= TOLERANCE, found
