"""Section 2 of the language: chains, groups, repetition, merges, values, `in` and `input`."""

from __future__ import annotations

import pytest

from tests.language.small import code, layers, ops, paths, wiring

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


def test_branches_from_one_input_then_a_merge() -> None:
    assert wiring(f"{IMAGE} ADD{{ CONV(4) -> RELU | CONV(4, 1) }} -> TANH") == [
        ("0", "INPUT(8x8x4) 8x8x4", ""),
        ("1", "CONV(4) 8x8x4", "0"),
        ("2", "RELU 8x8x4", "1"),
        ("3", "CONV(4, 1) 8x8x4", "0"),
        ("4", "ADD 8x8x4", "2 3"),
        ("5", "TANH 8x8x4", "4"),
    ]


def test_the_merges_are_concat_add_mul_max() -> None:
    for merge in ("CONCAT", "ADD", "MUL", "MAX"):
        out = layers(f"{IMAGE} {merge}{{ CONV(4) | ID | TANH }}")[-1]
        assert out == f"{merge} {'8x8x12' if merge == 'CONCAT' else '8x8x4'}"


def test_guarded_branches() -> None:
    guarded = f"{IMAGE} ADD{{ CONV(4) | ID if in.C == 4 | TANH if in.C == 5 }}"
    assert wiring(guarded) == wiring(f"{IMAGE} ADD{{ CONV(4) | ID }}")
    either = f"{IMAGE} ADD{{ CONV(4) | TANH if in.C == 5 else ID }}"
    assert wiring(either) == wiring(guarded)


def test_a_merge_left_with_one_branch_is_that_branch() -> None:
    one = f"{IMAGE} ADD{{ CONV(4) -> BN | ID if false }} -> RELU"
    assert wiring(one) == wiring(f"{IMAGE} CONV(4) -> BN -> RELU")
    assert code(f"{IMAGE} ADD{{ CONV(4) if false | ID if false }}") == "E0310"


def test_a_value_heads_later_chains() -> None:
    text = """net N { x = INPUT(8x8x4) -> CONV(2)
                      y = x -> RELU
                      CONCAT{ x | y -> CONV(x.C + y.H, 1) } }"""
    assert wiring(text) == [
        ("0", "INPUT(8x8x4) 8x8x4", ""),
        ("1", "CONV(2) 8x8x2", "0"),
        ("2", "RELU 8x8x2", "1"),
        ("3", "CONV(10, 1) 8x8x10", "2"),
        ("4", "CONCAT 8x8x12", "1 3"),
    ]


def test_positional_arguments_then_keywords() -> None:
    assert layers(f"{IMAGE} CONV(6, 3, 2, groups=2, bias=false)")[1] == (
        "CONV(6, stride=2, groups=2, bias=false) 4x4x6"
    )
    assert code(f"{IMAGE} CONV(k=3, 6)") == "E0204"


def test_in_is_the_volume_at_its_place() -> None:
    """In an argument what flows into the element, in a guard what flows into the merge."""
    text = "INPUT(8x6x4) -> CONV(in.H) -> POOL -> CONV(in.C + in.W) -> CONV(in.C)"
    assert [line.split()[-1] for line in layers(text)] == [
        "8x6x4",
        "8x6x8",
        "4x3x8",
        "4x3x11",
        "4x3x11",
    ]
    guard = f"{IMAGE} CONV(6) -> ADD{{ CONV(2) -> CONV(6) | ID if in.C == 6 }}"
    assert ops(guard)[-1] == "ADD"


def test_in_at_the_head_of_a_body_is_what_flows_into_the_block() -> None:
    text = f"""block wide(n) {{ let c = in.C
                               CONV(n) -> CONV(c) }}
               {IMAGE} wide(9)"""
    assert layers(text)[-1] == "CONV(4) 8x8x4"


def test_input_is_the_networks_first_input() -> None:
    assert layers(f"{IMAGE} POOL -> CONV(input.H * 10 + input.C, 1)")[-1] == "CONV(84, 1) 4x4x84"


def test_a_residual_block_knows_that_it_needs_a_projection() -> None:
    text = """block basic(planes, stride = 1) =
                ADD{ CONV(planes, 3, stride=stride) -> BN
                   | CONV(planes, 1, stride=stride) if stride != 1 or in.C != planes else ID }
              INPUT(8x8x4) -> basic(4) -> basic(8, stride=2)"""
    assert ops(text) == ["CONV", "BN", "ID", "ADD", "CONV", "BN", "CONV", "ADD"]
