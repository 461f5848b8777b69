"""`cnnc verify`."""

from __future__ import annotations

import json
import math
from pathlib import Path

import pytest

from tests.cli.run import EXAMPLES, SMALL, cnnc

pytest.importorskip("torch")


def test_both_backends_agree_layer_by_layer() -> None:
    result = cnnc("verify", "-", "--format", "json", stdin=SMALL)
    content = json.loads(result.out)
    assert result.status == 0 and content["agrees"]
    assert [each["what"] for each in content["layers"]] == ["0", "conv", "bn", "3", "4", "fc"]
    assert all(each["relative"] < 1e-5 for each in content["layers"])


def test_against_torchvision() -> None:
    pytest.importorskip("torchvision")
    target = f"{EXAMPLES}/squeezenet.cnn:SqueezeNet1_1"
    result = cnnc("verify", target, "--against", "torchvision:squeezenet1_1", "--batch", "2")
    assert result.status == 0, result.err
    assert "agrees within 1e-4" in result.out


def test_against_another_network_is_refused_with_its_reason() -> None:
    pytest.importorskip("torchvision")
    target = f"{EXAMPLES}/squeezenet.cnn:SqueezeNet1_1"
    wrong = cnnc("verify", target, "--against", "torchvision:alexnet")
    assert wrong.status == 1 and "error[E0603]" in wrong.err
    misspelt = cnnc("verify", target, "--against", "torchvision:squeezenet11")
    assert "did you mean squeezenet1_1?" in misspelt.err
    assert cnnc("verify", target, "--against", "keras:x").status == 1


def onnx_model(path: Path, weight: str) -> None:
    """A convolution, ReLU, global pool and FC as ONNX has them, whose own weights are zero."""
    onnx = pytest.importorskip("onnx")
    helper, numbers = onnx.helper, onnx.TensorProto.FLOAT
    shapes = {weight: (4, 3, 3, 3), "conv.bias": (4,), "fc.weight": (5, 4), "fc.bias": (5,)}
    zeros = [
        helper.make_tensor(name, numbers, shape, [0.0] * math.prod(shape))
        for name, shape in shapes.items()
    ]
    nodes = [
        helper.make_node("Conv", ["x", weight, "conv.bias"], ["a"], pads=[1, 1, 1, 1]),
        helper.make_node("Relu", ["a"], ["b"]),
        helper.make_node("GlobalAveragePool", ["b"], ["c"]),
        helper.make_node("Flatten", ["c"], ["d"]),
        helper.make_node("Gemm", ["d", "fc.weight", "fc.bias"], ["y"], transB=1),
    ]
    x = helper.make_tensor_value_info("x", numbers, ["N", 3, 8, 8])
    y = helper.make_tensor_value_info("y", numbers, ["N", 5])
    graph = helper.make_graph(nodes, "net", [x], [y], zeros)
    opset = [helper.make_opsetid("", 13)]
    path.write_bytes(
        helper.make_model(graph, opset_imports=opset, ir_version=8).SerializeToString()
    )


def test_against_an_onnx_model(tmp_path: Path) -> None:
    """onnxruntime runs the file's structure on the program's seeded weights."""
    pytest.importorskip("onnxruntime")
    program = "INPUT(8x8x3) -> conv: CONV(4) -> RELU -> GAP -> fc: FC(5)"
    onnx_model(tmp_path / "same.onnx", "conv.weight")
    same = cnnc("verify", "-", "--against", tmp_path / "same.onnx", stdin=program)
    assert same.status == 0, same.err
    other = program.replace("RELU", "TANH")
    assert cnnc("verify", "-", "--against", tmp_path / "same.onnx", stdin=other).status == 1
    image = program.replace("8x8x3", "9x9x3")
    smaller = cnnc("verify", "-", "--against", tmp_path / "same.onnx", stdin=image)
    assert smaller.status == 1 and "error[E0603]" in smaller.err
    onnx_model(tmp_path / "renamed.onnx", "w0")
    renamed = cnnc("verify", "-", "--against", tmp_path / "renamed.onnx", stdin=program)
    assert renamed.status == 1 and "conv.weight" in renamed.err
