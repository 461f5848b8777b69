"""No text of a program becomes markup, a formula or a line of its own in what is written for people
and for other programs."""

from __future__ import annotations

import csv
import json
import re
from collections.abc import Callable
from dataclasses import replace
from html.parser import HTMLParser
from io import StringIO
from pathlib import Path
from xml.etree import ElementTree

import pytest

import cnnc
from tests.fuzzing.target import ROOT
from tests.hostile.shapes import INNOCENT, Words
from tests.hostile.test_generated_code import TEXTS

# A file's name has no NUL, and what is no Unicode cannot be in a file.
WRITABLE = {name: text for name, text in TEXTS.items() if name != "a lone surrogate"}


def words(text: str) -> Words:
    return replace(INNOCENT, doc=text, string=text, file=f"{text}.cnn")


class _Tags(HTMLParser):
    """Every tag, and the names of its attributes, in order; of scripts also how many lines."""

    def __init__(self) -> None:
        super().__init__()
        self.found: list[object] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.found.append((tag, *(name for name, _ in attrs)))

    def handle_endtag(self, tag: str) -> None:
        self.found.append(f"/{tag}")

    def handle_comment(self, data: str) -> None:
        self.found.append("comment")


def tags(text: str) -> list[object]:
    parser = _Tags()
    parser.feed(text)
    parser.close()
    return parser.found


def shape(value: object) -> object:
    """JSON without its texts and with the length of its lists."""
    if isinstance(value, dict):
        return {key: shape(each) for key, each in value.items()}
    if isinstance(value, list):
        return [shape(each) for each in value]
    return type(value).__name__


def elements(text: str) -> list[object]:
    """Of SVG: the elements and the names of their attributes."""
    return [(each.tag, *sorted(each.attrib)) for each in ElementTree.fromstring(text).iter()]


def lines(text: str) -> int:
    return len(text.splitlines())


HTML: dict[str, Callable[[cnnc.Net], str]] = {
    "fragment": lambda net: net.report()._repr_html_(),
    "page": lambda net: net.journey.page(),
    "difference": lambda net: cnnc.diff(net, net)._repr_html_(),
}
LINES: dict[str, Callable[[cnnc.Net], str]] = {
    "table": lambda net: str(net.report()),
    "markdown": lambda net: net.report().to_markdown(),
    "cs231n": lambda net: net.report().to_cs231n(),
    "dot": lambda net: str(net.draw("dot")),
    "mermaid": lambda net: str(net.draw("mermaid")),
    "difference": lambda net: str(cnnc.diff(net, net)),
    "difference in markdown": lambda net: cnnc.diff(net, net).to_markdown(),
}
PLAIN = ("table", "cs231n", "difference")  # what no browser reads
JSON: dict[str, Callable[[cnnc.Net], str]] = {
    "report": lambda net: net.report().to_json(),
    "difference": lambda net: cnnc.diff(net, net).to_json(),
}
FIVE = ROOT / "tests" / "errors" / "five_unrelated_mistakes.cnn"
every_text = pytest.mark.parametrize("text", WRITABLE.values(), ids=WRITABLE.keys())


@every_text
def test_html(text: str) -> None:
    for name, written in HTML.items():
        assert tags(written(words(text).load())) == tags(written(INNOCENT.load())), name


@every_text
def test_svg(text: str) -> None:
    got = str(words(text).load().draw("svg"))
    assert elements(got) == elements(str(INNOCENT.load().draw("svg")))


@every_text
def test_what_is_read_by_the_line(text: str) -> None:
    for name, written in LINES.items():
        quiet = replace(words(text), doc=INNOCENT.doc)  # documentation has lines of its own
        got, wanted = written(quiet.load()), written(INNOCENT.load())
        assert "\x1b" not in got and "\x07" not in got, name
        assert lines(got) == lines(wanted), name
        if name not in PLAIN:
            assert not re.search(r"(?<!\\)<(script|img)", got), name


@every_text
def test_json(text: str) -> None:
    for name, written in JSON.items():
        got = json.loads(written(words(text).load()))
        assert shape(got) == shape(json.loads(written(INNOCENT.load()))), name


@every_text
def test_csv_has_no_formulas(text: str) -> None:
    """What a spreadsheet takes for one begins with = + - @ or white space."""
    got = list(csv.reader(StringIO(words(text).load().report().to_csv())))
    wanted = list(csv.reader(StringIO(INNOCENT.load().report().to_csv())))
    assert [len(row) for row in got] == [len(row) for row in wanted]
    assert not [cell for row in got for cell in row if re.match(r"[=+@\t\r-]", cell)]


def test_five_unrelated_mistakes_get_five_diagnostics() -> None:
    with pytest.raises(cnnc.CnnError) as error:
        cnnc.load(FIVE)
    assert len({each.code for each in error.value.diagnostics}) >= 5


def test_a_saved_report_is_no_more_trusted_than_a_program(tmp_path: Path) -> None:
    """Its texts may be anything; those of programs are identifiers."""
    text = TEXTS["markup"] + TEXTS["terminal"]
    content = json.loads(INNOCENT.load().report().to_json())
    content |= {"net": text, "source": text, "doc": text, "params": {text: text}}
    for layer in content["layers"]:
        layer["path"] += text
        layer["inputs"] = [f"{each}{text}" for each in layer["inputs"]]
    for output in content["outputs"]:
        output["path"] += text
    file = tmp_path / "report.json"
    file.write_text(json.dumps(content))
    difference = cnnc.diff(str(file), INNOCENT.load())
    assert not re.search(r"(?<!\\)<(script|img)", difference.to_markdown())
    found = [each for each in tags(difference._repr_html_()) if isinstance(each, tuple)]
    assert not [each for each in found if each[0] in ("script", "img")]
    assert not [name for each in found for name in each[1:] if name.startswith("on")]
    assert "\x1b" not in str(difference) and "\x07" not in str(difference)
