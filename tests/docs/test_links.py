"""Relative links of all Markdown files lead to a file, and anchors to one of its headings."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from tests.docs.blocks import FILES, ROOT

LINK = re.compile(r"\]\(([^)\s]+)\)")
CODE = re.compile(r"^```.*?^```$", re.M | re.S)
HEADING = re.compile(r"^#+ +(.*)$", re.M)
EXPLICIT = re.compile(r'<a (?:id|name)="([^"]+)"')


def _anchors(file: Path) -> set[str]:
    """As GitHub makes them: lower case, punctuation gone, spaces as hyphens; repeated, numbered."""
    text = CODE.sub("", file.read_text(encoding="utf-8"))
    found = set(EXPLICIT.findall(text))
    for heading in HEADING.findall(text):
        base = re.sub(r"[^\w\- ]", "", heading.strip().lower()).replace(" ", "-")
        name, number = base, 0
        while name in found:
            number += 1
            name = f"{base}-{number}"
        found.add(name)
    return found


@pytest.mark.parametrize("file", FILES, ids=lambda file: str(file.relative_to(ROOT)))
def test_links_lead_somewhere(file: Path) -> None:
    text = re.sub(r"`[^`\n]*`", "", CODE.sub("", file.read_text(encoding="utf-8")))
    for link in LINK.findall(text):
        if re.match(r"[a-z]+:", link):
            continue
        path, _, anchor = link.partition("#")
        target = (file.parent / path) if path else file
        assert target.exists(), link
        if anchor and target.suffix == ".md":
            assert anchor in _anchors(target), link
