"""Section 2 of the language: merges, values, arguments, `in` and `input`."""

from __future__ import annotations

from tests.language.small import (
    code,
    layers,
    ops,
    wiring,
)

IMAGE = "INPUT(8x8x4) ->"


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


def test_a_value_stands_only_where_nothing_is_lost() -> None:
    head = "net N { x = INPUT(8x8x4)  y = x -> RELU "
    for chain in ("y -> [x -> TANH]", "[x -> TANH]*2", "[x -> TANH for i in range(2)]"):
        assert code(f"{head} {chain} }}") == "E0224"
    grouped = f"{head} z = [[x] -> TANH]*1  ADD{{ [y] | [z for i in [0]] }} }}"
    assert wiring(grouped) == wiring(f"{head} z = x -> TANH  ADD{{ y | z }} }}")


def test_nothing_is_no_value_and_no_output() -> None:
    assert code("net N { x = INPUT  y = [CONV(i) for i in []]  y }") == "E0308"
    assert code("net N { x = INPUT  output o = [CONV(3)]*0  x -> RELU }") == "E0308"


def test_volumes_are_compared_by_their_sizes() -> None:
    text = f"""{IMAGE} RELU?(in == input) -> TANH?(in == 8x8x4) -> POOL
               -> SIGMOID?(in != (4, 4, 4)) -> ELU?(in == input)"""
    assert ops(text) == ["RELU", "TANH", "POOL"]
    values = "net N { x = INPUT(8x8x4)  y = INPUT(x) -> RELU  ADD{ x | y }?(x == y) -> TANH }"
    assert ops(values.replace("ADD{ x | y }?(x == y) -> ", "y -> GELU?(x == y) -> ")) == [
        "RELU",
        "GELU",
        "TANH",
    ]


def test_a_volume_as_an_argument() -> None:
    text = f"{IMAGE} CONV(16, stride=2) -> RESHAPE(input) -> RESHAPE((in.W, in.H, in.C))"
    assert layers(text)[2:] == ["RESHAPE(8x8x4) 8x8x4"] * 2
    text = "net N { x = INPUT(8x8x4)  y = INPUT(x) -> FLATTEN -> RESHAPE(x)  ADD{ x | y } }"
    assert layers(text)[-2:] == ["RESHAPE(8x8x4) 8x8x4", "ADD 8x8x4"]


def test_a_value_handed_to_a_block_heads_chains_there() -> None:
    text = """block join(v, n) = CONCAT{ v -> CONV(n, 1) | ID }
              net N { x = INPUT(8x8x4)  y = x -> CONV(2)  y -> join(x, 3) -> CONV(x.C) }"""
    assert layers(text)[2:] == [
        "CONV(3, 1) 8x8x3",
        "ID 8x8x2",
        "CONCAT 8x8x5",
        "CONV(4) 8x8x4",
    ]
