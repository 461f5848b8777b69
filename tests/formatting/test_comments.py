"""Comments survive wherever they stand: each once, in order, and nothing else changes."""

from __future__ import annotations

import re

import pytest

from tests.formatting.cases import ROOT, WORDS, comments, layout

EVERYTHING = """\
use "x.cnn" (a, b)
use std.conv (conv_bn,)
param n = 2 in 0..3
param w in [1, 2,]
let rows = [(1, 2), (10, -3),]
let x = (1,) if not a or b <= c < d else f(y[0], z.H, k=in.C) ** -2 + [4 * "s", 3x3]
default CONV(bias=false)
budget { params <= 1e6, macs <= 2 }
train { optimizer = sgd(lr=0.1) batch = 2, epochs = 3 }
block b(p, q = 1,) = CONV3-64(bias=false) -> l[i]: [RELU]*2
net N(classes = 10) { let h = in.C   v = INPUT(8x8x3) -> ADD{ v | ID } }
net N { v = [CONV(c, s) -> RELU for c, s in rows]*(n - 1)   output aux (train, w=1) = v -> FC }
ADD{ v | d: BN?(n > 0) -> POOL3/2 if n == 1 else ID }? -> FC(2)
INPUT -> [[CONV -> RELU]*N -> POOL?]*M
"""
PROGRAMS = EVERYTHING.splitlines()
RESIDUAL = (ROOT / "compiler" / "std" / "residual.cnn").read_text(encoding="utf-8")
# Behind what stands there, on a line of its own, and so with empty lines around, as documentation.
WAYS = {"behind": " # @\n", "alone": "\n# @\n", "apart": "\n\n# @\n\n", "doc": "\n## @\n"}


def gaps(text: str) -> list[int]:
    """Where comments may stand: before each word but a bracket that must touch, and at the end."""
    at = [match.start() for match in WORDS.finditer(text)]
    free = [each for each in at if not re.search(r"[\w)\]]$", text[:each]) or text[each] != "["]
    return [*free, len(text)]


@pytest.mark.parametrize("way", WAYS)
@pytest.mark.parametrize("program", PROGRAMS, ids=range(len(PROGRAMS)))
def test_a_comment_in_every_gap(program: str, way: str) -> None:
    for at in gaps(program):
        survives(program[:at] + WAYS[way] + program[at:])


@pytest.mark.parametrize("way", WAYS)
def test_a_comment_within_a_longer_program(way: str) -> None:
    for at in gaps(RESIDUAL)[::9]:
        survives(RESIDUAL[:at] + WAYS[way] + RESIDUAL[at:])


@pytest.mark.parametrize("way", WAYS)
def test_comments_in_all_gaps_at_once(way: str) -> None:
    text = EVERYTHING
    for number, at in enumerate(reversed(gaps(text))):
        text = text[:at] + WAYS[way].replace("@", f"remark {number}") + text[at:]
    survives(text)


def survives(text: str) -> None:
    """That the tree is the same, `layout` makes sure of itself."""
    once = layout(text)
    assert comments(once) == comments(text), text
    assert layout(once) == once, text


def test_a_comment_stays_behind_what_it_stood_behind() -> None:
    assert layout("INPUT # a\n-> FC # b\n") == "INPUT  # a\n-> FC  # b\n"
    assert layout("CONV(64, # a\n3)") == "CONV(64,  # a\n     3)\n"


def test_a_comment_alone_stays_alone() -> None:
    assert layout("INPUT\n    # a\n-> FC\n# b") == "INPUT\n# a\n-> FC\n# b\n"
    assert layout("net A {\n# a\nINPUT\n# b\n}") == "net A {\n  # a\n  INPUT\n  # b\n}\n"


def test_signs_that_end_a_line_begin_the_next() -> None:
    assert layout("INPUT -> # a\nFC") == "INPUT  # a\n-> FC\n"
    assert layout("ADD{ a | # b\n ID }") == "ADD{ a  # b\n   | ID }\n"
    assert layout("CONV(1 # a\n, 3)") == "CONV(1,  # a\n     3)\n"


def test_a_comment_is_no_reason_to_break_its_own_line() -> None:
    line = "net A = INPUT -> CONV(64) -> RELU -> GAP -> FC(10)  # " + "long " * 20
    assert layout(line) == line.rstrip() + "\n"
