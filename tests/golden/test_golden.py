"""Emitted code is a product: the same as what was read, formatted, linted and typed."""

from __future__ import annotations

import subprocess
import sys

import pytest

from tests.golden.cases import CASES, FOLDER, Case

FOLDERS = [str(FOLDER / name) for name in ("numpy", "torch", "train")]


@pytest.mark.parametrize("case", CASES, ids=lambda case: str(case.file.relative_to(FOLDER)))
def test_as_it_was_read(case: Case) -> None:
    assert case.source() == case.file.read_text(encoding="utf-8"), "make golden, then read the diff"


def test_every_kept_module_is_a_case() -> None:
    kept = {file for folder in FOLDERS for file in FOLDER.glob(f"{folder.rpartition('/')[2]}/*.py")}
    assert kept == {case.file for case in CASES}


def run(*command: str) -> None:
    result = subprocess.run([sys.executable, "-m", *command], capture_output=True, text=True)
    assert result.returncode == 0, result.stdout + result.stderr


def test_ruff_would_not_format_it_otherwise() -> None:
    run("ruff", "format", "--isolated", "--line-length", "100", "--check", *FOLDERS)


def test_ruff_finds_nothing() -> None:
    rules = "B,E,F,I,RUF,SIM,UP"
    run("ruff", "check", "--isolated", "--line-length", "100", "--select", rules, *FOLDERS)


@pytest.mark.slow
def test_mypy_strict_finds_nothing() -> None:
    pytest.importorskip("torch")
    files = [str(case.file) for case in CASES]
    options = ["--strict", "--config-file=", "--explicit-package-bases"]
    run("mypy", *options, *files)
