"""`python -m tests.docs.explained` runs the examples of the explanations and writes what they print
into them, and the tables of docs/errors.md anew. Read the difference."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path
from tempfile import TemporaryDirectory

from cnnc.explaining import FOLDER, Example, codes, explanation
from tests.docs.blocks import ROOT
from tests.errors.programs import diagnostics, rendered

FILE = ROOT / "docs" / "errors.md"
BEGIN = re.compile(
    r"(^<!-- ([EW]\d\d(?: [EW]\d\d)*): made by `python -m tests\.docs\.explained` -->\n)"
    r".*?(^<!-- end -->$)",
    re.M | re.S,
)
# One wants a machine without PyTorch, one waits minutes for a cluster that is not there.
NOT_RUN = {"E0602", "E0805"}


def printed(example: Example, folder: Path) -> str:
    """What an example prints, run in an empty folder."""
    path = folder / "program.cnn"
    if example.program:
        path.write_text(example.program, encoding="utf-8")
    if not example.commands:
        return rendered(diagnostics(path)) if example.program else ""
    return run(example.commands, folder).stdout


def run(commands: str, folder: Path) -> subprocess.CompletedProcess[str]:
    """By bash; the status is that of the first command of a line that fails."""
    ours = f'cnnc() {{ PYTHONPATH="{ROOT}" "{sys.executable}" -m cnnc "$@"; }}'
    python = f'python() {{ "{sys.executable}" "$@"; }}'
    script = f"set -o pipefail\n{ours}\n{python}\n{commands}"
    return subprocess.run(
        ["bash", "-c", script],
        cwd=folder,
        text=True,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
    )


def written(text: str) -> str:
    """The page with its tables as they are."""

    def table(match: re.Match[str]) -> str:
        known = [explanation(code) for code in codes() if code.startswith(tuple(match[2].split()))]
        rows = [f"| {each.code} | {_cell(each.title)} | {_cell(each.mend)} |\n" for each in known]
        head = "\n| code | means | usual mend |\n|---|---|---|\n"
        return match[1] + head + "".join(rows) + "\n" + match[3]

    return BEGIN.sub(table, text)


def _cell(text: str) -> str:
    return text.replace("|", "\\|").replace("\n", " ")


def main() -> None:
    for code in codes():
        example = explanation(code).example
        if code in NOT_RUN or not (example.program or example.commands):
            continue
        with TemporaryDirectory() as folder:
            text = printed(example, Path(folder))
        path = FOLDER / f"{code}.md"
        old = path.read_text(encoding="utf-8")
        before, opening, rest = old.partition("```text\n")
        _, closing, after = rest.partition("\n```\n")
        path.write_text(before + opening + text.rstrip("\n") + closing + after, encoding="utf-8")
    FILE.write_text(written(FILE.read_text(encoding="utf-8")), encoding="utf-8")


if __name__ == "__main__":
    main()
