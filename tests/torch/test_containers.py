"""Where the layers stand: keys are the program's paths, whatever they are."""

from __future__ import annotations

import pytest
import torch
from torch import nn

from backends.torch.reserved import DICT, MODULE, SEQUENTIAL
from compiler.ops.activation import Relu
from compiler.ops.convolution import Conv
from compiler.ops.linear import FullyConnected
from compiler.ops.merge import Add
from compiler.ops.regularisation import Dropout
from compiler.volume import Volume
from dsl.diagnostics import CnnError
from tests.torch.build import Program, chain, difference, noise, randomise

SMALL = Volume(4, 4, 3)


def test_a_chain_is_a_sequential() -> None:
    program = chain(SMALL, ("f.0", Conv(4)), ("f.1", Relu()), ("f.2", Conv(5)))
    assert "nn.Sequential(\n            nn.Conv2d(3, 4, " in program.source()
    net = program.build()
    assert isinstance(net.f, nn.Sequential)
    assert list(net.state_dict()) == ["f.0.weight", "f.0.bias", "f.2.weight", "f.2.bias"]


def test_a_chain_with_gaps_keeps_its_numbers() -> None:
    program = chain(SMALL, ("f.0", Conv(4)), ("f.2", Relu()), ("f.7.1", Conv(5)), ("f.7.2", Relu()))
    net = program.build()
    assert list(net.state_dict()) == ["f.0.weight", "f.0.bias", "f.7.1.weight", "f.7.1.bias"]
    assert [name for name, _ in net.f.named_children()] == ["0", "2", "7"]


def test_what_is_read_from_outside_is_no_chain() -> None:
    program = Program()
    first = program.add(Conv(3), program.input(4, 4, 3), path="f.0")
    second = program.add(Conv(3), first, path="f.1")
    net = program.output(program.add(Add(), first, second)).build()
    assert isinstance(net.f, nn.ModuleDict)


def test_an_output_in_the_middle_is_no_chain() -> None:
    program = Program()
    first = program.add(Conv(3), program.input(4, 4, 3), path="f.0")
    second = program.add(Conv(3), first, path="f.1")
    net = program.output(first, "middle").output(second, "end").build()
    assert isinstance(net.f, nn.ModuleDict)
    assert set(net(noise(1, 3, 4, 4))) == {"middle", "end"}


def test_flattening_stands_before_the_sequential() -> None:
    program = chain(SMALL, ("c.0", Dropout()), ("c.1", FullyConnected(5)), ("c.2", Relu()))
    net = program.build()
    assert "torch.flatten(x, 1)  # N x 48" in program.source()
    assert [type(each) for each in net.c] == [nn.Dropout, nn.Linear, nn.ReLU]


def test_padding_gets_a_name_of_its_own() -> None:
    uneven = Conv(4, (3, 3), (1, 1), (0, 1, 0, 1))
    net = chain(SMALL, ("f.a", uneven), ("f.a_pad", Conv(4)), ("f.2", Relu())).build()
    assert [name for name, _ in net.f.named_children()] == ["a_pad_2", "a", "a_pad", "2"]
    assert net(noise(1, 3, 4, 4)).shape == (1, 4, 3, 3)


@pytest.mark.parametrize(
    "path", ["3", "3.conv", "3.0.conv", "class", "__conv", "a.class", "a.b.c.d.e", "True.0", "_x"]
)
def test_awkward_paths(path: str) -> None:
    program = chain(SMALL, (path, Conv(4)), (f"{path}x", Relu()))
    net = program.build()
    state = randomise(net)
    assert set(state) == {f"{path}.weight", f"{path}.bias"}
    x = noise(2, 3, 4, 4)
    wanted = nn.functional.conv2d(x, state[f"{path}.weight"], state[f"{path}.bias"], padding=1)
    assert difference(net(x), wanted.relu()) < 1e-6


def test_a_long_path_is_laid_out() -> None:
    path = ".".join(["a_rather_long_label"] * 6)
    net = chain(SMALL, (path, Conv(4))).build()
    assert f"{path}.weight" in net.state_dict()


@pytest.mark.parametrize("path", ["train", "half", "a.keys.0", "a.type", "load", "__class__"])
def test_names_that_pytorch_has_taken(path: str) -> None:
    with pytest.raises(CnnError, match=r"E0702") as caught:
        chain(SMALL, (path, Conv(4))).source()
    assert path in str(caught.value)


def test_names_taken_in_a_sequence_alone() -> None:
    assert chain(SMALL, ("insert", Conv(4)), ("a.insert", Conv(4))).build()
    with pytest.raises(CnnError, match=r"E0702"):
        chain(SMALL, ("a.insert", Conv(4)), ("a.1", Relu())).source()


def test_a_layer_that_holds_another() -> None:
    with pytest.raises(CnnError, match=r"E0701"):
        chain(SMALL, ("a", Conv(4)), ("a.0", Conv(4))).source()
    with pytest.raises(CnnError, match=r"E0701"):
        chain(SMALL, ("a.0", Conv(4)), ("a", Conv(4))).source()


@pytest.mark.parametrize(
    ("container", "known"),
    [(nn.Module, MODULE), (nn.ModuleDict, MODULE | DICT), (nn.Sequential, MODULE | SEQUENTIAL)],
)
def test_the_reserved_names_are_those_of_torch(
    container: type[nn.Module], known: frozenset[str]
) -> None:
    names = {name for name in dir(container()) if not name.startswith("__")}
    assert names <= known


def test_unused_layers_keep_their_weights() -> None:
    program = Program()
    source = program.input(4, 4, 3)
    program.add(Conv(4), source, path="f.0")
    net = program.output(program.add(Conv(5), source, path="f.1")).build()
    assert set(net.state_dict()) == {"f.0.weight", "f.0.bias", "f.1.weight", "f.1.bias"}
    assert net(torch.zeros(1, 3, 4, 4)).shape == (1, 5, 4, 4)
