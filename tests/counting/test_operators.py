"""Every operator in every profile, against the tools on the modules that cnnc emits."""

from __future__ import annotations

from functools import cache

import pytest
from torch import nn

import cnnc
from compiler.counting import PROFILES
from compiler.counting.fvcore import UNKNOWN
from compiler.counting.profile import Counted, count
from compiler.op import Op
from compiler.ops import OPS
from compiler.report import Row
from tests.counting import tools
from tests.counting.cases import CASES, ELEMENTS
from tests.counting.emitted import emitted, paths

TOOLS = {
    "fvcore": tools.fvcore,
    "ptflops": tools.ptflops,
    "thop": tools.thop,
    "torchinfo": tools.torchinfo,
}


@cache
def case(name: str) -> tuple[tuple[Row, ...], nn.Module]:
    net = cnnc.loads(CASES[name][1])
    return net.report().rows, emitted(net)


def counted(name: str, profile: str) -> Counted:
    rows, model = case(name)
    return count(rows, PROFILES[profile], paths(model))


@pytest.mark.parametrize("op", OPS, ids=lambda op: op.name)
@pytest.mark.parametrize("profile", PROFILES)
def test_every_operator_has_a_rule(profile: str, op: type[Op]) -> None:
    for figure in PROFILES[profile].figures:
        assert op.name in figure.rules


@pytest.mark.parametrize("op", OPS, ids=lambda op: op.name)
def test_every_operator_is_compared(op: type[Op]) -> None:
    assert op.name in ELEMENTS
    for name, (of, _) in CASES.items():
        assert of != op.name or op.name in {row.op for row in case(name)[0]}


@pytest.mark.parametrize("name", CASES)
@pytest.mark.parametrize("profile", TOOLS)
def test_operator(profile: str, name: str) -> None:
    rows, model = case(name)
    said = TOOLS[profile](model, rows[0].volume)
    ours = counted(name, profile)
    assert ours.totals == said.totals
    assert ours.headline == said.headline
    work = {row.path: row.numbers[1] for row in ours.rows}
    assert {path: work[path] for path in said.rows if path in work} == {
        path: number for path, number in said.rows.items() if path in work
    }


@pytest.mark.parametrize("op", OPS, ids=lambda op: op.name)
def test_fvcore_warns_of_what_it_does_not_know(op: type[Op]) -> None:
    rows, model = case(f"function: {ELEMENTS[op.name][0]}")
    work = PROFILES["fvcore"].figures[1]
    said = tools.fvcore(model, rows[0].volume)
    assert said.unknown == (work.rules[op.name] is UNKNOWN)


@pytest.mark.parametrize("name", CASES)
@pytest.mark.parametrize("profile", ["cnnc", "torchvision"])
def test_macs(profile: str, name: str) -> None:
    """Both count what PyTorch's own counter counts, with which torchvision makes its metadata."""
    rows, model = case(name)
    parameters, macs = counted(name, profile).totals
    assert 2 * macs == tools.flop_counter(model, rows[0].volume)
    assert parameters == sum(each.numel() for each in model.parameters())
