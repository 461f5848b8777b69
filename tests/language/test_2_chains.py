"""Section 2 of the language: chains, groups, repetition, optional elements."""

from __future__ import annotations

import pytest

from tests.language.small import code, ops, paths, wiring

IMAGE = "INPUT(8x8x4) ->"


def test_data_flows_left_to_right() -> None:
    assert wiring(f"{IMAGE} CONV(2) -> RELU") == [
        ("0", "INPUT(8x8x4) 8x8x4", ""),
        ("1", "CONV(2) 8x8x2", "0"),
        ("2", "RELU 8x8x2", "1"),
    ]


@pytest.mark.parametrize(
    "grouped",
    [
        "[CONV(4) -> RELU] -> POOL",
        "CONV(4) -> [RELU -> POOL]",
        "[[CONV(4)] -> [[RELU]] -> POOL]",
        "[CONV(4) -> RELU]*1 -> POOL",
        "[CONV(4) -> RELU for i in [0]] -> POOL",
    ],
)
def test_a_group_is_transparent(grouped: str) -> None:
    assert wiring(f"{IMAGE} {grouped}") == wiring(f"{IMAGE} CONV(4) -> RELU -> POOL")


def test_repetition_is_writing_it_out() -> None:
    assert wiring(f"{IMAGE} [CONV(4) -> RELU]*2") == wiring(
        f"{IMAGE} CONV(4) -> RELU -> CONV(4) -> RELU"
    )
    for count in ("N", "(N)", "(N + 0)", "(6 // 3)"):
        assert ops(f"param N = 2 {IMAGE} RELU*{count} -> POOL") == ["RELU", "RELU", "POOL"]


def test_repetition_0_leaves_nothing() -> None:
    assert wiring(f"{IMAGE} [CONV -> RELU]*0 -> POOL") == wiring(f"{IMAGE} POOL")


def test_nested_repetition() -> None:
    assert ops(f"{IMAGE} [[CONV(4)]*2 -> RELU]*2") == ["CONV", "CONV", "RELU"] * 2


def test_loops_with_an_index_and_over_a_table() -> None:
    index = f"{IMAGE} [CONV(i + 1, 1) for i in range(3)]"
    assert wiring(index) == wiring(f"{IMAGE} CONV(1, 1) -> CONV(2, 1) -> CONV(3, 1)")
    table = f"let rows = [(1, 3), (5, 2)] {IMAGE} [CONV(c, k) -> RELU for k, c in rows]"
    assert wiring(table) == wiring(f"{IMAGE} CONV(3, 1) -> RELU -> CONV(2, 5) -> RELU")
    nested = f"{IMAGE} [[CONV(c, 1) for i in range(n)] for c, n in [(2, 1), (3, 2)]]"
    assert wiring(nested) == wiring(f"{IMAGE} CONV(2, 1) -> CONV(3, 1) -> CONV(3, 1)")


def test_optional_elements_are_on_unless_switched_off() -> None:
    text = f"{IMAGE} [CONV(4) -> BN? -> POOL?]*2"
    assert ops(text) == ["CONV", "BN", "POOL"] * 2
    assert ops(text, bn=False) == ["CONV", "POOL"] * 2
    assert wiring(text, bn=False, pool="false") == wiring(f"{IMAGE} CONV(4) -> CONV(4)")


def test_an_optional_element_is_called_after_its_label_or_its_operator() -> None:
    text = "block unit(n) = CONV(n) -> RELU " + (
        f"{IMAGE} norm: BN? -> POOL2? -> unit(4)? -> head: [CONV(2) -> TANH]?"
    )
    assert ops(text) == ["BN", "POOL", "CONV", "RELU", "CONV", "TANH"]
    assert ops(text, norm=False, pool=False, unit=False, head=False) == []
    assert code(text, bn=False) == "E0210"
    assert paths(text)[-2:] == ["head.0", "head.1"]


def test_a_param_of_that_name_is_the_switch() -> None:
    assert ops(f"param pool = false {IMAGE} RELU -> POOL?") == ["RELU"]
    assert ops(f"param pool = false {IMAGE} RELU -> POOL?", pool=True) == ["RELU", "POOL"]


def test_a_condition_decides_and_is_no_param() -> None:
    text = f"{IMAGE} [POOL?(in.H > 2)]*5"
    assert ops(text) == ["POOL", "POOL"]
    assert code(text, pool=False) == "E0210"
    assert wiring(f"{IMAGE} CONV(4)?(false) -> RELU") == wiring(f"{IMAGE} RELU")


def test_the_switch_of_a_users_block_has_its_whole_name() -> None:
    text = f"block UNIT2() = RELU block UNIT3() = TANH {IMAGE} UNIT2? -> UNIT3? -> POOL2?"
    assert ops(text, unit2=False) == ["TANH", "POOL"]
    assert ops(text, unit3=False, pool=False) == ["RELU"]


def test_a_nets_parameter_or_a_let_of_that_name_is_the_switch() -> None:
    net = f"net N(pool = false) = {IMAGE} RELU -> POOL?"
    assert ops(net) == ["RELU"] and ops(net, pool=True) == ["RELU", "POOL"]
    let = f"let pool = false {IMAGE} RELU -> POOL?"
    assert ops(let) == ["RELU"] and code(let, pool=True) == "E0210"
    assert code(f"let pool = 3 {IMAGE} RELU -> POOL?") == "E0211"
