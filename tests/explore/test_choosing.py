"""`--where`, `--sort`, `--top` and `--pareto`, against the same done by hand."""

from __future__ import annotations

from typing import Any

import pytest

from cnnc.exploring.exploration import Asked
from dsl.diagnostics import CnnError
from tests.explore.programs import FAILING, TOWER, WORDS, as_json, code_of, walked

Member = dict[str, Any]
LINE = "-"


def tower(*options: str) -> list[Member]:
    members: list[Member] = as_json("-", *options, stdin=TOWER)["members"]
    return members


def count(member: Member, name: str) -> int:
    return int(member["metrics"][name] if name in member["metrics"] else member["params"][name])


def test_where_keeps_what_it_is_true_for() -> None:
    every = tower()
    kept = tower("--where", "params < 500 and rf >= 4 or N == 0 and not bn")
    by_hand = [
        each
        for each in every
        if (count(each, "params") < 500 and count(each, "rf") >= 4)
        or (each["params"]["N"] == "0" and each["params"]["bn"] == "false")
    ]
    assert kept == by_hand
    assert 0 < len(kept) < len(every)


@pytest.mark.parametrize("column", ["params", "macs", "rf", "N", "depth"])
def test_sort_puts_the_least_first_and_keeps_equals_in_order(column: str) -> None:
    every = tower()
    assert tower("--sort", column) == sorted(every, key=lambda each: count(each, column))
    assert tower("--sort", f"-{column}") == sorted(every, key=lambda each: -count(each, column))
    assert tower("--sort", column, "--top", "3") == tower("--sort", column)[:3]


def test_an_expression_is_sorted_by() -> None:
    by_hand = sorted(tower(), key=lambda each: count(each, "macs") / count(each, "params"))
    assert tower("--sort", "macs / params") == by_hand


@pytest.mark.parametrize(
    ("goals", "signs"),
    [
        ("params", {"params": 1}),
        ("params,macs", {"params": 1, "macs": 1}),
        ("params, rf", {"params": 1, "rf": -1}),
        ("max:params,min:rf,max:N", {"params": -1, "rf": 1, "N": -1}),
    ],
)
def test_pareto_keeps_what_no_other_beats(goals: str, signs: dict[str, int]) -> None:
    every = tower()

    def point(each: Member) -> list[int]:
        return [sign * count(each, name) for name, sign in signs.items()]

    def beats(one: Member, other: Member) -> bool:
        pairs = list(zip(point(one), point(other), strict=True))
        return all(a <= b for a, b in pairs) and any(a < b for a, b in pairs)

    by_hand = [each for each in every if not any(beats(other, each) for other in every)]
    assert tower("--pareto", goals) == by_hand


def test_the_front_is_of_what_where_keeps() -> None:
    content = as_json("-", "--where", "N > 0", "--pareto", "params", stdin=TOWER)
    assert {each["params"]["N"] for each in content["members"]} == {"1"}


def test_every_member_is_counted_once() -> None:
    options = ("--where", "N > 0", "--pareto", "params,rf", "--top", "1")
    counts = as_json("-", *options, stdin=TOWER)["counts"]
    assert counts.pop("members") == sum(counts.values()) == 24
    assert counts["failed"] == FAILING
    assert all(counts.values())


@pytest.mark.parametrize(
    ("where", "members"),
    [
        ("act == TANH", 8),
        ("unit == wide", 8),
        ("unit == other", 8),
        ("unit == wide and act != RELU", 4),
        ('name == "a"', 8),
        ("pair[1] == 4", 8),
        ("twice == 6 and sum(pair) == 7", 8),
        ("true", 16),
        ("false", 0),
    ],
)
def test_values_of_every_kind_are_compared(where: str, members: int) -> None:
    assert len(walked(WORDS, Asked(where=where)).shown) == members


def test_words_and_texts_are_written_as_the_program_writes_them() -> None:
    shown = walked(WORDS, Asked(sort="unit", where="act == TANH and pair[0] == 3")).shown
    assert [dict(each.member.params) for each in shown] == [
        {"act": "TANH", "unit": unit, "name": name, "pair": "(3, 4)", "other": "wide", "twice": "6"}
        for unit in ("plain", "wide")
        for name in ('"a"', '"b \\"c\\""')
    ]


def test_a_param_that_is_called_like_a_metric_gets_a_column_of_its_own() -> None:
    text = "param depth = 1 in 1..3\nINPUT(8x8x3) -> [CONV(4)]*depth -> FC(2)"
    shown = walked(text, Asked(where="depth == depth_ + 1", sort="-depth_")).shown
    assert [each.values["depth_"] for each in shown] == [3, 2, 1]


@pytest.mark.parametrize(
    ("asked", "code", "says"),
    [
        (Asked(where="parms < 5"), "E0202", "did you mean params?"),
        (Asked(where="foo > 2"), "E0202", "1 | foo > 2\n  | ^^^\n  = metrics: params, macs,"),
        (Asked(where="parameters > 2"), "E0202", "did you mean params?"),
        (Asked(sort="receptive_field"), "E0202", "did you mean rf?"),
        (Asked(pareto="params,planned_bytes"), "E0202", "did you mean memory?"),
        (Asked(where="foo > 2"), "E0202", "  = params: act, unit, name, pair, other, twice"),
        (Asked(where="2 <\n foo"), "E0202", "2 |  foo\n  |  ^^^\n"),
        (Asked(where="twice = 6"), "E0211", "two values are compared with =="),
        (Asked(sort="unitt"), "E0202", "`unitt` is no metric and no param"),
        (Asked(where="< 5"), "E0211", "`< 5` is no expression"),
        (Asked(where="rf > 5 && n < 2"), "E0211", "write and, or, not: rf > 5 and n < 2"),
        (Asked(where="params"), "E0406", "true or false"),
        (Asked(where="params / 0 > 1"), "E0402", "division by zero"),
        (Asked(where="unit < 3"), "E0401", ""),
        (Asked(pareto="parms"), "E0202", "did you mean params?"),
        (Asked(pareto="params,"), "E0202", "`` is no metric and no param"),
        (Asked(pareto="twice"), "E0211", "write max:twice or min:twice"),
        (Asked(pareto="most:twice"), "E0211", "write max:twice or min:twice"),
        (Asked(pareto="min:unit"), "E0401", "a Pareto front is of numbers"),
    ],
)
def test_what_cannot_be_asked_is_refused(asked: Asked, code: str, says: str) -> None:
    with pytest.raises(CnnError) as caught:
        walked(WORDS, asked)
    assert code_of(caught.value) == code
    assert says in caught.value.diagnostics[0].render()
