"""Every block of README and docs does what it says."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

import cnnc
from tests.docs.blocks import FILES, ROOT, Block, blocks, matches

KINDS = {"sh", "text", "python", "cnn", "toml", "yaml", "json"}


def run_file(file: Path, folder: Path) -> None:
    """Runs a file's blocks in turn; raises AssertionError with the line of one that fails."""
    (folder / "examples").symlink_to(ROOT / "examples")
    printed = ""
    for block in blocks(file):
        where = f"{file.name}:{block.line + 1}"
        assert block.kind in KINDS, where
        if block.kind == "sh":
            printed = shell(block, folder, where)
        elif block.kind == "text":
            assert matches(printed, block.text), f"{where}: printed\n{printed}"
        elif block.kind == "cnn":
            program(block, folder, where)
        elif block.kind == "python" and block.note.startswith("excerpt of "):
            whole = (folder / block.note.removeprefix("excerpt of ")).read_text(encoding="utf-8")
            assert all(part in whole for part in block.text.split("...\n")), f"{where}: not there"
        elif block.kind == "python":
            execute([sys.executable, "-c", block.text], folder, where)


def execute(command: list[str], folder: Path, where: str) -> str:
    """What a command prints on both streams; an exit status above 1 is a failure."""
    python = Path(sys.executable).parent
    environment = {
        **os.environ,
        "PATH": f"{python}{os.pathsep}{os.environ['PATH']}",
        "PYTHONPATH": str(ROOT),
        "NO_COLOR": "1",
    }
    run = subprocess.run(
        command,
        cwd=folder,
        env=environment,
        text=True,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
    )
    assert run.returncode == 0, f"{where}: status {run.returncode}\n{run.stdout}"
    return run.stdout


def shell(block: Block, folder: Path, where: str) -> str:
    planned = f'make() {{ command make --silent -C "{ROOT}" -n "$@" > /dev/null; }}'
    ours = f'cnnc() {{ "{sys.executable}" -m cnnc "$@"; }}'
    text = block.text.replace("python ", f'"{sys.executable}" ')
    end = " || test $? -eq 1" if block.note == "fails" else ""
    script = f"set -eo pipefail\n{planned}\n{ours}\n{text.rstrip()}{end}\n"
    return execute(["bash", "-c", script], folder, where)


def program(block: Block, folder: Path, where: str) -> None:
    name = block.note if block.note.endswith(".cnn") else "program.cnn"
    (folder / name).write_text(block.text, encoding="utf-8")
    if block.note.startswith("fails with "):
        with pytest.raises(cnnc.CnnError) as caught:
            cnnc.loads(block.text)
        codes = {each.code for each in caught.value.diagnostics}
        assert codes == {block.note.removeprefix("fails with ")}, where
        return
    command = [sys.executable, "-m", "cnnc", "check", name]
    execute(command, folder, where)


@pytest.mark.parametrize("file", FILES, ids=lambda file: str(file.relative_to(ROOT)))
def test_blocks(file: Path, tmp_path: Path) -> None:
    run_file(file, tmp_path)


def test_a_wrong_block_fails(tmp_path: Path) -> None:
    wrong = tmp_path / "wrong.md"
    wrong.write_text("```sh\ncnnc --version\n```\n\n```text\ncnnc 0.0.0\n```\n", encoding="utf-8")
    with pytest.raises(AssertionError, match=r"wrong\.md:5: printed"):
        run_file(wrong, tmp_path)


def test_what_a_command_says_while_it_works_is_left_out() -> None:
    assert matches("comparing a.cnn and b.cnn ...\nthe same\n", "the same\n")
    assert not matches("comparing a.cnn and b.cnn ...\nthe same\n", "another\n")
    assert not matches("three layers ...\nthe same\n", "the same\n")
