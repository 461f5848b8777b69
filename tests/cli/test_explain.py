"""`cnnc explain`."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from cnnc.cli import common
from cnnc.explaining import codes
from dsl.diagnostics import Diagnostic
from tests.cli.run import cnnc


def test_a_code_is_explained_with_an_example_and_its_mend() -> None:
    result = cnnc("explain", "E0302")
    assert result.status == 0
    assert result.out.startswith("E0302: the branches of a merge do not agree\n\n")
    assert "\nExample:\n\n    block unit(c, stride) = ADD{" in result.out
    assert "\n    error[E0302]: the branches of ADD do not agree\n" in result.out
    assert "\nMended:\n\n" in result.out
    assert "```" not in result.out


def test_a_rule_is_as_narrow_as_a_code() -> None:
    assert max(len(line) for line in cnnc("explain", "rounded-away").out.splitlines()) <= 100


def test_case_does_not_count() -> None:
    assert cnnc("explain", "e0302").out == cnnc("explain", "E0302").out


def test_commands_are_shown_where_no_program_fails_by_itself() -> None:
    assert "\n    $ cnnc check program.cnn --set depth=3\n" in cnnc("explain", "E0210").out


def test_an_unknown_code_gets_the_nearest() -> None:
    result = cnnc("explain", "E302")
    assert result.status == 2
    assert "did you mean E0302?" in result.err
    assert "--list shows them" in cnnc("explain", "merge").err


def test_a_code_or_a_list_is_wanted() -> None:
    assert cnnc("explain").status == 2
    assert cnnc("explain", "E0302", "--list").status == 2


def test_all_codes_are_listed_a_line_each() -> None:
    lines = cnnc("explain", "--list").out.splitlines()
    assert [line.split("  ")[0] for line in lines] == codes()
    assert "E0302  the branches of a merge do not agree" in lines


def test_json_for_other_programs(tmp_path: Path) -> None:
    one = json.loads(cnnc("explain", "E0302", "--format", "json").out)
    assert (one["format"], one["code"]) == ("cnnc-explain/1", "E0302")
    assert one["example"]["prints"].startswith("error[E0302]")
    assert cnnc("explain", "--list", "--format", "json", "-o", tmp_path / "list.json").out == ""
    listed = json.loads((tmp_path / "list.json").read_text(encoding="utf-8"))
    assert [each["code"] for each in listed["codes"]] == codes()


def test_a_terminal_is_told_of_it_once(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    found = [Diagnostic("X0000", "unheard of"), Diagnostic("E0102", "one"), Diagnostic("E0103", "")]
    common.show(found)
    assert "cnnc explain" not in capsys.readouterr().err
    monkeypatch.setenv("NO_COLOR", "1")
    monkeypatch.setattr("sys.stderr.isatty", lambda: True)
    common.show(found)
    assert capsys.readouterr().err.endswith("\n\n`cnnc explain E0102` says more.\n")
