"""Section 3 of the language: blocks, their parameters and what they see."""

from __future__ import annotations

from tests.language.small import (
    code,
    layers,
    ops,
    wiring,
)

IMAGE = "INPUT(8x8x4) ->"


def test_blocks_with_and_without_braces() -> None:
    one = f"block f(n, k = 3) = CONV(n, k) -> RELU {IMAGE} f(2) -> f(3, k=1)"
    two = one.replace("= CONV(n, k) -> RELU", "{ let m = n  x = CONV(m, k)  x -> RELU }")
    assert wiring(one) == wiring(two)


def test_a_blocks_defaults_may_read_earlier_parameters() -> None:
    assert layers(f"block f(n, m = 2 * n) = CONV(m) {IMAGE} f(3)")[1] == "CONV(6) 8x8x6"


def test_blocks_are_handed_to_blocks() -> None:
    text = f"""block twice(unit, n) = unit(n) -> unit(n)
               block act(n) = CONV(n) -> RELU
               {IMAGE} twice(CONV, 2) -> twice(act, 3) -> twice(unit=act, n=4)"""
    assert ops(text) == ["CONV"] * 2 + ["CONV", "RELU"] * 4


def test_blocks_see_their_parameters_and_the_files_names_and_nothing_of_their_caller() -> None:
    assert layers(f"param n = 2 block f() = CONV(n) {IMAGE} f()")[1] == "CONV(2) 8x8x2"
    inner = f"block f() = CONV(m) block g(m) = f() {IMAGE} g(2)"
    assert code(inner) == "E0209"
    assert layers(inner, m=7)[1] == "CONV(7) 8x8x7"


def test_block_scoping_hides_outer_names() -> None:
    text = f"let n = 2 block f(n) {{ let m = n + 1  CONV(m) }} {IMAGE} f(5) -> CONV(n)"
    assert [line.split()[0] for line in layers(text)[1:]] == ["CONV(6)", "CONV(2)"]
    assert code(f"{IMAGE} [CONV(i, 1) for i in [1, 2]] -> CONV(i)") == "E0209"


def test_recursion_is_an_error() -> None:
    assert code(f"block f(n) = CONV(n) -> g(n) block g(n) = f(n) {IMAGE} f(2)") == "E0214"


def test_a_default_reads_earlier_parameters_and_the_files_names_alone() -> None:
    text = f"param c = 5 block b(a = c, c = 1) = CONV(a, 1) -> CONV(c, 1) {IMAGE}"
    for call, out in (("b()", (5, 1)), ("b(c=3)", (5, 3)), ("b(2)", (2, 1))):
        assert [line.split(",")[0] for line in layers(f"{text} {call}")[1:]] == [
            f"CONV({channels}" for channels in out
        ]
    assert code(f"block b(a = m, m = 1) = CONV(a) {IMAGE} b()") == "E0209"


def test_a_block_within_itself_that_comes_to_an_end() -> None:
    text = f"""block c() = CONV(4)  block res(u) = ADD{{ u | ID }}
               block inner() = res(c) -> BN  {IMAGE} res(inner)"""
    assert ops(text) == ["CONV", "ID", "ADD", "BN", "ID", "ADD"]
    assert code(f"block twice(u) = u(u) {IMAGE} twice(twice)") == "E0108"


def test_blocks_that_nothing_calls_are_checked_for_names_alone() -> None:
    for body in ("CONV(n) -> REUL", "CONV(n, padding=1)", "unit(c=n)"):
        text = f"block unit(out) = CONV(out) block idle(n) = {body} {IMAGE} RELU"
        assert code(text) in ("E0201", "E0203")
    fine = f"""param acts = [RELU, TANH]  let act = acts[0]
               block idle(u, n = free) {{ let v = u  default CONV(bias=false)
                                          x = v(n, any=thing) -> act -> CONV3-64 -> POOL2
                                          [x -> CONV(w) -> a -> late() for a, w in n]*often }}
               block late() = CONV(n % 0) -> LRN?  net Other(k) = FC(k)  {IMAGE} RELU"""
    assert ops(fine, "small") == ["RELU"]
