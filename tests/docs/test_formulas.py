"""The formulas of the operators' pages, run as they stand, give what PyTorch gives."""

from __future__ import annotations

import math
from collections.abc import Iterable
from typing import Any

import numpy as np
import pytest
import torch

import cnnc
from compiler.op import Op
from compiler.ops import OPS
from compiler.volume import Volume
from docs.site import operators
from docs.site.formulas import FORMULAS

SAMPLES = 12
MERGES = ("CONCAT", "ADD", "MUL", "MAX")
EXTREMES = {"POOL": -math.inf, "MINPOOL": math.inf}  # what lies outside and never wins


class Values:
    """An array whose outside has one value; a vector is a volume of 1x1xC."""

    def __init__(self, array: np.ndarray[Any, Any], outside: float = 0.0) -> None:
        self.array = array
        self.outside = outside

    def __getitem__(self, index: int | tuple[int, ...]) -> float:
        at = index if isinstance(index, tuple) else (index,)
        if any(not 0 <= i < size for i, size in zip(at, self.array.shape, strict=True)):
            return self.outside
        return float(self.array[at])


def mean(values: Iterable[float]) -> float:
    found = list(values)
    return sum(found) / len(found)


def var(values: Iterable[float]) -> float:
    found = list(values)
    return mean((each - mean(found)) ** 2 for each in found)


def names(op: Op, volume: Volume) -> dict[str, Any]:
    """What a formula may name: functions, sizes, arguments."""
    found: dict[str, Any] = {"C": volume.c, "H": volume.h, "W": volume.w, "mean": mean, "var": var}
    found |= {name: getattr(math, name) for name in ("ceil", "erf", "exp", "log", "sqrt", "tanh")}
    found |= {"flat": lambda x: Values(x.array.reshape(-1))}
    found |= vars(op)
    for name, short in (("k", "k"), ("stride", "s"), ("dilation", "d"), ("factor", "f")):
        if isinstance(value := getattr(op, name, None), tuple):
            found |= {f"{short}h": value[0], f"{short}w": value[1]}
    if isinstance(around := getattr(op, "sides", None), tuple):
        found |= {"top": around[0], "left": around[2]}
    elif callable(around):
        found |= {"top": around(volume)[0], "left": around(volume)[2]}
    elif isinstance(pad := getattr(op, "pad", None), tuple):
        found |= {"top": pad[0], "left": pad[1]}
    if isinstance(size := getattr(op, "size", None), tuple):
        found |= {"h": size[0], "w": size[1]}
    if isinstance(size := getattr(op, "volume", None), Volume):
        found |= {"h": size.h, "w": size.w}
    if op.name == "NORMALIZE":
        found |= {each: getattr(op, each) * volume.c for each in ("mean", "std")}
    return found


def agree(op: Op, known: dict[str, Any], wanted: np.ndarray[Any, Any]) -> None:
    """At places that are drawn by lot, the corners among them."""
    random = np.random.default_rng(0)
    places = [tuple(int(random.integers(size)) for size in wanted.shape) for _ in range(SAMPLES)]
    for place in [*places, (0,) * wanted.ndim, tuple(size - 1 for size in wanted.shape)]:
        c, i, j = (*place, 0, 0)[:3]
        y: dict[Any, float] = {}
        exec(FORMULAS[op.name], {**known, "c": c, "o": c, "n": c, "i": i, "j": j, "y": y})
        (value,) = y.values()
        assert value == pytest.approx(wanted[place], rel=1e-4, abs=1e-5), (op.name, place)


def run(text: str, *inputs: torch.Tensor) -> tuple[torch.Tensor, Any]:
    """What PyTorch makes of it, with random weights, and the module."""
    module = cnnc.loads(text, "example.cnn").build("torch", level=1).eval()
    state = {key: (torch.rand(each.shape) + 0.5).to(each) for key, each in _state(module)}
    module.load_state_dict(state)
    with torch.no_grad():
        return module(*inputs)[0], state


def _state(module: torch.nn.Module) -> Iterable[tuple[str, torch.Tensor]]:
    return module.state_dict().items()


@pytest.mark.parametrize("op", [op for op in OPS if op.inputs == "one"], ids=lambda op: op.name)
def test_the_formula_gives_what_pytorch_gives(op: type[Op]) -> None:
    if op.name == "HOG":
        pytest.skip("its text says it; tests/kernels compares it with scikit-image")
    torch.manual_seed(0)
    x = 2 * torch.randn(1, 8, 16, 16)
    wanted, state = run(operators.program(op), x)
    row = operators.example(op)
    known = names(row.layer, row.inputs[0])
    known["x"] = Values(x[0].numpy(), EXTREMES.get(op.name, 0.0))
    known |= {key.rpartition(".")[2]: Values(value.numpy()) for key, value in state.items()}
    agree(row.layer, known, wanted.numpy())


@pytest.mark.parametrize("name", MERGES)
def test_the_formula_of_a_merge_gives_what_pytorch_gives(name: str) -> None:
    torch.manual_seed(0)
    first, second = torch.randn(1, 3, 4, 5), torch.randn(1, 3, 4, 5)
    text = f"net Example {{ a = INPUT(4x5x3)  b = INPUT(4x5x3)  {name}{{ a | b }} }}"
    wanted, _ = run(text, first, second)
    (op,) = (op for op in OPS if op.name == name)
    known = names(op(), Volume(4, 5, 3)) | {"A": 3}
    known |= {"first": Values(first[0].numpy()), "second": Values(second[0].numpy())}
    agree(op(), known, wanted.numpy())


def test_every_operator_has_a_formula() -> None:
    assert set(FORMULAS) == {op.name for op in OPS} - {"INPUT", "HOG"}
