"""Every explanation holds: its example fails with its code as shown, and mended it does not."""

from __future__ import annotations

import re
import sys
from pathlib import Path

import pytest

from cnnc.explaining import FOLDER, codes, explanation
from tests.cli.run import cnnc
from tests.docs import explained

PRINTED = re.compile(r"^(?:error|warning)\[(\w+)\]: ", re.MULTILINE)
RUN = [code for code in codes() if code not in explained.NOT_RUN]


@pytest.mark.parametrize("code", RUN)
def test_the_example_prints_what_is_shown(code: str, tmp_path: Path) -> None:
    """`python -m tests.docs.explained` writes it anew."""
    example = explanation(code).example
    assert example.program or example.commands
    assert explained.printed(example, tmp_path) == example.prints


@pytest.mark.parametrize("code", codes())
def test_the_example_fails_with_this_code_alone(code: str) -> None:
    expected = set() if code == "E0805" else {code}
    assert set(PRINTED.findall(explanation(code).example.prints)) == expected


@pytest.mark.parametrize("code", RUN)
def test_the_mended_example_holds(code: str, tmp_path: Path) -> None:
    mended = explanation(code).mended
    assert mended.program or mended.commands
    if mended.commands:
        (tmp_path / "program.cnn").write_text(mended.program, encoding="utf-8")
        done = explained.run(mended.commands, tmp_path)
        assert done.returncode == 0, done.stdout
    else:
        assert explained.printed(mended, tmp_path) == ""


def test_what_a_machine_without_pytorch_prints(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    example = explanation("E0602").example
    monkeypatch.chdir(tmp_path)
    monkeypatch.setitem(sys.modules, "torch", None)
    monkeypatch.delitem(sys.modules, "cnnc.verify", raising=False)  # another test may have it
    Path("program.cnn").write_text(example.program, encoding="utf-8")
    result = cnnc(*example.commands.split()[1:])
    assert (result.status, result.err) == (1, example.prints)


def test_every_file_is_a_code_and_explains_it() -> None:
    assert {path.stem for path in FOLDER.iterdir()} == set(codes())
    for code in codes():
        one = explanation(code)
        assert one.code == code and one.title and one.meaning and one.mend


def test_the_tables_are_those_of_the_explanations() -> None:
    text = explained.FILE.read_text(encoding="utf-8")
    assert text == explained.written(text), "python -m tests.docs.explained"
