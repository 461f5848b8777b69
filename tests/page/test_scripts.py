"""The scripts of the pages are as they stand in the repository: nothing builds them."""

from __future__ import annotations

import shutil
import subprocess
from pathlib import Path

import pytest

from compiler.formats.page import difference, report
from compiler.formats.page.document import SHARED
from compiler.op import Op
from compiler.ops import OPS

FOLDER = Path(report.__file__).parent
FILES = sorted(FOLDER.glob("*.js"))


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.name)
def test_node_can_read_it(path: Path) -> None:
    node = shutil.which("node")
    if node is None:
        pytest.skip("no node on this system")
    found = subprocess.run([node, "--check", path], capture_output=True, text=True, check=False)
    assert found.returncode == 0, found.stderr


def test_every_script_is_in_a_page() -> None:
    assert {path.name for path in FILES} == {*SHARED, *report.SCRIPTS, *difference.SCRIPTS}


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.name)
def test_text_never_becomes_markup(path: Path) -> None:
    """A program's text gets in by textContent and attributes alone."""
    text = path.read_text("utf-8")
    for word in ("innerHTML", "outerHTML", "insertAdjacentHTML", "document.write", "eval("):
        assert word not in text


@pytest.mark.parametrize("path", [*FILES, FOLDER / "page.css"], ids=lambda path: path.name)
def test_nothing_is_fetched(path: Path) -> None:
    text = path.read_text("utf-8").replace("http://www.w3.org/2000/svg", "")
    for word in ("http:", "https:", "fetch(", "XMLHttpRequest", "import(", "@import", "url(h"):
        assert word not in text


@pytest.mark.parametrize("op", OPS, ids=lambda op: op.name)
def test_every_family_has_its_colour(op: type[Op]) -> None:
    family = op.__module__.rpartition(".")[2]
    assert f".is-{family} {{" in (FOLDER / "page.css").read_text("utf-8")
