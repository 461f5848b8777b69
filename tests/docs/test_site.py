"""The site builds without a warning, has its pages, and loads nothing from the network."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path

import pytest

from cnnc.explaining import codes
from compiler.expansion.modules import library
from compiler.ops import OPS
from docs.site.library import CALLS
from tests.docs.blocks import ROOT

pytestmark = pytest.mark.slow

LOADS = (
    re.compile(r"<(?:script|img|iframe|source|video|audio|embed)\b[^>]*\bsrc=[\"']?(?:https?:)?//"),
    re.compile(
        r"<link\b(?=[^>]*\brel=[\"']?(?:stylesheet|preload|icon|preconnect|dns-prefetch))"
        r"[^>]*\bhref=[\"']?(?:https?:)?//"
    ),
    re.compile(r"url\(\s*[\"']?(?:https?:)?//"),
    re.compile(r"@import\s+[\"'](?:https?:)?//"),
    re.compile(r"(?:fetch|importScripts|import)\(\s*[\"'`]https?:"),
)


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Path:
    out = tmp_path_factory.mktemp("built") / "site"
    command = [sys.executable, "-m", "docs.site", str(out)]
    run = subprocess.run(command, cwd=ROOT, text=True, capture_output=True)
    assert run.returncode == 0, run.stderr
    return out


def test_every_operator_error_and_block_has_its_page(site: Path) -> None:
    for op in OPS:
        page = (site / "operators" / f"{op.name}.html").read_text(encoding="utf-8")
        assert f"{op.name}.light.svg" in page and "PyTorch" in page
    for code in codes():
        assert (site / "errors" / f"{code}.html").is_file()
    for block, file in library().items():
        page = (site / "library" / f"{file}.html").read_text(encoding="utf-8")
        assert f"{block}.dark.svg" in page
    assert set(CALLS) == set(library())


def test_nothing_is_loaded_from_the_network(site: Path) -> None:
    texts = [file for file in site.rglob("*") if file.suffix in (".html", ".css", ".js", ".svg")]
    assert len(texts) > 200
    for file in texts:
        text = file.read_text(encoding="utf-8")
        assert [each.pattern for each in LOADS if each.search(text)] == [], file


@pytest.mark.parametrize(
    "text",
    [
        '<script async src="https://example.org/x.js">',
        '<link rel="stylesheet" href="//example.org/x.css">',
        "src: url('https://example.org/x.woff')",
        '@import "https://example.org/x.css"',
        'fetch("https://example.org/x.json")',
    ],
)
def test_what_loads_from_the_network_is_found(text: str) -> None:
    assert any(each.search(text) for each in LOADS)


def test_the_search_knows_the_pages(site: Path) -> None:
    index = (site / "searchindex.js").read_text(encoding="utf-8")
    assert all(word in index for word in ("operators/CONV", "errors/E0302", "library/residual"))
