"""Small programs: their layers as text, their costs, and what the emitted nets compute."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray

import cnnc
from cnnc.verify import seeded_weights
from compiler.graph import Graph
from compiler.optimise import Level
from compiler.report import Row, Totals

Array = NDArray[np.float32]
EXAMPLES = Path(__file__).parents[2] / "examples"


def example(target: str, **settings: Any) -> cnnc.Net:
    return cnnc.load(EXAMPLES / target, **settings)


def graph(text: str, net: str | None = None, **settings: Any) -> Graph:
    return cnnc.loads(text, "small.cnn", net, **settings).journey.graph


def layers(text: str, net: str | None = None, **settings: Any) -> list[str]:
    """Each layer without its path and its inputs, `CONV(64) 224x224x64`."""
    found = graph(text, net, **settings)
    return [f"{found[node].op} {found[node].shape}" for node in found]


def ops(text: str, net: str | None = None, **settings: Any) -> list[str]:
    """The operators' names, INPUT left out."""
    found = graph(text, net, **settings)
    return [found[node].op.name for node in found if found[node].op.inputs != "none"]


def paths(text: str, net: str | None = None, **settings: Any) -> list[str]:
    found = graph(text, net, **settings)
    return [found[node].path for node in found]


def wiring(text: str, net: str | None = None, **settings: Any) -> list[tuple[str, str, str]]:
    """All that a graph is: path, operator with its volume, the paths that flow in."""
    found = graph(text, net, **settings)
    return [
        (
            found[node].path,
            f"{found[node].op} {found[node].shape}",
            " ".join(found[source].path for source in found.inputs(node)),
        )
        for node in found
    ]


def value(expression: str) -> object:
    """What an expression comes to."""
    return graph(f"param value = {expression}\nINPUT(8x8x1) -> CONV(2)").params["value"]


def code(text: str, net: str | None = None, **settings: Any) -> str:
    """The code of the error that a program has."""
    try:
        cnnc.loads(text, "small.cnn", net, **settings)
    except cnnc.CnnError as error:
        (only,) = error.diagnostics
        return only.code
    raise AssertionError("the program has no error")


def rows(text: str) -> tuple[Row, ...]:
    return cnnc.loads(text).report().rows


def totals(text: str) -> Totals:
    return cnnc.loads(text).report().totals


def noise(*shape: int, seed: int = 0) -> Array:
    return np.random.default_rng(seed).standard_normal(shape, np.float32)


def numpy_output(
    text: str, x: Array, weights: Mapping[str, Array] | None = None, level: Level = 2
) -> Array:
    """Of the emitted NumPy module; without weights those that `seeded` gives."""
    result: Array = cnnc.loads(text).build("numpy", weights or seeded(text), level)(x)
    return result


def torch_output(text: str, x: Array, level: Level = 2) -> Array:
    state = {key: torch.from_numpy(array) for key, array in seeded(text).items()}
    model = cnnc.loads(text).build("torch", state, level).eval()
    with torch.inference_mode():
        return np.asarray(model(torch.from_numpy(x)))


def seeded(text: str) -> dict[str, Array]:
    return seeded_weights(cnnc.loads(text).journey, seed=0)


def assert_close(ours: Array, expected: object, tolerance: float = 1e-5) -> None:
    theirs = np.asarray(expected)
    assert ours.shape == theirs.shape
    assert np.abs(ours - theirs).max() <= tolerance * np.abs(theirs).max()
