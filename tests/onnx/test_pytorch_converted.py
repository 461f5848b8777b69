"""Single operators with real weights, as PyTorch once exported and computed them."""

from __future__ import annotations

import numpy as np
import pytest
import torch

import cnnc
from cnnc.pipeline import Backend
from compiler.optimise import Level
from tests.onnx.converted import Array, names, read
from tests.onnx.translate import Program, programs

TOLERANCE = 1e-5

IN_THREE_AXES = "a window over three axes; a volume of the language has two"
NO_OPERATOR = "not an operator of the language"

# Cases that the language cannot say, and why.
LEFT_OUT = {
    "test_AvgPool3d": IN_THREE_AXES,
    "test_AvgPool3d_stride": IN_THREE_AXES,
    "test_AvgPool3d_stride1_pad0_gpu_input": IN_THREE_AXES,
    "test_ConstantPad2d": "padding with 2.0; the language pads with zeros",
    "test_Conv3d": IN_THREE_AXES,
    "test_Conv3d_dilated": IN_THREE_AXES,
    "test_Conv3d_dilated_strided": IN_THREE_AXES,
    "test_Conv3d_groups": IN_THREE_AXES,
    "test_Conv3d_no_bias": IN_THREE_AXES,
    "test_Conv3d_stride": IN_THREE_AXES,
    "test_Conv3d_stride_padding": IN_THREE_AXES,
    "test_Embedding": "a table of vectors looked up by index; the language has no integers as data",
    "test_Embedding_sparse": "a table of vectors looked up by index",
    "test_MaxPool3d": IN_THREE_AXES,
    "test_MaxPool3d_stride": IN_THREE_AXES,
    "test_MaxPool3d_stride_padding": IN_THREE_AXES,
    "test_PoissonNLLLLoss_no_reduce": "a loss, with its target in the model",
    "test_SELU": NO_OPERATOR,
    "test_Softmin": f"{NO_OPERATOR}: a softmax of what is negated",
    "test_Softsign": NO_OPERATOR,
}

COVERED = [name for name in names() if name not in LEFT_OUT]
BACKENDS: tuple[Backend, ...] = ("numpy", "torch")
LEVELS: tuple[Level, ...] = (0, 1, 2)


@pytest.mark.parametrize("level", LEVELS)
@pytest.mark.parametrize("backend", BACKENDS)
@pytest.mark.parametrize("name", COVERED)
def test_case(name: str, backend: Backend, level: Level) -> None:
    case = read(name)
    written = programs(case)
    assert written, f"{name} is neither covered nor listed with a reason"
    for program in written:
        ours = run(program, backend, level).reshape(case.expected.shape)
        assert np.abs(ours - case.expected).max() <= TOLERANCE * np.abs(case.expected).max()


def run(program: Program, backend: Backend, level: Level) -> Array:
    net = cnnc.loads(program.text, name="case.cnn")
    if backend == "numpy":
        result: Array = net.build("numpy", weights=program.weights, level=level)(program.x)
        return result
    weights = {key: torch.tensor(array) for key, array in program.weights.items()}
    model = net.build("torch", weights=weights, level=level).eval()
    with torch.inference_mode():
        return np.asarray(model(torch.tensor(program.x)))


@pytest.mark.parametrize("name", LEFT_OUT)
def test_what_is_listed_is_there_and_not_covered(name: str) -> None:
    assert name in names()
    assert not programs(read(name))


def test_most_cases_are_covered() -> None:
    assert len(COVERED) == 62


def test_the_comparison_can_fail() -> None:
    case = read("test_Conv2d_padding")
    (program,) = programs(case)
    moved = Program(
        program.layer.replace("(1, 1, 1, 1)", "(0, 2, 1, 1)"), program.x, program.weights
    )
    ours = run(moved, "numpy", 0)
    assert np.abs(ours - case.expected).max() > 0.1 * np.abs(case.expected).max()
