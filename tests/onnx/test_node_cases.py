"""The operator cases that the installed `onnx` generates, in both backends.

Every case is run, or stands in a table with the reason why it is not: a case or an operator of a
new version fails here by its name. Of a node with several outputs those are compared that the
language has: no mask of a dropout, no indices of a pool.
"""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
import torch

import cnnc
from cnnc.pipeline import Backend
from tests.onnx.converted import Array
from tests.onnx.left_out import FOREIGN, LEFT_OUT
from tests.onnx.node_programs import Program, programs
from tests.onnx.nodes import modules, names, read

# The files of operators that the language has.
_OURS = """
    add averagepool batch_normalization center_crop_pad concat conv convtranspose depthtospace
    dropout elu flatten gelu gemm globalaveragepool globalmaxpool groupnormalization hardsigmoid
    hardswish identity instance_normalization layernormalization leakyrelu logsoftmax lrn matmul max
    maxpool mish mul pad prelu relu reshape resize sigmoid slice softmax softplus split sum swish
    tanh upsample
"""
OURS = _OURS.split()
TOLERANCE = 1e-5
# Expected values that the file has with few digits.
ROUNDED = {"test_averagepool_2d_ceil_last_window_starts_on_pad": 1e-3}


def is_expanded(name: str) -> bool:
    """The same case, the operator said by others, which are not the language's."""
    return "_expanded" in name


CASES = [
    (module, name)
    for module in OURS
    for name in (names(module) if module in modules() else ())
    if not is_expanded(name)
]
COVERED = [(module, name) for module, name in CASES if name not in LEFT_OUT]
NOT_COVERED = [(module, name) for module, name in CASES if name in LEFT_OUT]
BACKENDS: tuple[Backend, ...] = ("numpy", "torch")


@pytest.mark.parametrize("backend", BACKENDS)
@pytest.mark.parametrize(("module", "name"), COVERED, ids=[name for _, name in COVERED])
def test_case(module: str, name: str, backend: Backend) -> None:
    assert name in read(module), f"{name} is neither one node of arrays nor listed with a reason"
    made = programs(read(module)[name])
    assert made
    for program in made:
        ours = run(program, backend).reshape(program.expected.shape)
        tolerance = ROUNDED.get(name, TOLERANCE) * np.abs(program.expected).max()
        assert np.abs(ours - program.expected).max() <= tolerance


def run(program: Program, backend: Backend) -> Array:
    net = cnnc.loads(program.text, name="case.cnn")
    weights = {key: np.array(value, np.float32) for key, value in program.weights.items()}
    inputs = [np.array(x) for x in program.inputs]
    if backend == "numpy":
        result: Array = net.build("numpy", weights=weights)(*inputs)
        return result
    tensors = {key: torch.tensor(array) for key, array in weights.items()}
    model = net.build("torch", weights=tensors).eval()
    with torch.inference_mode():
        return np.asarray(model(*map(torch.tensor, inputs)))


def test_every_operator_of_onnx_is_covered_or_foreign() -> None:
    assert not FOREIGN & set(OURS)
    new = set(modules()) - FOREIGN - set(OURS)
    assert not new, f"translate their cases, or list them as foreign: {sorted(new)}"


def test_what_is_left_out_is_there() -> None:
    gone = LEFT_OUT.keys() - {name for _, name in CASES}
    assert not gone, f"no longer in onnx: {sorted(gone)}"


@pytest.mark.parametrize(("module", "name"), NOT_COVERED, ids=[name for _, name in NOT_COVERED])
def test_what_is_left_out_cannot_be_said(module: str, name: str) -> None:
    """Nothing is left out that would agree."""
    try:
        made = programs(read(module)[name])
        agreed = [np.allclose(run(each, "numpy"), each.expected, 1e-4) for each in made]
    except (AssertionError, KeyError, IndexError, ValueError, cnnc.CnnError):
        return
    assert not all(agreed)


def test_expanded_cases_have_the_case_that_they_expand() -> None:
    for module in OURS:
        for name in filter(is_expanded, names(module)):
            assert name.partition("_expanded")[0] in names(module)


def test_most_cases_are_covered() -> None:
    assert len(COVERED) >= 202


def test_the_comparison_can_fail() -> None:
    (program,) = programs(read("conv")["test_basic_conv_with_padding"])
    moved = replace(program, text=program.text.replace("(1, 1, 1, 1)", "(0, 2, 1, 1)"))
    difference = run(moved, "numpy") - program.expected
    assert np.abs(difference).max() > 0.1 * np.abs(program.expected).max()
