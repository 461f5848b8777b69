"""Each pass alone: before and after as text, and the emitted nets compared by numbers."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from backends.header import About
from backends.identifiers import class_name
from backends.numpy.emit import emit
from backends.numpy.kernels.types import Array
from backends.numpy.kernels.weights import random_weights
from cnnc.build import import_source
from compiler.check import check
from compiler.dump import dump
from compiler.graph import Graph, Node
from compiler.ops.fused import Fused
from compiler.optimise import PASSES
from compiler.passes.drop_training import drop_training
from dsl.diagnostics import CompilerBug
from tests.passes.cases import CASES, after, before, expected

ABOUT = About(source="test", params={}, version="0", totals={}, doc="")


def name(case: Path) -> str:
    return f"{case.parent.name}/{case.stem}"


def outputs(graph: Graph, weights: dict[str, Array]) -> dict[str, Array]:
    """What the emitted NumPy module computes from seeded inputs."""
    checked = check(drop_training(graph), ("drop_training",))
    needed = graph.weight_shapes()
    fused = any(isinstance(graph[node].op, Fused) for node in graph)
    module = import_source(emit(checked, ABOUT, fast=fused), "numpy")
    folds = {fold.path for fold in (graph[node].fold for node in graph) if fold}
    own = {
        key: array
        for key, array in weights.items()
        if key in needed or key.rpartition(".")[0] in folds
    }
    noise = np.random.default_rng(1)
    shapes = [graph[node].shape for node in graph.sources()]
    inputs = [noise.standard_normal((2, v.c, v.h, v.w), np.float32) for v in shapes]
    net = getattr(module, class_name(graph.name))(own)
    result = net(*inputs)
    return result if isinstance(result, dict) else {"output": result}


@pytest.mark.parametrize("case", CASES, ids=name)
def test_text(case: Path) -> None:
    assert expected(case) == case.with_suffix(".dump").read_text(encoding="utf-8")


@pytest.mark.parametrize("case", CASES, ids=name)
def test_file_names_say_whether_the_pass_acts(case: Path) -> None:
    stays = case.stem.startswith(("refuses", "unchanged"))
    text = case.with_suffix(".dump").read_text(encoding="utf-8")
    assert text.startswith("Unchanged") or not stays or "second" in case.stem


@pytest.mark.parametrize("case", CASES, ids=name)
def test_numbers(case: Path) -> None:
    """With statistics far from the identity, or a fold would prove nothing."""
    given, result = before(case), after(case)
    weights = dict(random_weights(given.weight_shapes(), seed=3))
    reference, ours = outputs(given, weights), outputs(result, weights)
    assert ours.keys() == reference.keys()
    for key, value in reference.items():
        assert np.abs(ours[key] - value).max() <= 1e-5 * np.abs(value).max()


@pytest.mark.parametrize("case", CASES, ids=name)
def test_the_given_graph_is_not_changed(case: Path) -> None:
    graph = before(case)
    text = dump(graph)
    next(each.run for each in PASSES if each.name == case.parent.name)(graph)
    assert dump(graph) == text


def test_order_constraints_hold() -> None:
    done: list[object] = []
    for each in PASSES:
        assert all(earlier in done for earlier in each.after), each.name
        done.append(each.run)


def test_every_pass_has_cases_that_act_and_that_do_not() -> None:
    for each in PASSES:
        own = [case for case in CASES if case.parent.name == each.name]
        texts = [case.with_suffix(".dump").read_text(encoding="utf-8") for case in own]
        assert any(text.startswith("Given") for text in texts), each.name
        assert any(text.startswith("Unchanged") for text in texts), each.name


def test_check_refuses_weights_with_two_users() -> None:
    """Paths name weights, so the one user that a fold needs is a unique path."""
    graph = before(next(case for case in CASES if case.stem == "conv"))
    conv = next(node for node in graph if graph[node].path == "conv")
    payload: Node = graph[conv]
    graph.add(payload, graph.inputs(conv))
    with pytest.raises(CompilerBug, match="after fold_batch_norm: two layers are called `conv`"):
        check(graph, ("fold_batch_norm",))
