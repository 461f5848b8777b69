"""Programs of this folder beside their layouts, and those of the whole repository."""

from __future__ import annotations

import re
from pathlib import Path

from dsl.diagnostics import CnnError
from dsl.formatting import formatted
from dsl.parser import parse
from dsl.source import Source

FOLDER = Path(__file__).parent
ROOT = FOLDER.parents[1]
CASES = sorted(FOLDER.glob("*.cnn"))
# What the whole of which is in the one layout.
KEPT = sorted([*ROOT.glob("examples/*.cnn"), *ROOT.glob("compiler/std/*.cnn")])
HIDDEN = re.compile(r"/\.")
WORDS = re.compile(
    r'"(?:[^"\\\n]|\\.)*"|#[^\r\n]*|->|\.\.|\*\*|//|[<>=!]=|\d[\w.+-]*?(?=\.\.|[^\w.+-]|$)'
    r"|[A-Z][A-Z_]*(?:\d+(?:x\d+)?)?(?:-\d+)?(?:/\d+)?(?![\w.])|[A-Za-z_]\w*|\S"
)


def read(path: Path) -> Source:
    """The bytes as they are, with Windows' line ends."""
    return Source(path.name, path.read_bytes().decode("utf-8-sig"))


def layout(text: str) -> str:
    return formatted(Source("test.cnn", text))


def parses(path: Path) -> bool:
    try:
        parse(read(path))
    except (CnnError, UnicodeDecodeError):
        return False
    return True


def everything() -> list[Path]:
    """Every program of the repository that parses."""
    found = (path for path in ROOT.rglob("*.cnn") if not HIDDEN.search(str(path.relative_to(ROOT))))
    return sorted(path for path in found if parses(path))


def comments(text: str) -> list[str]:
    """In order; strings have none."""
    return [word.rstrip() for word in WORDS.findall(text) if word.startswith("#")]
