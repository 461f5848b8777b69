"""The training graph, and the tools that take any nn.Module."""

from __future__ import annotations

import io
import warnings
from typing import Any

import pytest
import torch
from torch import nn

from compiler.ops.activation import Relu
from compiler.ops.convolution import Conv
from compiler.ops.linear import FullyConnected
from compiler.ops.merge import Add
from compiler.ops.normalisation import BatchNorm
from compiler.ops.pooling import GlobalAvgPool, MaxPool
from compiler.ops.regularisation import Dropout
from tests.torch.build import Program, difference, noise


def two_heads() -> Program:
    program = Program()
    node = program.add(Conv(8, bias=False), program.input(8, 8, 3), path="conv")
    node = program.add(Relu(), program.add(BatchNorm(), node, path="bn"))
    side = program.add(Conv(8), node, path="side.conv")
    node = program.add(Relu(), program.add(Add(), side, node))
    head = program.add(FullyConnected(4), node, path="aux.fc")
    head = program.add(Dropout(), program.add(Relu(), head))
    node = program.add(GlobalAvgPool(), program.add(MaxPool(), node))
    main = program.add(FullyConnected(5), node, path="fc")
    return program.output(main).output(head, "aux", train=True)


def test_outputs_of_training() -> None:
    net = two_heads().build(train=True)
    x = noise(2, 3, 8, 8)
    assert net.training
    assert {name: value.shape for name, value in net(x).items()} == {
        "output": (2, 5),
        "aux": (2, 4),
    }
    calls: list[Any] = []
    net.aux["fc"].register_forward_hook(lambda *each: calls.append(each))
    assert net.eval()(x).shape == (2, 5)
    assert not calls


def test_inference_leaves_the_head_out() -> None:
    net, trained = two_heads().build(), two_heads().build(train=True).eval()
    assert not hasattr(net, "aux")
    net.load_state_dict(trained.state_dict())
    x = noise(2, 3, 8, 8)
    assert difference(net(x), trained(x)) < 1e-6


def test_initial_weights() -> None:
    torch.manual_seed(0)
    net = two_heads().build(train=True)
    assert not net.fc.bias.any()
    assert net.fc.weight.std().item() == pytest.approx(0.01, rel=0.5)
    assert net.conv.weight.std().item() == pytest.approx((2 / (8 * 9)) ** 0.5, rel=0.2)
    assert not net.side["conv"].bias.any()
    assert torch.equal(net.bn.weight, torch.ones(8))


def test_gradients_in_place() -> None:
    """The same gradients as with ReLUs that overwrite nothing."""
    torch.manual_seed(0)
    net = two_heads().build(train=True)
    source = two_heads().source(train=True)
    assert "F.relu(self.bn(self.conv(x)), inplace=True)" in source
    assert "F.relu(branch1 + x, inplace=True)" in source
    plain = Program.build.__globals__["import_text"](source.replace(", inplace=True", "")).Tested()
    plain.load_state_dict(net.state_dict())
    x = noise(4, 3, 8, 8)
    for each in (net, plain):
        torch.manual_seed(1)
        result = each(x)
        (result["output"].square().sum() + result["aux"].sum()).backward()
    for one, other in zip(net.parameters(), plain.parameters(), strict=True):
        assert torch.equal(one.grad, other.grad)


@pytest.mark.parametrize("bad", ["channels", "rank", "type", "integers"])
def test_wrong_inputs(bad: str) -> None:
    x = {
        "channels": noise(2, 4, 8, 8),
        "rank": noise(3, 8, 8),
        "type": noise(2, 3, 8, 8).double(),
        "integers": torch.zeros(2, 3, 8, 8, dtype=torch.uint8),
    }[bad]
    with pytest.raises(ValueError, match=r"expected torch\.float32 N x 3 x any x any, got"):
        two_heads().build()(x)


def test_half_precision_and_no_images() -> None:
    net = two_heads().build()
    assert net.bfloat16()(noise(2, 3, 8, 8).bfloat16()).dtype == torch.bfloat16
    assert net.float()(torch.zeros(0, 3, 8, 8)).shape == (0, 5)


def test_export_trace_and_pickle() -> None:
    net = two_heads().build()
    x = noise(3, 3, 8, 8)
    wanted = net(x)
    batch = torch.export.Dim("batch", min=2)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        exported = torch.export.export(net, (x,), dynamic_shapes=({0: batch},)).module()
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # it is deprecated, and cannot keep the check of shapes
        traced = torch.jit.trace(net, x)  # type: ignore[no-untyped-call]  # torch has no types there
    assert difference(exported(noise(5, 3, 8, 8)), net(noise(5, 3, 8, 8))) < 1e-6
    assert difference(traced(x), wanted) < 1e-6


@pytest.mark.slow
def test_compile() -> None:
    net = two_heads().build()
    x = noise(3, 3, 8, 8)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        compiled: Any = torch.compile(net, fullgraph=True, backend="eager")
        got: torch.Tensor = compiled(x)
    assert difference(got, net(x)) < 1e-6


def test_features_can_be_hooked() -> None:
    net = two_heads().build()
    seen: list[torch.Size] = []
    net.get_submodule("side.conv").register_forward_hook(lambda m, i, o: seen.append(o.shape))
    net(noise(1, 3, 8, 8))
    assert seen == [(1, 8, 8, 8)]
    assert isinstance(net, nn.Module)
    buffer = io.BytesIO()
    torch.save(net.state_dict(), buffer)
