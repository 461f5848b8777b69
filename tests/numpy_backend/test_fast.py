"""The fast form: beside PyTorch in double precision, in threads, pickled, in other processes."""

from __future__ import annotations

import multiprocessing
import os
import pickle
import threading
import tracemalloc
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import numpy as np
import pytest

import cnnc
from backends.numpy.kernels.fast.finishing import copy_of
from backends.numpy.kernels.types import Array
from cnnc.build import import_source
from cnnc.verify import seeded_weights
from tests.kernels.compare import noise

torch = pytest.importorskip("torch")
EXAMPLES = Path(__file__).parents[2] / "examples"
# Programs, by what is particular in them.
PROGRAMS = {
    "ragged": "INPUT(13x11x5) -> CONV(7, 3) -> RELU -> CONV(9, 5x3, stride=2x1) -> SILU",
    "pointwise": "INPUT(15x9x20) -> CONV(48, 1) -> RELU6 -> CONV(33, 1, stride=2) -> HARDSWISH",
    "dilated": "INPUT(17x17x8) -> CONV(16, 3, dilation=2) -> TANH -> CONV(8, 3, dilation=3, pad=0)",
    "groups": "INPUT(12x12x32) -> CONV(64, groups=4) -> RELU -> CONV(48, stride=2, groups=16)"
    " -> RELU -> CONV(96, groups=24) -> ADD{ CONV(96, groups=3) | ID } -> RELU",
    "squares of 4": "INPUT(56x56x64) -> CONV(64) -> RELU -> CONV(96) -> TANH",
    "squares, ragged": "INPUT(31x29x64) -> CONV(64) -> RELU -> CONV(64, pad=0) -> CONV(64)",
    "squares of 2": "INPUT(14x14x128) -> CONV(128) -> RELU -> ADD{ CONV(128) | ID } -> RELU",
    "depth in parts": "INPUT(9x9x512) -> CONV(64, 3, stride=2) -> RELU -> CONV(512, 1)",
    "depthwise": "INPUT(19x14x24) -> DWCONV(3) -> RELU6 -> DWCONV(5, stride=2) -> DWCONV(7)",
    "pools": "INPUT(15x13x9) -> MAXPOOL(3, stride=2, pad=1) -> AVGPOOL(3, stride=1, pad=1)"
    " -> MINPOOL(2, round=ceil) -> AVGPOOL(2, count_pad=false, pad=1)",
    "concatenated": "INPUT(10x10x16) -> CONCAT{ CONV(32, 1) | CONV(8, 1) -> CONV(64, 3) | ID"
    " | MAXPOOL(3, stride=1, pad=1) } -> RELU -> CONV(64, 3)",
    "residual": "INPUT(8x8x32) -> CONV(32) -> ADD{ CONV(32) -> BN -> RELU -> CONV(32) | ID }"
    " -> BN -> RELU -> MAX{ CONV(32, 1) | ID }",
    "excited": "INPUT(9x9x16) -> MUL{ ID | GAP -> CONV(4, 1) -> SILU -> CONV(16, 1) -> SIGMOID }",
    "normalised": "INPUT(9x7x24) -> LAYERNORM -> CONCAT{ CONV(8) -> GELU -> LAYERNORM | CONV(40, 1)"
    " -> LAYERNORM(affine=false) -> GELU } -> ADD{ LAYERNORM -> GELU | ID } -> GAP -> LAYERNORM",
    "dense": "INPUT(4x4x32) -> FC(640) -> RELU -> FC(512) -> TANH -> FC(10)",
    "unlike": "INPUT(9x9x8) -> LAYERNORM -> CONV(8) -> GELU -> SHUFFLE(4) -> GROUPNORM(2)"
    " -> FLATTEN -> SOFTMAX",
}


def built(text: str, **options: Any) -> tuple[Any, Any]:
    """The fast form, and what PyTorch computes in double precision."""
    net = cnnc.loads(text)
    weights = seeded_weights(net.journey, 1)
    made = type(net.build("numpy"))(weights, **options)
    model = net.build("torch", weights=weights, level=0).double()
    return made, lambda x: model(torch.from_numpy(x).double()).detach().numpy()


def error(ours: Array, theirs: Any) -> float:
    return float(np.abs(ours - theirs).max() / np.abs(theirs).max())


def image(text: str, batch: int) -> Array:
    volume = cnnc.loads(text).report().rows[0].volume
    return noise(batch, volume.c, volume.h, volume.w, seed=batch)


@pytest.mark.parametrize("name", PROGRAMS)
@pytest.mark.parametrize("lanes", [1, 2, 3])
def test_as_in_double_precision(name: str, lanes: int) -> None:
    """For one image, which lanes share, and for more, of which each takes its own."""
    text = PROGRAMS[name]
    made, theirs = built(text, lanes=lanes)
    for batch in (1, 2, 5):
        x = image(text, batch)
        assert error(made(x), theirs(x)) < (5e-5 if name == "squares of 4" else 1e-5)
        assert np.array_equal(made(x), made(x))


@pytest.mark.parametrize("name", [name for name in PROGRAMS if name.startswith("squares")])
def test_exact_has_no_squares(name: str) -> None:
    """The error of products of columns is ten times smaller."""
    text = PROGRAMS[name]
    exact, theirs = built(text, exact=True)
    usual, _ = built(text)
    x = image(text, 1)
    assert error(exact(x), theirs(x)) < 2e-6
    assert not np.array_equal(exact(x), usual(x))


DIFFERENCES = "net D = INPUT(56x56x64) -> conv: CONV(64, 3, pad=0, bias=false) -> TANH"


def test_filters_that_squares_would_lose_go_by_columns(monkeypatch: pytest.MonkeyPatch) -> None:
    """Differences of values that hardly differ: squares would lose more than 1e-4 of the result."""
    net = cnnc.loads(DIFFERENCES)
    sobel = np.array([[1, 0, -1], [2, 0, -2], [1, 0, -1]], np.float32)
    weights = {"conv.weight": np.ascontiguousarray(np.broadcast_to(sobel, (64, 64, 3, 3)))}
    x = 1 + noise(1, 64, 56, 56) / 1000
    module = import_source(net.emit("numpy"), "differences")
    assert "SquareConvolution(" in net.emit("numpy")
    expected = module.D(weights, exact=True)(x)
    assert np.array_equal(module.D(weights)(x), expected)
    monkeypatch.setattr(module, "winograd_error", lambda weight, square: 0.0)
    assert error(module.D(weights)(x), expected) > 1e-4


def test_halos_stay_zero() -> None:
    """Whatever came before: buffers share memory, and one's halo is another's values."""
    text = PROGRAMS["residual"]
    made, theirs = built(text)
    for batch in (3, 1, 3, 2, 1):
        x = 100 * image(text, batch)
        assert error(made(x), theirs(x)) < 2e-5


def test_threads_take_turns() -> None:
    text = PROGRAMS["concatenated"]
    made, _ = built(text)
    images = [noise(1 + number % 3, 16, 10, 10, seed=number) for number in range(24)]
    wanted = [made(x) for x in images]
    with ThreadPoolExecutor(8) as pool:
        for ours, theirs in zip(pool.map(made, images), wanted, strict=True):
            assert np.array_equal(ours, theirs)


def test_a_result_is_the_callers_own() -> None:
    text = PROGRAMS["dense"]
    made, _ = built(text)
    first = made(image(text, 2))
    kept = first.copy()
    made(image(text, 2) + 1)
    assert np.array_equal(first, kept)


def test_pickled_after_a_run() -> None:
    text = PROGRAMS["residual"]
    made, _ = built(text)
    x = image(text, 1)
    wanted = made(x)
    assert np.array_equal(pickle.loads(pickle.dumps(made))(x), wanted)


@pytest.mark.skipif(not hasattr(os, "fork"), reason="this system cannot fork")
@pytest.mark.filterwarnings("ignore:.*fork.*:DeprecationWarning")
def test_in_a_forked_process() -> None:
    """The threads of the parent are not there; the child starts its own."""
    text = PROGRAMS["ragged"]
    made, _ = built(text)
    x = image(text, 1)
    wanted = made(x)
    context = multiprocessing.get_context("fork")
    queue = context.SimpleQueue()
    child = context.Process(target=lambda: queue.put(made(x)))
    child.start()
    child.join(60)
    assert child.exitcode == 0
    assert np.array_equal(queue.get(), wanted)


def test_an_error_in_a_lane_is_raised_and_the_next_call_works() -> None:
    text = PROGRAMS["unlike"]
    made, _ = built(text, lanes=2)
    x = image(text, 2)
    wanted = made(x)
    plan = next(iter(made.engine.plans.values()))
    for program in plan.lanes.programs:
        program[-1].append(broken)
        with pytest.raises(ZeroDivisionError):
            made(x)
        program[-1].remove(broken)
        assert np.array_equal(made(x), wanted)


def broken() -> None:
    raise ZeroDivisionError


def test_threads_end_with_the_net() -> None:
    """Those of this net; others of the process may end meanwhile."""
    made, _ = built(PROGRAMS["ragged"], lanes=3)
    before = set(threading.enumerate())
    made(image(PROGRAMS["ragged"], 1))
    started = set(threading.enumerate()) - before
    assert len(started) == 2
    for plan in made.engine.plans.values():
        plan.close()
    assert not any(thread.is_alive() for thread in started)


@pytest.mark.slow
@pytest.mark.parametrize(
    "target",
    [
        "resnet.cnn:ResNet18",
        "mobilenet_v2.cnn:MobileNetV2",
        "squeezenet.cnn:SqueezeNet1_1",
        "googlenet.cnn:GoogLeNet",
        "densenet.cnn:DenseNet121",
    ],
)
@pytest.mark.parametrize("batch", [1, 3])
def test_a_steady_run_takes_no_memory(target: str, batch: int) -> None:
    """Beside the output; NumPy's buffers for calls that do not run through in one go are left."""
    made = cnnc.load(EXAMPLES / target).build("numpy")
    x = noise(batch, 3, 224, 224, seed=1)
    made(x)
    made(x)
    plan = next(iter(made.engine.plans.values()))
    tracemalloc.start()
    try:
        plan.lanes.run()
        tracemalloc.reset_peak()
        before, _ = tracemalloc.get_traced_memory()
        plan.lanes.run()
        _, peak = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert peak - before < 50_000


def test_a_function_without_an_own_form_is_copied() -> None:
    values = noise(2, 3, seed=1)
    out = np.empty_like(values)
    copy_of(np.exp, values, out)
    assert np.array_equal(out, np.exp(values))


@pytest.mark.skipif(not hasattr(os, "fork"), reason="this system cannot fork")
@pytest.mark.filterwarnings("ignore:.*fork.*:DeprecationWarning")
def test_lanes_that_are_processes() -> None:
    """They compute the same, tell what went wrong, and end with the net."""
    text = PROGRAMS["concatenated"]
    forked, theirs = built(text, lanes="fork")
    for batch in (1, 3):
        x = image(text, batch)
        assert error(forked(x), theirs(x)) < 1e-5
    plan = forked.engine.plans[next(iter(forked.engine.plans))]
    plan.close()
    plan.lanes.programs[-1][-1].append(broken)
    with pytest.raises((RuntimeError, ZeroDivisionError), match=r"ZeroDivisionError|^$"):
        forked(image(text, 1))
    plan.lanes.programs[-1][-1].remove(broken)
    assert error(forked(image(text, 1)), theirs(image(text, 1))) < 1e-5
    for plan in forked.engine.plans.values():
        plan.close()
        assert not plan.lanes.children


@pytest.mark.parametrize("lanes", [0, -1, 1.5, "threads"])
def test_lanes_that_are_none(lanes: Any) -> None:
    with pytest.raises(ValueError, match="a number from 1 on"):
        built(PROGRAMS["ragged"], lanes=lanes)


@pytest.mark.parametrize("lanes", [1, 2])
def test_lanes_heed_what_the_caller_says_of_overflow(lanes: int) -> None:
    """NumPy keeps that for each thread."""
    made, _ = built("INPUT(6x6x4) -> CONV(4) -> MUL{ ID | ID }", lanes=lanes)
    x = np.full((2, 4, 6, 6), 1e30, np.float32)
    x[0] = 0  # the first lane has nothing to say
    with np.errstate(over="ignore"):
        made(x)
    with np.errstate(over="raise"), pytest.raises(FloatingPointError):
        made(x)
