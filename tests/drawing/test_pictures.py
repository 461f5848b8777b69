"""The documentation shows what `cnnc draw` draws."""

from __future__ import annotations

import re

import pytest

from tests.drawing.pictures import FOLDER, PICTURES, ROOT, Picture


@pytest.mark.parametrize("picture", PICTURES, ids=lambda picture: picture.name)
def test_up_to_date(picture: Picture) -> None:
    assert picture.text() == picture.file.read_text(encoding="utf-8"), "make pictures, then look"


def test_every_kept_picture_is_drawn() -> None:
    measured = {FOLDER / "inference.svg"}  # tests/docs/test_ratios.py draws it
    assert set(FOLDER.glob("*.svg")) == {picture.file for picture in PICTURES} | measured


@pytest.mark.parametrize("page", ["README.md", "docs/commands.md"])
def test_pages_show_pictures_that_exist(page: str) -> None:
    text = (ROOT / page).read_text(encoding="utf-8")
    shown = re.findall(r"!\[[^\]]+\]\(([^)]+\.svg)\)", text)
    assert shown
    for path in shown:
        assert ((ROOT / page).parent / path).resolve().parent == FOLDER
        assert ((ROOT / page).parent / path).is_file(), path
