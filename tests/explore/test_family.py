"""Which members a family has, against an enumeration of the test's own."""

from __future__ import annotations

from itertools import product
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cnnc.exploring.choosing import parsed
from compiler.expansion.expressions import Here, evaluate
from compiler.expansion.family import family, literal
from compiler.expansion.values import Scope
from dsl.diagnostics import CnnError
from dsl.parser import parse
from dsl.source import Source
from tests.explore.programs import TOWER, WORDS, code_of, spanned


def test_members_are_the_product_of_the_domains_and_the_optionals() -> None:
    found = spanned(TOWER)
    every = product(["0", "1", "2"], ["1", "2", "4", "5"], ["true", "false"])
    members = [found.settings(at) for at in range(found.size)]
    assert members == [dict(zip(("N", "M", "bn"), each, strict=True)) for each in every]
    assert found.params == ("N", "M", "width", "bn")


def test_what_is_set_is_no_axis_and_what_is_varied_is() -> None:
    found = spanned(TOWER, {"width": "[2, 8]", "M": "1..2"}, N="2", bn="false")
    members = [found.settings(at) for at in range(found.size)]
    fixed = {"N": "2", "bn": "false"}
    assert members == [{**fixed, "M": m, "width": width} for m, width in product("12", "28")]


def test_names_without_values_can_be_varied_and_are_asked_for() -> None:
    line = "INPUT(8x8x3) -> [CONV(4) -> POOL?]*N -> FC(K)"
    assert spanned(line, {"N": "0..2", "K": "[3]"}).size == 6
    with pytest.raises(CnnError) as caught:
        spanned(line, {"N": "0..2"})
    (diagnostic,) = caught.value.diagnostics
    assert diagnostic.code == "E0209"
    assert "--set K=" in diagnostic.help and "--vary K=[1, 2, 3]" in diagnostic.help


def test_optionals_of_one_name_are_one_switch() -> None:
    found = spanned("INPUT(8x8x3) -> POOL? -> CONV(4) -> POOL? -> a: BN? -> GAP")
    assert [axis.name for axis in found.axes] == ["pool", "a"]


def test_a_param_that_switches_an_optional_is_one_axis() -> None:
    found = spanned("param pool = true in [false, true]\nINPUT(8x8x3) -> POOL? -> GAP")
    assert [(axis.name, axis.values) for axis in found.axes] == [("pool", [False, True])]


def test_values_stand_once() -> None:
    assert spanned("INPUT(8x8x3) -> CONV(n) -> GAP", {"n": "[3, 1, 3, 1]"}).size == 2


def test_params_of_used_files_are_axes(tmp_path: Path) -> None:
    (tmp_path / "unit.cnn").write_text("param w = 1 in 1..3\nblock unit() = CONV(w)\n")
    text = 'use "unit.cnn" (unit)\nINPUT(8x8x3) -> unit -> GAP'
    module = parse(Source("net.cnn", text))
    found = family(module, tmp_path / "net.cnn", None, {}, {})
    assert [(axis.name, axis.size) for axis in found.axes] == [("w", 3)]


def test_without_axes_there_is_one_member() -> None:
    found = spanned("INPUT(8x8x3) -> GAP")
    assert (found.size, found.settings(0)) == (1, {})


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("param d = 0.5 in 0.0..1.0\nINPUT(8x8x3) -> DROPOUT(d)", "between 0.0 and 1.0 cannot"),
        ("param n in []\nINPUT(8x8x3) -> CONV(n)", "the domain of `n` is empty"),
        ("param n in 5\nINPUT(8x8x3) -> CONV(n)", "not a whole number"),
        (
            "param n = 1 in 1..3\nlet top = n + 1\nparam m = 1 in 1..top\nINPUT(8x8x3) -> CONV(m)",
            "the domain of `m` depends on `n`",
        ),
    ],
)
def test_domains_that_cannot_be_listed_are_refused(text: str, says: str) -> None:
    with pytest.raises(CnnError) as caught:
        spanned(text)
    (diagnostic,) = caught.value.diagnostics
    assert diagnostic.code == "E0802"
    assert says in diagnostic.title


@pytest.mark.parametrize(
    "mend", [{"m": "[1, 2]"}, {"n": "[1]", "m": "1..2"}], ids=["vary one", "vary both"]
)
def test_a_domain_that_depends_on_another_is_given(mend: dict[str, str]) -> None:
    text = "param n = 1 in 1..3\nparam m = 1 in 1..n\nINPUT(8x8x3) -> CONV(m)"
    assert spanned(text, mend).size in (6, 2)
    assert spanned(text, n="2").size == 2


@pytest.mark.parametrize("text", ["1..", "[1, ", "1] in [2", "x = 2"])
def test_what_is_no_list_of_values_is_refused(text: str) -> None:
    with pytest.raises(CnnError) as caught:
        spanned(TOWER, {"N": text})
    assert code_of(caught.value) == "E0211"


def test_nothing_unknown_is_varied() -> None:
    with pytest.raises(CnnError) as caught:
        spanned(TOWER, {"widht": "[1]"})
    (diagnostic,) = caught.value.diagnostics
    assert (diagnostic.code, diagnostic.help) == ("E0210", "did you mean width?")


def test_a_family_too_large_is_counted_and_refused() -> None:
    with pytest.raises(CnnError) as caught:
        spanned(TOWER, {"width": "1..10000000000000000000000"})
    (diagnostic,) = caught.value.diagnostics
    assert diagnostic.code == "E0803"
    assert diagnostic.title.startswith("the family has 240,000,000,000,000,000,000,000 members")
    assert spanned(TOWER, limit=24).size == 24
    with pytest.raises(CnnError):
        spanned(TOWER, limit=23)


def test_blocks_and_operators_are_values() -> None:
    found = spanned(WORDS)
    assert found.size == 16
    assert found.settings(15) == {
        "act": "TANH",
        "unit": "wide",
        "name": '"b \\"c\\""',
        "pair": "(3, 4)",
    }


numbers = st.integers(0, 10**12) | st.floats(0, 1e12, allow_nan=False)
texts = st.text(st.characters(codec="ascii", exclude_categories=["Cc"]) | st.sampled_from("\n\t"))
scalars = numbers | st.booleans() | texts
values = st.recursive(
    scalars,
    lambda inner: st.lists(inner, max_size=3) | st.lists(inner, min_size=1, max_size=3).map(tuple),
)


@given(values)
def test_a_literal_reads_as_its_value(value: object) -> None:
    again = evaluate(parsed("set", literal(value)), Here(Scope({})))
    assert (again, type(again)) == (value, type(value))
