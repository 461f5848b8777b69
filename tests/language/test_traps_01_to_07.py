"""The traps of CONFORMANCE, by number: windows, norms, channels."""

from __future__ import annotations

from itertools import product
from typing import Any

import numpy as np
import onnxruntime
import torch
import torch.nn.functional as F
from onnx import TensorProto, helper
from torchvision.models._utils import _make_divisible

import cnnc
from compiler.expansion.functions import make_divisible
from tests.language.small import (
    Array,
    assert_close,
    example,
    layers,
    noise,
    numpy_output,
    seeded,
)

PROVIDER = "CPUExecutionProvider"


def onnx_says(op: str, *inputs: Array, **attributes: Any) -> Any:
    """The output of one ONNX operator, computed by onnxruntime."""
    feeds = {f"x{index}": array for index, array in enumerate(inputs)}
    described = [
        helper.make_tensor_value_info(name, TensorProto.FLOAT, array.shape)
        for name, array in feeds.items()
    ]
    output = helper.make_tensor_value_info("y", TensorProto.FLOAT, None)
    node = helper.make_node(op, list(feeds), ["y"], **attributes)
    model = helper.make_model(
        helper.make_graph([node], op, described, [output]),
        opset_imports=[helper.make_opsetid("", 13)],
        ir_version=8,
    )
    session = onnxruntime.InferenceSession(model.SerializeToString(), providers=[PROVIDER])
    return session.run(None, feeds)[0]


def test_trap_01_pooling_rounds_down_unless_told() -> None:
    """`ceil` leaves out a last window that would start in the padding at the far end."""
    assert layers("INPUT(6x6x1) -> POOL(3, stride=2)")[-1].endswith("2x2x1")
    assert layers("INPUT(6x6x1) -> POOL(3, stride=2, round=ceil)")[-1].endswith("3x3x1")
    left_out = 0
    for size, k, stride, pad in product(range(4, 9), (2, 3), (2, 3), (0, 1)):
        x = noise(1, 2, size, size)
        text = f"INPUT(({size}, {size}, 2)) -> POOL({k}, stride={stride}, pad={pad}, round=ceil)"
        expected = F.max_pool2d(torch.from_numpy(x), k, stride, pad, ceil_mode=True)
        assert_close(numpy_output(text, x), expected)
        left_out += -(-(size + 2 * pad - k) // stride) + 1 != expected.shape[2]
    assert left_out, "none of these sizes has a window to leave out"


def test_trap_02_count_pad_says_whether_padding_counts_in_a_mean() -> None:
    x = noise(1, 2, 6, 6)
    text = "INPUT(6x6x2) -> AVGPOOL(3, stride=2, pad=1{})"
    counted, not_counted = text.format(""), text.format(", count_pad=false")
    assert_close(numpy_output(counted, x), F.avg_pool2d(torch.from_numpy(x), 3, 2, 1))
    given = {"kernel_shape": [3, 3], "strides": [2, 2], "pads": [1, 1, 1, 1]}
    assert_close(numpy_output(not_counted, x), onnx_says("AveragePool", x, **given))


def test_trap_03_same_is_tensorflows_and_not_half_where_the_stride_is_2() -> None:
    x = noise(1, 2, 8, 8)
    text = "INPUT(8x8x2) -> conv: CONV(3, 3, stride=2, pad={})"
    weights = seeded(text.format("same"))
    expected = onnx_says(
        "Conv",
        x,
        weights["conv.weight"],
        weights["conv.bias"],
        strides=[2, 2],
        auto_pad="SAME_UPPER",
    )
    same, half = (numpy_output(text.format(pad), x) for pad in ("same", "half"))
    assert_close(same, expected)
    assert same.shape == half.shape and not np.allclose(same, half)
    assert layers("INPUT(7x7x2) -> POOL(2, pad=same)")[-1].endswith("4x4x2")


def test_trap_04_lrn_divides_alpha_by_size_and_the_paper_does_not() -> None:
    x = 20 * noise(1, 8, 3, 3)
    ours = numpy_output("INPUT(3x3x8) -> LRN(5, alpha=5e-4, beta=0.75, k=2)", x)
    tensor = torch.from_numpy(x)
    assert_close(ours, F.local_response_norm(tensor, 5, alpha=5e-4, beta=0.75, k=2.0))
    assert_close(ours, onnx_says("LRN", x, size=5, alpha=5e-4, beta=0.75, bias=2.0))
    squares = np.pad(x**2, ((0, 0), (2, 2), (0, 0), (0, 0)))
    sums = sum(squares[:, shift : shift + 8] for shift in range(5))
    assert_close(ours, x / (2 + 1e-4 * sums) ** 0.75)
    lrn = [row.layer for row in example("alexnet.cnn:AlexNet2012").report().rows if row.op == "LRN"]
    assert [str(each) for each in lrn] == ["LRN(alpha=0.0005, k=2)"] * 2


def test_trap_05_batch_norm_has_2c_parameters_and_2c_buffers() -> None:
    text = "INPUT(4x4x6) -> bn: BN"
    totals = cnnc.loads(text).report().totals
    assert (totals.parameters, totals.buffers) == (12, 12)
    x = torch.from_numpy(noise(8, 6, 4, 4))
    ours = cnnc.loads(text).build("torch", train=True).train()
    theirs = torch.nn.BatchNorm2d(6)
    for _ in range(3):
        torch.testing.assert_close(ours(x), theirs(x))
    torch.testing.assert_close(ours.bn.running_var, theirs.running_var)
    assert ours.bn.eps == theirs.eps == 1e-5 and ours.bn.momentum == theirs.momentum == 0.1
    googlenet = example("googlenet.cnn:GoogLeNet").report().rows
    assert {str(row.layer) for row in googlenet if row.op == "BN"} == {"BN(0.001)"}


def test_trap_06_alexnet_wants_227_or_padding() -> None:
    first = "INPUT({}) -> CONV(96, 11, stride=4, pad={}, round=strict)"
    assert layers(first.format("227x227x3", 0))[-1].endswith("55x55x96")
    assert layers(first.replace(", round=strict", "").format("224x224x3", 2))[-1].endswith(
        "55x55x96"
    )
    try:
        cnnc.loads(first.format("224x224x3", 0))
    except cnnc.CnnError as error:
        assert "54.25" in str(error) and "227" in str(error)
    else:
        raise AssertionError("54.25 was taken for a size")


def test_trap_07_make_divisible_never_goes_below_nine_tenths() -> None:
    for tenths, divisor in product(range(1, 3000, 7), (4, 8, 16)):
        wanted = tenths / 10
        assert make_divisible(wanted, divisor) == _make_divisible(wanted, divisor)
        assert make_divisible(wanted, divisor) >= 0.9 * wanted
    last = [row.volume.c for row in example("mobilenet_v2.cnn", width=0.5).report().rows][-4:]
    assert last[0] == 1280
    text = (example("mobilenet_v1.cnn").journey.source.text).replace(
        "[0.25, 0.5, 0.75, 1.0]", "0.0..1.0"
    )
    assert cnnc.loads(text, width=0.3).report().rows[1].volume.c == int(0.3 * 32) == 9
