"""Large programs: work and memory grow with the layers, and no faster."""

from __future__ import annotations

import sys
from collections.abc import Callable
from pathlib import Path
from types import FrameType

import pytest
from typer.testing import CliRunner

from benchmarks.scale import PROGRAMS, program
from cnnc import CnnError, load
from cnnc.cli import app
from cnnc.nets import nets
from cnnc.pipeline import Journey
from compiler.expansion.elaborate import MAX_LAYERS
from dsl.source import Source


def calls(work: Callable[[], object]) -> int:
    """How many calls a piece of work makes, of Python and of C."""
    count = 0

    def seen(frame: FrameType, event: str, argument: object) -> None:
        nonlocal count
        count += event in ("call", "c_call")

    sys.setprofile(seen)
    try:
        work()
    finally:
        sys.setprofile(None)
    return count


def calls_a_layer(kind: str, layers: int, stage: Callable[[Journey], object]) -> float:
    journey = program(kind, layers)
    assert journey.tree  # the parser is built, and the text is of one size
    count = calls(lambda: stage(journey))
    return count / len(journey.graph)


STAGES: dict[str, Callable[[Journey], object]] = {
    "check": lambda journey: journey.checked,
    "report": lambda journey: journey.report(),
    "optimise": lambda journey: journey.optimised(2),
}


@pytest.mark.parametrize("stage", STAGES)
@pytest.mark.parametrize("kind", PROGRAMS)
def test_the_work_for_a_layer_does_not_grow(kind: str, stage: str) -> None:
    few = calls_a_layer(kind, 1_000, STAGES[stage])
    many = calls_a_layer(kind, 10_000, STAGES[stage])
    assert many == pytest.approx(few, rel=0.1)


@pytest.mark.slow
@pytest.mark.parametrize("kind", PROGRAMS)
def test_a_hundred_thousand_layers(kind: str) -> None:
    journey = program(kind, 100_000)
    assert len(journey.checked.graph) >= 100_000
    report = journey.report()
    assert len(report.rows) == len(journey.checked.graph)
    assert report.totals.weights == sum(row.weights for row in report.rows) > 0


def calls_a_net(several: int) -> float:
    """Of `cnnc check` of a file with so many nets."""
    block = "block unit(n) = CONV(n) -> RELU\n"
    net = "net N{}(classes = 10) = INPUT(8x8x3) -> c: CONV(8) -> unit(4) -> GAP -> FC(classes)\n"
    text = block + "".join(net.format(at) for at in range(several))
    whole = Journey(Source("nets.cnn", text), None, None, {})
    assert whole.tree
    return calls(lambda: [way.checked for way in nets(whole)]) / several


def test_what_a_net_costs_beside_many_others() -> None:
    """The names of its file, and no look into the other nets."""
    few, many = calls_a_net(50), calls_a_net(200)
    assert few <= many < few + 30 * (200 - 50)


TOO_LARGE = {
    "at once": "INPUT(8x8x1) -> [RELU]*(10**12)",
    "step by step": "INPUT(8x8x1) -> [[[[RELU]*1000]*1000]*1000]*1000",
    "nothing repeated": "INPUT(8x8x1) -> [[[[RELU]*0]*1000]*1000]*1000",
}


@pytest.mark.parametrize("text", TOO_LARGE.values(), ids=TOO_LARGE)
def test_a_million_million_layers_are_refused(text: str) -> None:
    journey = Journey(Source("large.cnn", text), None, None, {}, 1000)

    def refused() -> None:
        with pytest.raises(CnnError) as error:
            _ = journey.graph
        assert [each.code for each in error.value.diagnostics] == ["E0409"]

    assert calls(refused) < 1_000_000


def test_the_limit_can_be_moved(tmp_path: Path) -> None:
    path = tmp_path / "large.cnn"
    path.write_text(f"INPUT(1x1x1) -> [RELU]*{MAX_LAYERS}", "utf-8")
    with pytest.raises(CnnError, match="E0409"):
        load(path)
    assert load(path, max_layers=MAX_LAYERS + 1).name == "large"


def test_the_limit_is_an_option_of_the_command_line(tmp_path: Path) -> None:
    path = tmp_path / "hundred.cnn"
    path.write_text("INPUT(1x1x1) -> [RELU]*99", "utf-8")
    run = CliRunner().invoke
    refused = run(app, ["check", str(path), "--max-layers", "99"])
    assert refused.exit_code == 1
    assert "E0409" in refused.output
    assert "--max-layers" in refused.output
    assert run(app, ["check", str(path), "--max-layers", "100"]).exit_code == 0
    assert run(app, ["report", str(path), "--max-layers", "99"]).exit_code == 1
