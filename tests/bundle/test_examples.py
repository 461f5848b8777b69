"""The examples of docs/deploying.md: a function for Lambda, and the Python of a page."""

from __future__ import annotations

import base64
import io
import json
import re
import sys
from collections.abc import Iterator
from importlib import import_module
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from PIL import Image

from tests.bundle.making import DIGITS, NUMERALS, TRAINED, bundle, digits, labels
from tests.cli.run import EXAMPLES

FOLDER = EXAMPLES / "deploying"


@pytest.fixture
def folder(tmp_path: Path) -> Iterator[Path]:
    """A package as docs/deploying.md makes it, on Python's path."""
    named = labels(tmp_path / "labels.txt")
    bundle(DIGITS, TRAINED, tmp_path / "digits.py", "--resize", "28x28", "--labels", named)
    (tmp_path / "lambda_function.py").write_bytes((FOLDER / "lambda_function.py").read_bytes())
    before = set(sys.modules)
    sys.path.insert(0, str(tmp_path))
    yield tmp_path
    sys.path.remove(str(tmp_path))
    for name in {"digits", "lambda_function"} & (set(sys.modules) - before):
        del sys.modules[name]


def event(image: Image.Image, form: str) -> dict[str, Any]:
    file = io.BytesIO()
    image.save(file, form)
    return {"isBase64Encoded": True, "body": base64.b64encode(file.getvalue()).decode()}


@pytest.mark.parametrize("form", ["PNG", "JPEG"])
def test_the_function_reads_digits(form: str, folder: Path) -> None:
    """Larger than the network takes them, and as colours."""
    handler = import_module("lambda_function").handler
    images, right = digits()
    answers = []
    for image in images[::50]:
        picture = Image.fromarray(image).convert("RGB").resize((112, 112))
        given = handler(event(picture, form), None)
        assert given["statusCode"] == 200
        assert given["headers"] == {"Content-Type": "application/json"}
        found = json.loads(given["body"])
        assert len(found) == 3
        answers.append(NUMERALS.index(found[0]["label"]))
    assert (np.array(answers) == right[::50]).mean() >= 0.95


@pytest.mark.parametrize(
    "wrong", [{}, {"body": None}, {"body": "?"}, {"body": "aGVsbG8="}, {"body": ""}]
)
def test_what_is_no_picture(wrong: dict[str, Any], folder: Path) -> None:
    given = import_module("lambda_function").handler(wrong, None)
    assert given["statusCode"] == 400
    assert json.loads(given["body"]) == {"error": "the body is no picture in base64"}


def test_the_page_classifies_what_a_canvas_gives(folder: Path) -> None:
    """Its Python, with the bytes of a canvas in the place of JavaScript's."""
    page = (FOLDER / "browser.html").read_text("utf-8")
    (text,) = re.findall(r'<script type="text/x-python" id="python">\n(.*?)</script>', page, re.S)
    space: dict[str, Any] = {}
    exec(compile(text, "browser.html", "exec"), space)
    images, right = digits()
    for image, answer in zip(images[::100], right[::100], strict=True):
        canvas = np.asarray(Image.fromarray(image).convert("RGBA").resize((56, 84)))
        found = space["classify"](memoryview(canvas.tobytes()), 84, 56)
        assert len(found) == 3
        plain = np.asarray(Image.fromarray(canvas).convert("RGB"))
        assert found == space["net"].classify(plain, top=3)
        assert found[0][0] in NUMERALS and 0 <= answer < 10


def test_the_page_loads_nothing_from_elsewhere() -> None:
    page = (FOLDER / "browser.html").read_text("utf-8")
    assert not re.findall(r"https?:|//\w", page)
