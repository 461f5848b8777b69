"""No text of a program, of its file's name or of the command line becomes markup, a formula, a line
or a terminal's command in what `explore` and `bench` write."""

from __future__ import annotations

import csv
import json
import re
from dataclasses import replace
from io import StringIO
from pathlib import Path

import pytest

from cnnc.benching.agreement import Difference
from cnnc.benching.bench import Asked as Benched
from cnnc.benching.bench import Bench, Entry
from cnnc.benching.formats.written import written as written_bench
from cnnc.benching.machine import Machine
from cnnc.exploring.exploration import Asked, Exploration, explore
from cnnc.exploring.formats.fragment import fragment
from cnnc.exploring.formats.written import written
from cnnc.pipeline import Journey
from dsl.source import Source
from tests.cli.run import cnnc as run
from tests.hostile.test_formats import WRITABLE, shape, tags

PROGRAM = """
param mode = "quiet" in ["quiet", {text}]
param n = 4 in [4, 0]
net Family = INPUT(8x8x3) -> CONV(n) -> GAP -> FC(2)
"""
every_text = pytest.mark.parametrize("text", WRITABLE.values(), ids=WRITABLE.keys())


def quoted(text: str) -> str:
    """As the language writes it."""
    escaped = text.replace("\\", "\\\\").replace('"', '\\"').replace("\n", "\\n")
    return f'"{escaped}"'


def explored(text: str) -> Exploration:
    source = Source(f"{text}.cnn", PROGRAM.format(text=quoted(text)))
    where = f"mode != {quoted(text + '!')}"
    return explore(Journey(source, None, "Family", {}), {}, Asked(where=where, sort="mode"))


INNOCENT = explored("text")


@every_text
def test_explore_is_read_by_the_line(text: str) -> None:
    got, wanted = (written(each, "table") for each in (explored(text), INNOCENT))
    assert len(got.splitlines()) == len(wanted.splitlines())
    assert not [char for char in got if char != "\n" and not char.isprintable()]


@every_text
def test_explore_as_csv(text: str) -> None:
    """No cell begins like a formula."""
    got, wanted = (
        list(csv.reader(StringIO(written(each, "csv")), strict=True))
        for each in (explored(text), INNOCENT)
    )
    assert [len(row) for row in got] == [len(row) for row in wanted]
    assert not [cell for row in got for cell in row if re.match(r"[=+@\t\r-]", cell)]


@every_text
def test_explore_as_json(text: str) -> None:
    got, wanted = (json.loads(written(each, "json")) for each in (explored(text), INNOCENT))
    assert shape(got) == shape(wanted)


@every_text
def test_explore_as_html(text: str) -> None:
    assert tags(written(explored(text), "html")) == tags(written(INNOCENT, "html"))
    assert tags(fragment(explored(text))) == tags(fragment(INNOCENT))


@pytest.fixture(scope="module")
def bench() -> Bench:
    found = Difference(1.0, 0.0)
    entry = Entry("torch", "PyTorch", 1.0, 0.1, (0.1, 0.2), found)
    here = Machine("a processor", 2, "Linux", {"numpy": "2"})
    asked = Benched(("torch",), 1, 2, 1, None, None, 0)
    left_out = {"onnxruntime": "it is not there"}
    return Bench(
        "Net", "net.cnn", {"mode": "quiet"}, asked, ((1, 2),), here, "BLAS", (entry,), left_out
    )


def benched(text: str, bench: Bench) -> Bench:
    """With the text wherever a program, a machine or an error might bring it."""
    here = replace(bench.machine, processor=text)
    absent = {"onnxruntime": text}
    return replace(
        bench, source=text, settings={"mode": text}, blas=text, machine=here, left_out=absent
    )


@every_text
def test_bench(text: str, bench: Bench) -> None:
    for form in ("table", "markdown"):
        got, wanted = (written_bench(each, form) for each in (benched(text, bench), bench))
        assert len(got.splitlines()) == len(wanted.splitlines())
        assert not [char for char in got if char != "\n" and not char.isprintable()]
        if form == "markdown":
            assert not re.search(r"(?<!\\)<(script|img|!--)", got)
    got, wanted = (written_bench(each, "json") for each in (benched(text, bench), bench))
    assert shape(json.loads(got)) == shape(json.loads(wanted))


NAMED = {name: text for name, text in WRITABLE.items() if len(text) < 200 and "\0" not in text}


@pytest.mark.parametrize("text", NAMED.values(), ids=NAMED)
def test_a_file_s_name_says_nothing_to_the_terminal(text: str, tmp_path: Path) -> None:
    good = tmp_path / f"{text.replace('/', ' ')}.cnn"
    good.write_text("net Good=INPUT(8x8x3) -> GAP -> FC(2)\n")
    bad = good.with_name(f"bad {good.name}")
    bad.write_text("net Bad = INPUT(8x8x3) -> CONVV(2)\n")
    for command in (
        ("check", good, bad),
        ("lint", good, bad),
        ("fmt", "--check", good, bad),
        ("report", good),
        ("explore", good),
        ("diff", good, good),
        ("report", bad),
    ):
        result = run(*command)
        assert result.status in (0, 1), result.err
        for char in result.out + result.err:
            assert char == "\n" or char.isprintable(), (command, char)
