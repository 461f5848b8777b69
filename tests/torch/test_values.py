"""Names of values, sizes, identifiers, headers: what both backends share."""

from __future__ import annotations

import time

import pytest

import cnnc
from backends.header import batch, plain
from backends.identifiers import Names, class_name, identifier
from backends.values import name_values
from compiler.ops.activation import Relu
from compiler.ops.convolution import Conv
from compiler.ops.linear import FullyConnected
from compiler.ops.merge import Add, Concat
from compiler.ops.pooling import MaxPool
from compiler.volume import Volume
from tests.torch.build import Program, chain


def named(program: Program, reserved: tuple[str, ...] = ()) -> dict[str, str]:
    graph = program.graph
    return {graph[node].path: name for node, name in name_values(graph, reserved).items()}


def test_a_chain_keeps_its_name() -> None:
    names = named(chain(Volume(4, 4, 3), Conv(4), Relu(), Conv(5)))
    assert set(names.values()) == {"x"}


def test_residual() -> None:
    program = Program()
    source = program.input(4, 4, 3, path="in")
    first = program.add(Conv(3), source, path="conv1")
    second = program.add(Relu(), first, path="relu")
    merged = program.add(Add(), second, source, path="add")
    names = named(program.output(program.add(Relu(), merged, path="last")))
    wanted = {"in": "x", "conv1": "branch1", "relu": "branch1", "add": "x", "last": "x"}
    assert names == wanted


def test_inception() -> None:
    program = Program()
    source = program.input(4, 4, 3)
    nodes = [program.add(Conv(3), source, path=f"c{number}") for number in range(4)]
    names = named(program.output(program.add(Concat(), *nodes, path="cat")))
    assert [names[f"c{number}"] for number in range(4)] == ["branch1", "branch2", "branch3", "x"]
    assert names["cat"] == "x"


def test_outputs_stay_alive() -> None:
    program = Program()
    first = program.add(Conv(3), program.input(4, 4, 3), path="first")
    second = program.add(Conv(3), first, path="second")
    names = named(program.output(first, "a").output(second, "b"))
    assert names["first"] != names["second"]


def test_training_values_carry_the_outputs_name() -> None:
    program = Program()
    source = program.input(4, 4, 3)
    head = program.add(FullyConnected(5), source, path="head")
    head = program.add(Relu(), head, path="head2")
    main = program.add(FullyConnected(5), source, path="main")
    names = named(program.output(main).output(head, "relu", train=True), ("relu",))
    assert (names["head"], names["head2"], names["main"]) == ("relu_", "relu_", "x")


def test_several_inputs_are_called_after_their_paths() -> None:
    program = Program()
    paths = ("left.image", "class", "branch1", "x", "1", "input")
    nodes = [program.input(4, 4, 3, path=path) for path in paths]
    names = named(program.output(program.add(Add(), *nodes)))
    wanted = ["left_image", "class_", "branch1_", "x_", "input5", "input_"]
    assert [names[path] for path in paths] == wanted
    assert names["6"] == "x"


def test_what_no_output_needs_has_no_name() -> None:
    program = Program()
    source = program.input(4, 4, 3)
    program.add(Conv(3), source, path="idle")
    names = named(program.output(program.add(Conv(3), source, path="used")))
    assert names == {"0": "x", "used": "x"}


@pytest.mark.parametrize("target", ["googlenet.cnn:GoogLeNet", "densenet.cnn:DenseNet121"])
def test_no_value_is_overwritten_while_it_is_needed(target: str) -> None:
    """Run as the backends run: every input of a node still holds its own value."""
    graph = cnnc.load(f"examples/{target}").journey.graph
    names = name_values(graph)
    held: dict[str, int] = {}
    for node in graph:
        assert all(held[names[each]] == each for each in graph.inputs(node))
        held[names[node]] = node
    assert all(held[names[output.node]] == output.node for output in graph.outputs)


def test_linear_in_the_size_of_the_graph() -> None:
    program = Program()
    first = node = program.input(1, 1, 1)
    for _ in range(20_000):
        node = program.add(Add(), program.add(Relu(), node), node, first)
    started = time.process_time()
    assert len(named(program.output(node))) == 40_001
    assert time.process_time() - started < 20


def test_other_sizes_run() -> None:
    program = chain(Volume(8, 8, 3), Conv(4), MaxPool((3, 3), (2, 2), (1, 1, 1, 1), round="ceil"))
    import torch

    net = program.build()
    assert net(torch.zeros(1, 3, 11, 20)).shape == (1, 4, 6, 11)
    with pytest.raises(ValueError, match=r"expected torch\.float32 N x 3 x any x any, got .* 4 x"):
        net(torch.zeros(1, 4, 8, 8))


def test_identifiers() -> None:
    assert identifier("input") == "input_"
    assert identifier("match") == "match_"
    assert identifier("___") == "value"
    assert identifier("relu", {"relu"}) == "relu_"
    assert [Names({"x"}).take("x"), Names().take("x")] == ["x_2", "x"]
    names = Names()
    assert [names.take(each) for each in ("a", "a", "a_2", "a")] == ["a", "a_2", "a_2_2", "a_3"]


@pytest.mark.parametrize("name", ["", "_", "日本", "a-b", "9", "self", "True", "exec", "x" * 99])
def test_class_names(name: str) -> None:
    result = class_name(name)
    assert result.isidentifier()
    assert result.isascii()
    assert result[0].isupper()


@pytest.mark.parametrize("char", ["\n", "\r", "\0", "\x85", "\u2028", "\u202e", "\udc80", "\xa0"])
def test_hidden_characters_are_written_out(char: str) -> None:
    assert plain(f"a{char}b") == f"a\\{ascii(char)[1:-1]}b"
    compile(f'"""{plain(char)}"""  # {plain(char)}', "test", "exec")


def test_volumes_with_their_batch() -> None:
    assert batch(Volume(4, 5, 6)) == "N x 6 x 4 x 5"
    assert batch(Volume(1, 1, 6, flat=True)) == "N x 6"
