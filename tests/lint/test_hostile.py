"""Lint on programs that are wrong, odd or large: diagnostics, never a crash."""

from __future__ import annotations

from pathlib import Path

import pytest

from cnnc.linted import linted, mended
from cnnc.pipeline import Journey
from compiler.expansion.modules import read_source
from compiler.lint.rules import RULES
from dsl.comments import comments
from dsl.diagnostics import CnnError
from dsl.source import Source
from tests.errors.programs import Run, diagnostics, directives, programs


def journey(path: Path) -> Journey:
    source = read_source(path, path.name)
    run: Run = directives(source.text)
    return Journey(Source(source.name, run.text), path, run.net, run.settings, run.max_layers)


@pytest.mark.parametrize("path", programs(), ids=lambda path: path.stem)
def test_a_program_with_errors_gets_its_errors(path: Path) -> None:
    expected = [each.render() for each in diagnostics(path)]
    try:
        found = linted(journey(path), RULES).found
    except CnnError as error:
        said = [each.render() for each in error.diagnostics]
        # Lint looks at all nets of a file, where no one is named.
        assert set(said) & set(expected) or "E0212" in "".join(expected)
    else:
        codes = {each.code for each in diagnostics(path)}
        warned = {"E0801", "W0101", "E0212", "E0213"}
        assert codes <= warned, "an error that lint does not give"
        assert all(each.diagnostic.render() for each in found)


@pytest.mark.parametrize("path", programs(), ids=lambda path: path.stem)
def test_nothing_is_mended_in_a_program_with_errors(path: Path) -> None:
    try:
        linted(journey(path), RULES)
    except CnnError:
        with pytest.raises(CnnError):
            mended(journey(path), RULES)


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


def test_a_hundred_thousand_layers() -> None:
    text = "INPUT(8x8x8) -> [CONV(8, 4, pad=same) -> RELU]*20000 -> GAP -> FC(10)"
    assert lint(text) == ["even-window"]
