"""A mended program computes what the program computed: by the emitted NumPy modules."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray

import cnnc
from cnnc.pipeline import Journey
from cnnc.verify import seeded_inputs, seeded_weights

from .cases import FOLDER, fixed, rule_of, whole

Array = NDArray[np.float32]
# What has no network of its own to run, or several.
PATHS = [
    path.with_suffix(".cnn")
    for path in sorted(FOLDER.glob("*/*.fixed"))
    if path.stem != "around_a_whole_net"
]


def run(journey: Journey, weights: Mapping[str, Array]) -> Array:
    """The output for seeded inputs. Level 0: as the program wrote it, nothing folded."""
    net = cnnc.Net(journey).build("numpy", weights=weights, level=0)
    result: Array = net(*seeded_inputs(journey, seed=1, batch=2))
    return result


def without_biases(journey: Journey, weights: Mapping[str, Array]) -> dict[str, Array]:
    """What a network without biases before its batch norms must have learned to be the same: the
    means are less by the biases."""
    kept = dict(weights)
    graph = journey.checked.graph
    for number in graph:
        path = graph[number].path
        behind = [graph[each] for each in graph.consumers(number)]
        if f"{path}.bias" in kept and [each.op.name for each in behind] == ["BN"]:
            mean = f"{behind[0].path}.running_mean"
            kept[mean] = kept[mean] - kept.pop(f"{path}.bias")
    return kept


@pytest.mark.parametrize("path", PATHS, ids=lambda path: f"{path.parent.name}/{path.stem}")
def test_mended(path: Path) -> None:
    before, after = whole(path), whole(path, fixed(path).source.text)
    weights = seeded_weights(before, seed=0)
    expected = run(before, weights)
    if rule_of(path).keeps == "all but biases":
        weights = without_biases(before, weights)
        np.testing.assert_allclose(run(after, weights), expected, rtol=1e-4, atol=1e-5)
    else:
        np.testing.assert_array_equal(run(after, weights), expected)
