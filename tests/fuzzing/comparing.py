"""What must be true of every program that works, shown by numbers."""

from __future__ import annotations

from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray

import cnnc
from cnnc.build import instantiate
from cnnc.pipeline import Backend
from cnnc.verify import seeded_inputs, seeded_weights
from compiler.optimise import Level
from tests.memory.test_plan import holds

LEVELS: tuple[Level, ...] = (0, 1, 2)
BACKENDS: tuple[Backend, ...] = ("numpy", "torch")
TOLERANCE = 1e-3
LARGEST = 1e5  # beyond, the last digits of single precision say nothing

Values = dict[str, NDArray[Any]]


def agrees(net: cnnc.Net) -> bool:
    """Both backends at every level against PyTorch as written, in double precision; False where
    single precision has nothing to say: values are too large, or rounding moves them too far.

    The memory plan and the report's totals are checked with it.
    """
    for level in LEVELS:
        holds(net.journey.optimised(level).graph)
    counts(net)
    weights = seeded_weights(net.journey, 1)
    inputs = seeded_inputs(net.journey, 2, 2)
    reference = exact(net, weights, inputs)
    single = outputs(net, "torch", 0, weights, inputs)
    if not all(within(each) for each in reference.values()):
        return False
    if any(distance(single[name], each) > TOLERANCE / 20 for name, each in reference.items()):
        return False
    for backend in BACKENDS:
        for level in LEVELS:
            for name, value in outputs(net, backend, level, weights, inputs).items():
                wanted = reference[name]
                assert value.shape == wanted.shape, (backend, level, name)
                difference = distance(value, wanted)
                assert difference < TOLERANCE, (backend, level, name, difference)
    return True


def exact(net: cnnc.Net, weights: Values, inputs: list[NDArray[Any]]) -> Values:
    """The outputs in double precision."""
    model = instantiate(net.name, net.emit("torch", 0), "torch", weights, False).double()
    with torch.inference_mode():
        result = model(*(torch.from_numpy(each).double() for each in inputs))
    named = result if isinstance(result, dict) else {"": result}
    return {name: np.asarray(value) for name, value in named.items()}


def within(values: NDArray[Any]) -> bool:
    return bool(np.isfinite(values).all() and np.abs(values).max() < LARGEST)


def distance(values: NDArray[Any], wanted: NDArray[Any]) -> float:
    """The largest difference, against the largest value."""
    return float(np.abs(values - wanted).max() / max(1e-3, np.abs(wanted).max()))


def outputs(
    net: cnnc.Net,
    backend: Backend,
    level: Level,
    weights: Values,
    inputs: list[NDArray[Any]],
) -> Values:
    return run(net, net.emit(backend, level), backend, weights, inputs)


def run(
    net: cnnc.Net, source: str, backend: Backend, weights: Values, inputs: list[NDArray[Any]]
) -> Values:
    """What an emitted module gives."""
    model = instantiate(net.name, source, backend, weights, False)
    with torch.inference_mode():
        given = inputs if backend == "numpy" else [torch.from_numpy(each) for each in inputs]
        result = model(*given)
    named = result if isinstance(result, dict) else {"": result}
    return {name: np.asarray(value) for name, value in named.items()}


def counts(net: cnnc.Net) -> None:
    """The report's parameters are those that PyTorch counts, at inference and in training."""
    for train in (False, True):
        model = net.build("torch", level=0, train=train)
        total = sum(each.numel() for each in model.parameters())
        report = net.report(train=train)
        assert report.totals.parameters == total
        assert sum(row.parameters for row in report.rows) == total
