"""The traps of CONFORMANCE, by number: blocks, training, counting, folding."""

from __future__ import annotations

from dataclasses import fields

import pytest
import torch
import torch.nn.functional as F

import cnnc
from compiler.dump import dump
from compiler.ops.convolution import Conv
from compiler.optimise import Level
from tests.language.small import (
    assert_close,
    example,
    graph,
    noise,
    numpy_output,
    ops,
    paths,
    seeded,
    torch_output,
    totals,
)


def test_trap_08_inverted_residuals() -> None:
    text = """use std.mobile (inverted_residual)
              INPUT(8x8x16) -> unit: inverted_residual({})"""
    adds = {call: ops(text.format(call)) for call in ("6, 16", "6, 16, stride=2", "6, 24", "1, 16")}
    whole = ["CONV", "BN", "RELU6", "DWCONV", "BN", "RELU6", "CONV", "BN"]
    assert adds == {
        "6, 16": [*whole, "ID", "ADD"],
        "6, 16, stride=2": whole,
        "6, 24": whole,
        "1, 16": [*whole[3:], "ID", "ADD"],
    }


def test_trap_09_auxiliary_heads_are_for_training_alone() -> None:
    net = example("googlenet.cnn:GoogLeNet")
    outputs = [(each.name, each.train, each.weight) for each in net.journey.graph.outputs]
    assert outputs == [("output", False, 1.0), ("aux1", True, 0.3), ("aux2", True, 0.3)]
    inference = net.journey.inference.graph
    assert not any(inference[node].path.startswith("aux") for node in inference)
    assert any(path.startswith("aux1.") for path in paths(net.journey.source.text, "GoogLeNet"))
    windows = [
        {
            row.layer.k
            for row in example(f"googlenet.cnn:{name}").report().rows
            if isinstance(row.layer, Conv)
        }
        for name in ("GoogLeNet", "GoogLeNetPaper")
    ]
    assert windows == [{(7, 7), (1, 1), (3, 3)}, {(7, 7), (1, 1), (3, 3), (5, 5)}]


def test_trap_10_fc_flattens_channel_major() -> None:
    text = "INPUT(3x4x5) -> CONV(6, 3) -> fc: FC(7)"
    x, weights = noise(2, 5, 3, 4), seeded(text)
    kernel, bias = (torch.from_numpy(weights[f"1.{key}"]) for key in ("weight", "bias"))
    volume = F.conv2d(torch.from_numpy(x), kernel, bias, padding=1)
    flat = volume.numpy().reshape(2, 6 * 3 * 4)
    assert_close(numpy_output(text, x), flat @ weights["fc.weight"].T + weights["fc.bias"])


def test_trap_11_dropout_acts_in_training_alone_and_costs_nothing() -> None:
    text = "INPUT(50x50x8) -> DROPOUT(0.3)"
    model = cnnc.loads(text).build("torch", train=True)
    x = torch.ones(1, 8, 50, 50)
    assert torch.equal(model.eval()(x), x)
    torch.manual_seed(0)
    dropped = model.train()(x)
    assert abs((dropped == 0).float().mean() - 0.3) < 0.02
    torch.testing.assert_close(dropped.max(), torch.tensor(1 / 0.7))
    levels: tuple[Level, ...] = (0, 1, 2)
    for level in levels:
        assert (numpy_output(text, x.numpy(), level=level) == 1).all()
    with_it, without = (
        cnnc.loads(f"INPUT(8x8x3) -> CONV(4) {each} -> FC(10)").report().totals
        for each in ("-> DROPOUT", "")
    )
    assert with_it == without
    assert graph(text).params == {}


def test_trap_12_depthwise_macs_are_divided_by_the_groups_once() -> None:
    grouped = totals("INPUT(8x8x16) -> CONV(32, 3, groups=4)")
    quarter = totals("INPUT(8x8x4) -> CONV(8, 3)")
    assert (grouped.macs, grouped.parameters) == (4 * quarter.macs, 4 * quarter.parameters)
    assert totals("INPUT(8x8x16) -> DWCONV(3)").macs == 8 * 8 * 16 * 9
    assert totals("INPUT(8x8x16) -> DWCONV(3)") == totals("INPUT(8x8x16) -> CONV(16, 3, groups=16)")


FOLDED = (
    "CONV(6, bias=false) -> BN",
    "CONV(6) -> BN(eps=0.1)",
    "CONV(6, groups=2) -> BN",
    "DWCONV(3, multiplier=2, bias=false) -> BN",
    "TCONV(6, bias=false) -> BN",
    "TCONV(6, groups=2) -> BN(eps=0.1)",
    "CONV(6) -> BN(affine=false)",
    "FC(6, bias=false) -> BN",
)


@pytest.mark.parametrize("layers", FOLDED)
def test_trap_13_folding_changes_no_value(layers: str) -> None:
    text = f"INPUT(6x5x4) -> {layers} -> RELU"
    assert "BN" not in dump(cnnc.loads(text).journey.optimised(2).graph)
    x = noise(2, 4, 6, 5)
    expected = torch_output(text, x, level=0)
    assert_close(torch_output(text, x), expected)
    levels: tuple[Level, ...] = (0, 1, 2)
    for level in levels:
        assert_close(numpy_output(text, x, level=level), expected)


@pytest.mark.parametrize(
    "layers",
    [
        "CONV(4) -> ADD{ BN | ID }",
        "ADD{ CONV(4) -> BN | CONV(4) } -> BN",
        "CONV(4) -> RELU -> BN",
    ],
)
def test_trap_13_no_fold_where_another_reads_the_convolution(layers: str) -> None:
    text = f"INPUT(6x5x4) -> {layers}"
    kept = ops(text).count("BN") - dump(cnnc.loads(text).journey.optimised(2).graph).count("folded")
    assert kept == 1
    x = noise(2, 4, 6, 5)
    assert_close(numpy_output(text, x), torch_output(text, x, level=0))


def test_trap_13_nothing_is_folded_for_training() -> None:
    net = cnnc.loads("INPUT(8x8x3) -> CONV(4, bias=false) -> BN")
    assert "BatchNorm2d" in net.emit("torch", train=True)
    assert "BatchNorm2d" not in net.emit("torch")


@pytest.mark.parametrize("target", ["googlenet.cnn:GoogLeNet", "mobilenet_v2.cnn", "lenet.cnn"])
def test_trap_14_counts_are_integers_and_totals_the_sums_of_rows(target: str) -> None:
    report = example(target).report()
    for each in fields(report.totals):
        total = getattr(report.totals, each.name)
        assert type(total) is int
        assert total == sum(getattr(row, each.name) for row in report.rows)


def test_trap_15_units() -> None:
    """One multiply-accumulate is one MAC and two FLOPs; MB is 10^6 bytes, and MiB says MiB."""
    report = cnnc.loads("INPUT(1x1x1000) -> FC(1000)").report()
    assert report.totals.macs == 10**6
    assert "1,000,000 MACs" in str(report) and "one MAC is two FLOPs" in str(report)
    notes = example("vgg.cnn:VGG16").report().to_cs231n()
    assert "15,237,608 values * 4 bytes = 60.95 MB (58.13 MiB)" in notes
