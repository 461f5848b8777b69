"""Lint on programs that are wrong, odd or large: diagnostics, never a crash."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from cnnc.linted import linted, mended
from cnnc.pipeline import Journey
from compiler.expansion.modules import read_source
from compiler.lint.rules import RULES
from dsl.comments import comments
from dsl.diagnostics import CnnError
from dsl.source import Source
from tests.errors.programs import FOLDER, directives, programs


def journey(path: Path) -> Journey:
    source = read_source(path, path.name)
    run = directives(source.text)
    return Journey(Source(source.name, run.text), path, run.net, run.settings, run.max_layers)


# These say that they take too many steps, after as many: test_errors has them.
SLOW = {"blocks_in_blocks_exponential", "repetition_nested_too_large"}
SLOW |= {"repetition_of_nothing_too_large"}
# Of these lint says nothing: it chooses no net, a file may be a library, a budget is for `check`.
ELSEWHERE = re.compile(r"^(?:error\[(?:E0212|E0213|E0801)\]|warning)", re.MULTILINE)


@pytest.mark.parametrize(
    "path", [each for each in programs() if each.stem not in SLOW], ids=lambda path: path.stem
)
def test_a_program_with_errors_gets_its_errors(path: Path) -> None:
    expected = path.with_suffix(".err").read_text(encoding="utf-8")
    try:
        found = linted(journey(path), RULES).found
    except CnnError as error:
        # Other nets of the file may have errors of their own.
        said = [each.render() for each in error.diagnostics]
        assert any(each in expected for each in said) or "[E0212]" in expected
    else:
        assert ELSEWHERE.search(expected)
        assert all(each.diagnostic.render() for each in found)


def test_nothing_is_mended_in_a_program_with_errors() -> None:
    with pytest.raises(CnnError):
        mended(journey(FOLDER / "five_unrelated_mistakes.cnn"), RULES)


def lint(text: str) -> list[str]:
    source = Source("x.cnn", text)
    return [each.rule.name for each in linted(Journey(source, None, None, {}), RULES).found]


def test_a_value_from_a_long_chain_of_blocks() -> None:
    blocks = "".join(f"block b{i}(c) = b{i + 1}(c) -> RELU\n" for i in range(55))
    text = f"{blocks}block b55(c) = CONV(c, 4, pad=same)\nINPUT(8x8x3) -> b0(8) -> GAP -> FC(10)"
    assert "even-window" in lint(text)


def test_carriage_returns() -> None:
    text = "INPUT(32x32x3)\r\n  # cnnc: allow(even-window)\r\n  -> CONV(16, 4, pad=same)\r\n"
    assert lint(text + "  -> RELU -> GAP -> FC(10)\r\n") == []


def test_a_fix_keeps_line_ends() -> None:
    text = "INPUT(32x32x3) -> CONV(16) -> BN\r\n  -> [RELU] -> GAP -> FC(10)\r\n"
    after = mended(Journey(Source("x.cnn", text), None, None, {}), RULES).source.text
    assert after == (
        "INPUT(32x32x3) -> CONV(16, bias=false) -> BN\r\n  -> RELU -> GAP -> FC(10)\r\n"
    )


def test_many_rules_mend_one_text() -> None:
    text = (
        "use std.conv (conv_bn, dwconv_bn)  # cnnc: allow(pooling)\n"
        "net N = INPUT -> [conv: CONV(16)] -> BN -> RELU -> RELU -> POOL\n"
        "  -> AVGPOOL(3, 1, 1) -> GAP -> FLATTEN -> fc: FC(10)\n"
    )
    after = mended(Journey(Source("x.cnn", text), None, None, {}), RULES)
    assert after.source.text == (
        "net N = INPUT(224x224x3) -> conv: CONV(16, bias=false) -> BN -> RELU -> POOL(2)\n"
        "  -> AVGPOOL(3, 1, 1, count_pad=true) -> GAP -> fc: FC(10)\n"
    )


def test_nothing_is_a_comment_in_a_text() -> None:
    source = Source("x.cnn", 'let a = "# no" # yes\n#\n  ## doc "\nlet b = "\\"# no"#last')
    found = comments(source)
    assert [each.span.text for each in found] == ["# yes", "#", '## doc "', "#last"]
    assert [each.is_alone for each in found] == [False, True, True, False]
    assert [each.is_doc for each in found] == [False, False, True, False]


def test_more_mends_than_rounds() -> None:
    """Each round takes away one pair of brackets of those that lie within one another."""
    text = f"INPUT(8x8x3) -> {'[' * 40}CONV(16){']' * 40} -> RELU -> GAP -> FC(10)\n"
    once = mended(Journey(Source("x.cnn", text), None, None, {}), RULES)
    assert once.source.text.count("[") == len(once.found) < 40
    text = once.source.text
    again = mended(Journey(Source("x.cnn", text), None, None, {}), RULES)
    assert again.source.text == "INPUT(8x8x3) -> CONV(16) -> RELU -> GAP -> FC(10)\n"


def test_many_layers() -> None:
    text = "INPUT(8x8x8) -> [CONV(8, 4, pad=same) -> RELU]*20000 -> GAP -> FC(10)"
    assert lint(text) == ["even-window"]
