"""Every operator, emitted, run and compared with PyTorch."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from backends.numpy.calls import CALLS
from compiler.op import Op
from compiler.ops import OPS
from compiler.ops.linear import Flatten
from tests.kernels.compare import agree, noise
from tests.numpy_backend import reference
from tests.numpy_backend.cases import CASES, Case
from tests.numpy_backend.nets import Build, module

EVERY = [
    pytest.param(case, id=f"{case.op}-{'-'.join(map(str, case.volumes))}-{index}")
    for cases in CASES.values()
    for index, case in enumerate(cases)
]


@pytest.mark.parametrize("op", OPS, ids=lambda op: op.name)
def test_each_operator_has_an_entry_and_cases(op: type[Op]) -> None:
    assert op in CALLS, f"backends/numpy/calls.py has no entry for {op.name}"
    assert op in CASES, f"tests/numpy_backend/cases.py has no case for {op.name}"


@pytest.mark.parametrize("case", EVERY)
def test_operator(case: Case, tmp_path: Path) -> None:
    build = Build(*case.volumes, name="One")
    sources = [
        build.add(Flatten(), node) if volume.flat else node
        for node, volume in zip(build.inputs, case.volumes, strict=True)
    ]
    checked = build.checked(build.add(case.op, *sources, path="layer.one", fold=case.fold))
    emitted = module(checked, tmp_path)
    weights = {
        key: noise(*shape, seed=seed) ** 2 if key.endswith("var") else noise(*shape, seed=seed)
        for seed, (key, shape) in enumerate(emitted.PARAMETERS.items())
    }
    inputs = [
        3 * noise(2, volume.c, volume.h, volume.w, seed=seed)
        for seed, volume in enumerate(case.volumes)
    ]
    before = [x.copy() for x in inputs]
    agree(emitted.One(weights)(*inputs), reference.outputs(checked, weights, *inputs)["out0"])
    for x, same in zip(inputs, before, strict=True):
        np.testing.assert_array_equal(x, same)
