"""Section 3 of the language: params, defaults, blocks, nets, outputs, use, budgets and recipes."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

import cnnc
from tests.language.small import code, graph, layers, noise, ops

IMAGE = "INPUT(8x8x4) ->"


def test_a_param_is_set_from_outside() -> None:
    text = f"param n = 3 let twice = 2 * n {IMAGE} CONV(twice)"
    assert layers(text)[1] == "CONV(6) 8x8x6"
    assert layers(text, n=5)[1] == layers(text, n="2 + 3")[1] == "CONV(10) 8x8x10"
    assert graph(text, n=5).params == {"n": 5}
    assert code(text, twice=2) == "E0210"


def test_a_domain_is_checked() -> None:
    text = f"param n = 2 in 0..3 param m = 1 in [1, 4] {IMAGE} [RELU]*n -> [TANH]*m"
    assert ops(text, n=3, m=4) == ["RELU"] * 3 + ["TANH"] * 4
    for outside in ({"n": 4}, {"m": 2}):
        assert code(text, None, **outside) == "E0211"
    assert code(f"param n = 9 in 0..3 {IMAGE} RELU") == "E0211"


def test_lets_read_what_stands_before_them() -> None:
    text = f"let a = 2 let b = [a, a + 1] {IMAGE} [CONV(c, 1) for c in b]"
    assert [line.split()[0] for line in layers(text)[1:]] == ["CONV(2,", "CONV(3,"]


def test_defaults_hold_from_where_they_stand() -> None:
    text = f"""block early() = CONV(2)
               default CONV(bias=false)
               block middle() = CONV(2)
               default CONV(bias=true, k=1)
               {IMAGE} early() -> middle() -> CONV(2) -> CONV(2, 3)"""
    assert [line.rsplit(" ", 1)[0] for line in layers(text)[1:]] == [
        "CONV(2)",
        "CONV(2, bias=false)",
        "CONV(2, 1)",
        "CONV(2)",
    ]


def test_defaults_are_lexical() -> None:
    """Those of a body end with it, and a block keeps its own in whatever body it is called."""
    text = f"""block plain() = BN
               block soft() {{ default BN(eps=0.1)
                               BN -> plain() }}
               {IMAGE} soft() -> BN"""
    assert [line.rsplit(" ", 1)[0] for line in layers(text)[1:]] == ["BN(0.1)", "BN", "BN"]


NETS = "net A(classes = 10, k = 3) = INPUT -> CONV(2, k) -> FC(classes) net B = INPUT -> RELU"


def test_a_file_may_hold_several_nets() -> None:
    assert graph(NETS, "A").name == "A" and ops(NETS, "B") == ["RELU"]
    assert code(NETS) == "E0212"
    assert ops(f"{NETS} INPUT -> TANH", "small") == ["TANH"]


def test_nets_with_parameters() -> None:
    assert layers(NETS, "A", classes=3, k=5)[1:] == ["CONV(2, 5) 224x224x2", "FC(3) 1x1x3"]
    assert graph(NETS, "A").params == {"classes": 10, "k": 3}


def test_a_bare_chain_is_the_network_named_after_the_file() -> None:
    assert cnnc.loads("INPUT -> RELU", name="folder/lenet.cnn").name == "lenet"


def test_a_free_name_is_a_param_without_a_default() -> None:
    text = f"{IMAGE} [CONV(4) -> RELU]*N -> CONV(M)"
    assert code(text) == "E0209"
    with pytest.raises(cnnc.CnnError, match=r"N, M") as error:
        cnnc.loads(text)
    assert "--set N=2" in str(error.value)
    assert ops(text, N=2, M=3) == ["CONV", "RELU", "CONV", "RELU", "CONV"]
    assert graph(text, N=2, M=3).params == {"N": 2, "M": 3}


def test_further_outputs() -> None:
    text = """net N { x = INPUT(8x8x4) -> CONV(2)
                      output early = x -> RELU
                      output aux (train, weight=0.3) = x -> GAP
                      x -> FC(5) }"""
    found = [(each.name, each.train, each.weight) for each in graph(text).outputs]
    assert found == [("output", False, 1.0), ("early", False, 1.0), ("aux", True, 0.3)]
    outputs = cnnc.loads(text).build("numpy")(noise(1, 4, 8, 8))
    assert {name: value.shape for name, value in outputs.items()} == {
        "output": (1, 5),
        "early": (1, 2, 8, 8),
    }


def test_names_from_another_file_relative_to_this_one(tmp_path: Path) -> None:
    (tmp_path / "blocks").mkdir()
    common = "default CONV(bias=false) param n = 4 block unit(k) = CONV(n, k) -> act() "
    (tmp_path / "blocks" / "common.cnn").write_text(f"{common} block act() = RELU", "utf-8")
    program = tmp_path / "net.cnn"
    program.write_text(
        'use "blocks/common.cnn" (unit)\nINPUT(8x8x4) -> unit(1) -> CONV(2)', "utf-8"
    )
    found = cnnc.load(program, n=5).journey.graph
    assert [str(found[node].op) for node in found] == [
        "INPUT(8x8x4)",
        "CONV(5, 1, bias=false)",
        "RELU",
        "CONV(2)",
    ]


def test_names_from_the_library() -> None:
    text = f"use std.conv (conv_bn) {IMAGE} conv_bn(6, act=TANH) -> conv_bn(2, act=ID)"
    assert ops(text) == ["CONV", "BN", "TANH", "CONV", "BN", "ID"]
    assert code(f"use std.conv (conv) {IMAGE} conv(6)") == "E0216"


def test_budgets_and_recipes_are_checked() -> None:
    recipe = """train { optimizer = sgd(lr=0.1, momentum=0.9), schedule = cosine
                        batch = 8 epochs = 2, loss = cross_entropy }
                budget { params <= 4.3e6, macs <= 600e6, activations <= 20e6 }"""
    assert ops(f"{recipe} {IMAGE} RELU") == ["RELU"]
    assert code(f"budget {{ weights <= 3 }} {IMAGE} RELU") == "E0222"


def test_a_bare_chain_has_the_defaults_in_force_where_it_stands() -> None:
    text = f"default CONV(k=1) {IMAGE} CONV(2) default CONV(k=5)"
    assert layers(text)[1] == "CONV(2, 1) 8x8x2"


def test_a_net_and_a_bare_chain_of_one_name() -> None:
    assert code(f"net small = {IMAGE} RELU {IMAGE} TANH") == "E0207"


def test_files_used_together_have_no_param_in_common(tmp_path: Path) -> None:
    (tmp_path / "b.cnn").write_text("param n = 4 block unit() = CONV(n)", "utf-8")
    (tmp_path / "a.cnn").write_text(
        f'use "b.cnn" (unit) param n = 2 {IMAGE} unit() -> CONV(n)', "utf-8"
    )
    with pytest.raises(cnnc.CnnError, match="E0207") as error:
        cnnc.load(tmp_path / "a.cnn")
    assert "a.cnn:1:26" in str(error.value) and "b.cnn:1:7" in str(error.value)


def test_whole_ends_of_a_domain_mean_whole_values() -> None:
    text = f"param n = 2 in 0..3 param w = 1 in 0.0..1.0 {IMAGE} [RELU]*n"
    assert ops(text, n=3.0, w=0.5) == ["RELU"] * 3
    assert code(text, n=1.5) == "E0211"
    assert code(f"param n = 2 in [1, 2] {IMAGE} RELU", n=True) == "E0211"


def test_operators_and_blocks_in_params_are_shown_by_their_names() -> None:
    text = f"block b() = RELU param acts = [b, (RELU, 1)] {IMAGE} [a for a in [acts[0]]]"
    assert graph(text).params == {"acts": ["b", ("RELU", 1)]}


def test_numbers_of_numpy_are_numbers() -> None:
    text = f"param n = 1 param c = [1] param w = 1.0 {IMAGE} [RELU]*n"
    set_ = {"n": np.int64(2), "c": [np.int32(3)], "w": np.float32(0.5)}
    assert repr(graph(text, None, **set_).params) == "{'n': 2, 'c': [3], 'w': 0.5}"
