"""Sizes that are taken are those for which the same code would have been generated; and there both
backends give what the code that was generated for that size gives."""

from __future__ import annotations

import re
from random import Random
from typing import Any

import numpy as np
import pytest
import torch

import cnnc
from compiler.graph import Graph
from compiler.sizes import Sizes
from tests.sizes.programs import compiled, draw

QUICK, MANY = range(8), range(8, 60)
SEEDS = [*QUICK, *(pytest.param(seed, marks=pytest.mark.slow) for seed in MANY)]
LONGEST = 36


def code(net: cnnc.Net) -> tuple[str, str]:
    """What both backends compute with; without what is said and checked."""
    numpy, torch = net.emit("numpy", level=0), net.emit("torch", level=0)
    return _body(numpy, "def forward"), _body(torch, "class N")


def _body(source: str, start: str) -> str:
    source = re.sub(r'""".*?"""', "", source[source.index(start) :], flags=re.DOTALL)
    source = re.sub(r"check_(input|size)\(.*?\)\n", "", source, flags=re.DOTALL)
    lines = (line.partition("#")[0].rstrip() for line in source.split("def main")[0].splitlines())
    # Where no comment is too long a statement stands on one line.
    return re.sub(r"[\s,]+", "", "".join(lines))


def spreads(graph: Graph) -> bool:
    """Whether a map that happens to be 1x1 is spread over another one."""
    return any(
        shape.spatial != graph[node].shape.spatial and graph[source].op.name != "SIGMOID"
        for node in graph
        if graph[node].op.name == "ADD"
        for source, shape in zip(graph.inputs(node), graph.input_shapes(node), strict=True)
    )


def tried(seed: int, height: int, width: int) -> list[tuple[int, int]]:
    """Each height, each width, and some of both."""
    random = Random(seed)
    numbers = range(1, LONGEST + 1)
    return [
        *((number, width) for number in numbers),
        *((height, number) for number in numbers),
        *((random.choice(numbers), random.choice(numbers)) for _ in range(10)),
    ]


@pytest.mark.parametrize("seed", SEEDS)
def test_taken_sizes_are_those_of_the_same_code(seed: int) -> None:
    chain, height, width = draw(seed)
    net = compiled(chain, height, width)
    assert net is not None
    taken = net.report().sizes
    assert taken is not None and (height, width) in taken, chain
    ours = code(net)
    for size in tried(seed, height, width):
        other = compiled(chain, *size)
        if other is not None and spreads(other.journey.graph):
            continue
        same = other is not None and code(other) == ours
        assert (size in taken) is same, (chain, size, str(taken))


@pytest.mark.parametrize("seed", SEEDS)
def test_modules_take_them_and_no_others(seed: int) -> None:
    chain, height, width = draw(seed)
    net = compiled(chain, height, width)
    assert net is not None
    taken = net.report().sizes
    assert taken is not None
    state = weights(net)
    modules = build(net, state)
    for size in tried(seed, height, width)[::7]:
        x = np.random.default_rng(seed).standard_normal((2, 3, *size), dtype=np.float32)
        if size not in taken:
            refuse(modules, x, taken)
            continue
        other = compiled(chain, *size)
        assert other is not None
        volume = other.report().rows[-1].volume
        expected = build(other, state)[0](x)
        shape = (2, volume.c) if volume.flat else (2, volume.c, *volume.spatial)
        for module in modules:
            found = run(module, x)
            assert found.shape == shape, (chain, size)
            assert np.abs(found - expected).max() <= 1e-4 * np.abs(expected).max(), (chain, size)


def weights(net: cnnc.Net) -> dict[str, Any]:
    noise = np.random.default_rng(0)
    return {
        key: noise.uniform(0.2, 0.6, shape).astype(np.float32)
        for key, shape in net.journey.graph.weight_shapes().items()
    }


def build(net: cnnc.Net, state: dict[str, Any]) -> list[Any]:
    module = net.build("torch")
    module.load_state_dict({key: torch.from_numpy(value) for key, value in state.items()}, False)
    return [net.build("numpy", weights=state), module.eval()]


def run(module: Any, x: Any) -> Any:
    if not isinstance(module, torch.nn.Module):
        return module(x)
    with torch.inference_mode():
        return module(torch.from_numpy(x)).numpy()


def refuse(modules: list[Any], x: Any, taken: Sizes) -> None:
    for module in modules:
        with pytest.raises(ValueError, match=re.escape(str(taken))):
            run(module, x)
