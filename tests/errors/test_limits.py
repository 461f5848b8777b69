"""No short program keeps the compiler busy for long: it works, or it is refused."""

from __future__ import annotations

import inspect
import sys
from pathlib import Path

import pytest

import cnnc
from compiler.check import check
from compiler.expansion.program import expand
from dsl.diagnostics import CnnError
from dsl.parser import parse
from dsl.source import Source

MAX_LAYERS = 2_000  # the limits scale with it, and the tests need not wait

BLOCKS = "".join(f"block b{i}() = [b{i + 1}]*10\n" for i in range(40)) + "block b40() = RELU\n"
CALLS = "".join(f"block c{i}() = c{i + 1}\n" for i in range(100)) + "block c100() = RELU\n"

PROGRAMS: dict[str, tuple[str, str]] = {
    "absent in repetitions": ("E0409", "INPUT -> [[[RELU?(1 == 2)]*1000]*1000]*1000"),
    "absent in loops": (
        "E0409",
        "INPUT -> [[[RELU?(i < 0) for i in range(999)] for j in range(999)] for k in range(999)]",
    ),
    "values in loops": (
        "E0224",
        "net A { x = INPUT [[x for i in range(9999)] for j in range(9999)] }",
    ),
    "layers in repetitions": ("E0409", "INPUT -> [[[RELU]*1000]*1000]*1000"),
    "10**12 repetitions": ("E0409", "INPUT -> [RELU]*1000000000000"),
    "10**300 repetitions": ("E0409", "INPUT -> [RELU]*(10**300)"),
    "exponential blocks": ("E0409", BLOCKS + "INPUT -> b0"),
    "blocks called very deep": ("E0108", CALLS + "INPUT -> c0"),
    "a huge range": ("E0405", "INPUT -> CONV(len(range(10**9)))"),
    "a huge range downwards": ("E0405", "INPUT -> CONV(len(range(10**300, -10**300, -1)))"),
    "ranges again and again": ("E0409", "INPUT -> [RELU?(sum(range(9999)) == 3)]*19999"),
    "a huge power": ("E0404", "let a = 2**10**300\nINPUT"),
    "a power of powers": ("E0404", "let a = 9**9**9**9\nINPUT"),
    "a tiny power": ("E0404", "let a = 0.5**(10**9)\nINPUT"),
    "a sum beyond floats": ("E0404", "let a = sum(1e308, 1e308)\nINPUT"),
    "a product beyond floats": ("E0404", "let a = 10**300 * 1.5 * 10**300\nINPUT"),
    "an integer beyond floats": ("E0404", "let a = 9" + "9" * 398 + " * 0.5\nINPUT"),
    "5,000 digits": ("E0107", "let a = " + "9" * 5000 + "\nINPUT"),
    "5,000 digits of a float": ("E0107", "let a = 0." + "9" * 5000 + "\nINPUT"),
    "a sum of a thousand terms": ("E0108", "let a = " + "1+" * 1000 + "1\nINPUT"),
    "a thousand brackets": ("E0108", "INPUT -> " + "[" * 1000 + "RELU" + "]" * 1000),
    "a thousand parentheses": ("E0108", "let a = " + "(" * 1000 + "1" + ")" * 1000 + "\nINPUT"),
    "unclosed brackets": ("E0108", "[" * 100_000),
    "not not not": ("E0108", "let a = " + "not " * 40_000 + "true\nINPUT"),
    "- - -": ("E0108", "let a = " + "- " * 90_000 + "1\nINPUT"),
    "questions": ("E0108", "INPUT -> RELU" + "?(1 == 1)" * 5000),
    "powers": ("E0108", "let a = " + "1**" * 50_000 + "1\nINPUT"),
    "a long file": ("E0110", "# nothing\n" * 100_000),
    "a long line": ("E0110", "INPUT" + " -> RELU" * 100_000),
    "thousands of errors": ("E0111", "INPUT -> " + " -> ".join(f"A{i}" for i in range(20_000))),
    "thousands of missing names": (
        "E0209",
        "INPUT -> " + " -> ".join(f"CONV(a{i})" for i in range(10_000)),
    ),
    "thousands of syntax errors": ("E0105", "let = 3\n" * 20_000),
    "many groups": ("E0306", "INPUT(1x1x1000000000039) -> CONV(1000000000039, groups=7)"),
    "a million million filters": ("E0307", "INPUT -> CONV(1000000000000)"),
    "thousands of nets": ("E0110", "".join(f"net N{i} = INPUT\n" for i in range(5_000))),
    "a name of 190,000 letters": ("E0110", "INPUT -> " + "a" * 190_000),
}


@pytest.mark.parametrize(("code", "text"), PROGRAMS.values(), ids=PROGRAMS.keys())
def test_is_refused(code: str, text: str) -> None:
    with pytest.raises(CnnError) as found:
        check(expand(parse(Source("limit.cnn", text)), max_layers=MAX_LAYERS))
    assert len(str(found.value)) < 100_000
    assert code in {diagnostic.code for diagnostic in found.value.diagnostics}


WORKING = {
    "40,000 lines": "# a\n" * 40_000 + "INPUT -> FC",
    "a chain of 5,000 layers": "INPUT" + " -> RELU" * 5000,
    "a list of 20,000 numbers": "let a = [" + "1, " * 20_000 + "]\nINPUT -> FC(len(a))",
    "19,000 repetitions": "INPUT -> [RELU]*19000",
    "a sum of a hundred terms": "let a = " + "1+" * 100 + "1\nINPUT -> FC(a)",
    "an empty range of great bounds": "INPUT -> FC(1 + len(range(10**9, 0)))",
    "a great power of one": "INPUT -> FC(1**(10**300))",
}


@pytest.mark.parametrize("text", WORKING.values(), ids=WORKING.keys())
def test_works(text: str) -> None:
    assert len(check(expand(parse(Source("limit.cnn", text)))).graph)


# Each about as deep as is allowed.
DEEP = {
    "groups": "INPUT(4x4x2) -> " + "[" * 70 + "RELU" + "]" * 70,
    "parentheses": "let a = " + "(" * 140 + "1" + ")" * 140 + "\nINPUT(4x4x2) -> FC(a)",
    "conditionals": "let a = " + "1 if true else " * 140 + "1\nINPUT(4x4x2) -> FC(a)",
    "optionals": "INPUT(4x4x2) -> RELU" + "?(true)" * 140,
    "functions": "INPUT(4x4x2) -> FC(" + "max(" * 45 + "1" + ")" * 45 + ")",
    "labels": "".join(f"block b{i}() = x{i}: [b{i + 1}() -> RELU]\n" for i in range(48))
    + "block b48() = CONV\nINPUT(4x4x2) -> b0()",
    "merges": "INPUT(2x2x2) -> ADD{" + " | ".join(["RELU"] * 1000) + "}",
}


@pytest.mark.parametrize("text", DEEP.values(), ids=DEEP.keys())
def test_limits_hold_where_the_callers_stack_is_deep(text: str) -> None:
    """As in a notebook, or under a test runner: there is room, and afterwards what was before."""
    limit = sys.getrecursionlimit()

    def below(levels: int) -> cnnc.Net:
        return below(levels - 1) if levels else made()

    def made() -> cnnc.Net:
        net = cnnc.loads(text)
        for backend in ("numpy", "torch"):
            assert net.emit(backend)
        assert str(net.report())
        return net

    assert below(limit - len(inspect.stack()) - 60)
    assert sys.getrecursionlimit() == limit


def test_files_that_use_each_other_in_diamonds(tmp_path: Path) -> None:
    """Each file is read once, however many ways lead to it."""
    for i in range(40):
        use = f'use "f{i + 1}.cnn" (b{i + 1})\nuse "./f{i + 1}.cnn" (c{i + 1})\n' if i < 39 else ""
        blocks = f"block b{i}() = RELU\nblock c{i}() = RELU\n"
        (tmp_path / f"f{i}.cnn").write_text(use + blocks, encoding="utf-8")
    text = 'use "f0.cnn" (b0)\nINPUT -> b0'
    assert len(expand(parse(Source("x.cnn", text)), tmp_path / "x.cnn")) == 2
