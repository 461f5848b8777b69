"""Which array is which parameter, and why; on networks small enough to see it."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray
from safetensors.numpy import load_file, save_file

import cnnc
from cnnc.weights.converting import convert
from cnnc.weights.mapping import Mapped, map_weights
from cnnc.weights.rules import read_rules
from cnnc.weights.stored import Stored, Vertex, plain_part
from compiler.graph import Graph
from dsl.diagnostics import CnnError
from tests.cli.run import cnnc as run

Arrays = dict[str, NDArray[np.float32]]
NET = """
net Small(classes = 10) = INPUT(8x8x3) -> stem: CONV(4, bias=false) -> bn: BN -> RELU
  -> body: ADD{ a: CONV(4) | b: CONV(4) } -> RELU -> fc: FC(classes)
"""


def graph_of(text: str, **settings: Any) -> Graph:
    return cnnc.loads(text, **settings).journey.checked.graph


def arrays_of(graph: Graph, seed: int = 0) -> Arrays:
    noise = np.random.default_rng(seed)
    return {
        key: noise.standard_normal(shape).astype(np.float32)
        for key, shape in graph.weight_shapes().items()
    }


def stored(arrays: Mapping[str, NDArray[np.float32]], vertices: tuple[Vertex, ...] = ()) -> Stored:
    parts = tuple(plain_part(key, array) for key, array in arrays.items())
    return Stored(Path("w.npz"), "npz", parts, vertices)


def keys(mapped: Mapped) -> dict[str, str | None]:
    return {each.key: each.part.key if each.part else None for each in mapped.matches}


def reasons(mapped: Mapped) -> set[str]:
    return {each.why for each in mapped.matches}


@pytest.mark.parametrize("prefix", ["", "module.", "model.net.", "state/"])
def test_names(prefix: str) -> None:
    graph = graph_of(NET)
    mapped = map_weights(
        graph, stored({prefix + key: each for key, each in arrays_of(graph).items()})
    )
    assert keys(mapped) == {key: prefix + key for key in graph.weight_shapes()}
    told = f"same name behind {prefix.replace('/', '.')}" if prefix else "same name"
    assert reasons(mapped) == {told}
    assert not mapped.unused


def test_two_prefixes_are_no_prefix() -> None:
    """Two models in one file: neither is taken for the other."""
    graph = graph_of(NET)
    arrays = arrays_of(graph)
    both = {
        f"{name}.{key}": each for name in ("student", "teacher") for key, each in arrays.items()
    }
    mapped = map_weights(graph, stored(both))
    assert set(keys(mapped).values()) == {None}
    assert any("not certain: student." in each.why for each in mapped.matches)


def test_order_where_names_differ() -> None:
    graph = graph_of(NET)
    layers = list(dict.fromkeys(key.rpartition(".")[0] for key in graph.weight_shapes()))
    renamed = {
        f"layer{layers.index(key.rpartition('.')[0])}.{key.rpartition('.')[2]}": each
        for key, each in arrays_of(graph).items()
    }
    mapped = map_weights(graph, stored(renamed))
    assert reasons(mapped) == {"same layers in the same order"}
    assert keys(mapped)["b.weight" if "b.weight" in renamed else "body.b.weight"] == "layer3.weight"


def test_another_order_is_not_guessed() -> None:
    """Of two alike, neither; what is alone of its shape is taken, and said to be."""
    graph = graph_of(NET)
    arrays = {key.replace("body", "other"): each for key, each in arrays_of(graph).items()}
    arrays = {f"x.{key}.y.{key.rpartition('.')[2]}": each for key, each in arrays.items()}
    moved = dict(sorted(arrays.items(), key=lambda item: -item[1].size))
    moved = {f"{7 * number % 31}.{key}": each for number, (key, each) in enumerate(moved.items())}
    mapped = map_weights(graph, stored(moved))
    found = keys(mapped)
    assert found["body.a.weight"] is None and found["body.b.weight"] is None
    assert any(each.why.startswith("not certain: ") for each in mapped.lacking)
    with pytest.raises(CnnError, match=r"E0905[\s\S]*not certain"):
        convert(graph, stored(moved), mapped)


def test_structure_tells_branches_apart() -> None:
    """The file has its layers in another order, and two of one shape."""
    graph = graph_of("INPUT(8x8x4) -> CONCAT{ a: CONV(4) | b: CONV(4) -> RELU -> c: CONV(4) }")
    arrays = arrays_of(graph)
    names = {"a": "one", "b": "two", "c": "three"}
    shuffled = {
        f"{names[layer]}.{role}": arrays[f"{layer}.{role}"]
        for layer in ("c", "a", "b")
        for role in ("weight", "bias")
    }
    wires = (
        Vertex("input", ()),
        Vertex("layer", (0,), "two"),
        Vertex("layer", (1,), "three"),
        Vertex("layer", (0,), "one"),
        Vertex("concat", (3, 2)),
    )
    mapped = map_weights(graph, stored(shuffled, wires))
    assert reasons(mapped) == {"same structure"}
    assert keys(mapped) == {
        f"{ours}.{role}": f"{theirs}.{role}"
        for ours, theirs in names.items()
        for role in ("weight", "bias")
    }
    swapped = (*wires[:-1], Vertex("concat", (2, 3)))
    assert "same structure" not in reasons(map_weights(graph, stored(shuffled, swapped)))


def test_twins_are_exchanged_whole() -> None:
    """Two branches that nothing tells apart: their layers stay together."""
    graph = graph_of("INPUT(8x8x4) -> ADD{ a: CONV(4) -> b: CONV(4) | c: CONV(4) -> d: CONV(4) }")
    arrays = arrays_of(graph)
    wires = (
        Vertex("input", ()),
        Vertex("layer", (0,), "p"),
        Vertex("layer", (0,), "q"),
        Vertex("layer", (2,), "r"),
        Vertex("layer", (1,), "s"),
        Vertex("merge", (3, 4)),
    )
    names = dict(zip("pqrs", "acdb", strict=True))
    theirs = {
        f"{to}.{role}": arrays[f"{of}.{role}"]
        for to, of in names.items()
        for role in ("weight", "bias")
    }
    found = {
        key.partition(".")[0]: (other or "").partition(".")[0]
        for key, other in keys(map_weights(graph, stored(theirs, wires))).items()
    }
    assert (found["a"], found["b"]) in {("p", "s"), ("q", "r")}
    assert (found["c"], found["d"]) in {("p", "s"), ("q", "r")}
    assert len(set(found.values())) == 4


def test_shapes_that_differ_are_told() -> None:
    graph = graph_of(NET)
    arrays = arrays_of(graph)
    arrays["fc.weight"] = np.zeros((7, 256), np.float32)
    mapped = map_weights(graph, stored(arrays))
    (lacking,) = mapped.lacking
    assert lacking.why == "same name, but fc.weight is 7x256, not 10x256"


@pytest.mark.parametrize("renamed", [False, True])
def test_a_new_head(renamed: bool) -> None:
    graph, other = graph_of(NET), graph_of(NET, classes=7)
    arrays = arrays_of(other)
    if renamed:
        layers = list(dict.fromkeys(key.rpartition(".")[0] for key in arrays))
        arrays = {
            f"l{layers.index(key.rpartition('.')[0])}.{key.rpartition('.')[2]}": each
            for key, each in arrays.items()
        }
    mapped = map_weights(graph, stored(arrays), new_head=True)
    assert not mapped.lacking
    assert {each.key for each in mapped.matches if each.new} == {"fc.weight", "fc.bias"}
    assert len(mapped.unused) == 2
    made = convert(graph, stored(arrays), mapped, seed=3)
    assert made["fc.bias"].tolist() == [0.0] * 10
    assert 0.005 < made["fc.weight"].std() < 0.02
    assert np.array_equal(made["stem.weight"], arrays["l0.weight" if renamed else "stem.weight"])


def test_fc_is_a_convolution_over_all_of_a_map() -> None:
    fc = graph_of("INPUT(4x4x3) -> fc: FC(5)")
    convolution = graph_of("INPUT(4x4x3) -> fc: CONV(5, 4, pad=0)")
    for ours, theirs in ((fc, convolution), (convolution, fc)):
        arrays = arrays_of(theirs)
        made = convert(ours, stored(arrays), map_weights(ours, stored(arrays)))
        assert np.array_equal(made["fc.weight"].ravel(), arrays["fc.weight"].ravel())


def rules_in(tmp_path: Path, text: str) -> Path:
    path = tmp_path / "rules.txt"
    path.write_text(text, encoding="utf-8")
    return path


def test_rules(tmp_path: Path) -> None:
    graph = graph_of(NET)
    names = {"stem": "first", "body.a": "left", "body.b": "right"}
    arrays: Arrays = {"step": np.zeros(1, np.float32)}
    for key, each in arrays_of(graph).items():
        layer, _, role = key.rpartition(".")
        arrays[f"{names.get(layer, layer)}.{role}"] = each
    text = "first.* -> stem.*  # the first\nleft.* -> body.a.*\nright.* -> body.b.*\nstep -> -\n"
    rules = read_rules(rules_in(tmp_path, text))
    mapped = map_weights(graph, stored(arrays), rules)
    assert not mapped.lacking
    assert keys(mapped)["body.b.bias"] == "right.bias"
    assert [why for _, why in mapped.unused] == ["left out by the rule step -> -"]


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("stem.weight", "line 1: not a rule"),
        ("a -> b -> c", "line 1: not a rule"),
        ("\na -> b.*", "line 2: more \\* in the name"),
        ("none.* -> stem.*", "line 1: no array is called so"),
        ("stem.* -> root.*", "makes root.weight of stem.weight"),
        ("stem.* -> stem.*\nfc.weight -> stem.weight", "a second array, fc.weight"),
    ],
)
def test_rules_that_are_wrong(tmp_path: Path, text: str, told: str) -> None:
    graph = graph_of(NET)
    with pytest.raises(CnnError, match=f"E0906[\\s\\S]*{told}"):
        map_weights(graph, stored(arrays_of(graph)), read_rules(rules_in(tmp_path, text)))


def test_the_commands(tmp_path: Path) -> None:
    graph = graph_of(NET)
    arrays = arrays_of(graph)
    (tmp_path / "net.cnn").write_text(NET, encoding="utf-8")
    save_file({"module." + key: each for key, each in arrays.items()}, tmp_path / "w.safetensors")
    told = run("weights", "map", tmp_path / "net.cnn", tmp_path / "w.safetensors")
    assert told.status == 0
    assert "same name behind module." in told.out
    assert "11 of 11 parameters have weights" in told.out
    form = run(
        "weights", "map", tmp_path / "net.cnn", tmp_path / "w.safetensors", "--format", "json"
    )
    assert json.loads(form.out)["parameters"][0]["array"] == "module.stem.weight"
    out = tmp_path / "ours.safetensors"
    done = run("weights", "convert", tmp_path / "net.cnn", tmp_path / "w.safetensors", "-o", out)
    assert done.status == 0, done.err
    again = load_file(out)
    assert again.keys() == arrays.keys()
    assert all(np.array_equal(again[key], each) for key, each in arrays.items())


def test_nothing_is_written_where_parameters_lack(tmp_path: Path) -> None:
    arrays = arrays_of(graph_of(NET))
    del arrays["stem.weight"]
    arrays["fc.weight"] = np.zeros((7, 256), np.float32)
    (tmp_path / "net.cnn").write_text(NET, encoding="utf-8")
    save_file(arrays, tmp_path / "w.safetensors")
    out = tmp_path / "ours.safetensors"
    done = run("weights", "convert", tmp_path / "net.cnn", tmp_path / "w.safetensors", "-o", out)
    assert done.status == 1
    assert "E0905" in done.err and "w.safetensors" in done.err
    assert "fc.weight is 7x256, not 10x256" in done.err
    assert not out.exists()
    told = run("weights", "map", tmp_path / "net.cnn", tmp_path / "w.safetensors")
    assert told.status == 1
    assert "9 of 11 parameters have weights" in told.out


@pytest.mark.parametrize("value", [np.nan, -np.inf, 1e300])
def test_values_that_are_no_numbers(tmp_path: Path, value: float) -> None:
    arrays = {key: each.astype(np.float64) for key, each in arrays_of(graph_of(NET)).items()}
    arrays["fc.bias"][3] = value
    (tmp_path / "net.cnn").write_text(NET, encoding="utf-8")
    save_file(arrays, tmp_path / "w.safetensors")
    out = tmp_path / "ours.safetensors"
    told = run("weights", "map", tmp_path / "net.cnn", tmp_path / "w.safetensors")
    assert (told.status, told.err) == (1, "")
    assert "not finite: fc.bias 10: 1 of the 10 values of fc.bias" in told.out
    done = run("weights", "convert", tmp_path / "net.cnn", tmp_path / "w.safetensors", "-o", out)
    assert done.status == 1 and "E0907" in done.err and "w.safetensors" in done.err
    assert "fc.bias 10: 1 of the 10 values of fc.bias" in done.err
    assert not out.exists()
