"""`cnnc explore`: its formats, its limits, what it refuses."""

from __future__ import annotations

import csv
import json
from io import StringIO
from pathlib import Path
from typing import Any

import jsonschema
import pytest

import cnnc
from cnnc.exploring import formats
from cnnc.exploring.formats.fragment import MOST
from tests.cli.run import cnnc as run
from tests.explore.programs import FAILING, MOBILENET, TOWER, WORDS, as_csv, as_json

SCHEMA = Path(formats.__file__).parent / "explore.schema.json"


def test_the_table() -> None:
    options = ("--set", "N=1", "--vary", "M=[4, 5]", "--sort", "params")
    result = run("explore", "-", *options, stdin=TOWER)
    assert result.status == 0
    assert result.err == ""
    assert result.out == (
        "Tower (<stdin>): 4 members (2 M x 2 bn) with N=1, width=4\n"
        "\n"
        "M  bn     params    macs   flops  activations  buffers  memory  rf  layers  depth\n"
        "---------------------------------------------------------------------------------\n"
        "4  false     581  39,764  79,528        2,477        0   7,168  46      11      5\n"
        "4  true      613  39,764  79,528        3,837       32   7,168  46      15      5\n"
        "\n"
        "2 shown, 2 failed\n"
        "\n"
        "failed\n"
        "  E0303 a window of height 2 is larger than its input of height 1:"
        " 2 members, first M=5, bn=true\n"
    )


def test_a_table_of_nothing_says_so() -> None:
    out = run("explore", "-", "--where", "false", stdin=TOWER).out
    assert out.splitlines()[2] == f"{24 - FAILING} left out by --where, {FAILING} failed"


def test_many_reasons_are_cut_and_counted() -> None:
    text = "INPUT(8x8x3) -> RESHAPE((1, 1, n)) -> GAP"
    out = run("explore", "-", "--vary", "n=1..30", stdin=text).out
    assert out.splitlines()[-1] == "  and 10 other reasons; csv and json have all"


def test_csv_has_every_member_and_every_reason() -> None:
    lines = as_csv("-", stdin=TOWER)
    content = as_json("-", stdin=TOWER)
    held = [line for line in lines if not line["error code"]]
    failed = [line for line in lines if line["error code"]]
    for line, member in zip(held, content["members"], strict=True):
        own = {name: str(value) for name, value in member["metrics"].items()}
        assert line == {**member["params"], **own, "error code": "", "error title": ""}
    for line, member in zip(failed, content["failed"], strict=True):
        assert {name: line[name] for name in member["settings"]} == member["settings"]
        assert (line["error code"], line["error title"]) == (member["code"], member["title"])
        assert line["params"] == line["macs"] == ""


def test_csv_quotes_texts() -> None:
    assert {line["name"] for line in as_csv("-", stdin=WORDS)} == {'"a"', '"b \\"c\\""'}


def schema() -> Any:
    content = json.loads(SCHEMA.read_text("utf-8"))
    jsonschema.Draft202012Validator.check_schema(content)
    return content


@pytest.mark.parametrize(
    ("program", "options"),
    [
        (TOWER, ()),
        (TOWER, ("--set", "N=1", "--sort", "-params", "--pareto", "params,rf", "--top", "1")),
        (WORDS, ("--where", "unit == wide")),
        ("INPUT(8x8x3) -> GAP", ("--where", "false")),
    ],
)
def test_json_is_what_its_schema_says(program: str, options: tuple[str, ...]) -> None:
    content = as_json("-", *options, stdin=program)
    jsonschema.validate(content, schema())


def test_the_schema_refuses_what_is_none() -> None:
    content = as_json("-", stdin=TOWER)
    del content["failed"][0]["code"]
    with pytest.raises(jsonschema.ValidationError):
        jsonschema.validate(content, schema())


def test_the_axes_of_json_span_the_family() -> None:
    content = as_json("-", stdin=TOWER)
    sizes = {axis["name"]: axis["values"] for axis in content["axes"]}
    assert sizes == {"N": ["0", "1", "2"], "M": ["1", "2", "4", "5"], "bn": ["true", "false"]}
    places = [each["member"] for each in [*content["members"], *content["failed"]]]
    assert sorted(places) == list(range(24))
    for each in content["members"]:
        n, m, bn = (sizes[name].index(each["settings"][name]) for name in ("N", "M", "bn"))
        assert each["member"] == (n * 4 + m) * 2 + bn


@pytest.mark.parametrize("format", ["table", "csv", "json", "html"])
def test_output_is_the_same_from_run_to_run(format: str, tmp_path: Path) -> None:
    first = run("explore", MOBILENET, "--format", format)
    result = run("explore", MOBILENET, "--format", format, "-o", tmp_path / "out")
    assert (first.status, result.status, result.out) == (0, 0, "")
    assert (tmp_path / "out").read_text("utf-8") == first.out


def test_too_large_a_family_is_refused_before_anything_is_counted(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    def count(*_: object) -> None:
        raise AssertionError("a member was counted")

    monkeypatch.setattr("cnnc.exploring.runner.measure", count)
    journal = tmp_path / "journal"
    result = run("explore", "-", "--vary", "width=1..1000000", "--resume", journal, stdin=TOWER)
    assert (result.status, result.out) == (1, "")
    assert "error[E0803]: the family has 24,000,000 members; the limit is 10,000" in result.err
    assert "`width` has 1,000,000 values" in result.err
    assert "--set width=1" in result.err and "--limit" in result.err
    assert not journal.exists()
    result = run("explore", "-", "--limit", "23", stdin=TOWER)
    assert "the family has 24 members; the limit is 23" in result.err


def test_a_wrong_expression_is_refused_before_anything_is_counted(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    def count(*_: object) -> None:
        raise AssertionError("a member was counted")

    monkeypatch.setattr("cnnc.exploring.runner.measure", count)
    result = run("explore", "-", "--where", "parms < 3", stdin=TOWER)
    assert (result.status, result.out) == (1, "")
    assert "did you mean params?" in result.err


@pytest.mark.parametrize(
    ("options", "says"),
    [
        (("--set", "N=1", "--vary", "N=[1, 2]"), "N is set and varied"),
        (("--vary", "N"), "write --vary NAME=[1, 2] or NAME=1..4"),
        (("--vary", "N=[1]", "--vary", "N=[2]"), "N is set twice"),
        (("--jobs", "2", "--ray", "127.0.0.1:1"), "leave out --jobs"),
        (("--jobs", "0"), "Invalid value for '--jobs'"),
        (("--top", "0"), "Invalid value for '--top'"),
        (("--limit", "0"), "Invalid value for '--limit'"),
        (("--format", "xml"), "'xml' is not one of"),
    ],
)
def test_a_wrong_command_line(options: tuple[str, ...], says: str) -> None:
    result = run("explore", "-", *options, stdin=TOWER)
    assert result.status == 2
    assert says in " ".join(result.err.replace("│", " ").split())


def test_nothing_that_is_read_is_overwritten(tmp_path: Path) -> None:
    program = tmp_path / "tower.cnn"
    program.write_text(TOWER)
    for options in (("-o", program), ("--resume", program), ("-o", "j", "--resume", "j")):
        assert run("explore", program, *options).status == 2
    assert program.read_text() == TOWER


def test_errors_of_the_program_are_told_once() -> None:
    result = run("explore", "-", stdin="param N = 1 in 1..3\nINPUT -> [CONV\n")
    assert result.status == 1
    assert result.err.count("error[") == 1


def test_a_mistake_in_every_member_fails_every_member() -> None:
    out = run("explore", "-", stdin="param N = 1 in 1..3\nINPUT(8x8x3) -> CONVV(N)").out
    assert "3 failed" in out
    assert "E0201 there is no layer `CONVV`: 3 members, first N=1" in out


def test_csv_is_rfc_4180() -> None:
    result = run("explore", "-", "--format", "csv", stdin=TOWER)
    rows = list(csv.reader(StringIO(result.out), strict=True))
    assert {len(row) for row in rows} == {4 + 9 + 2}


def test_in_python_it_gives_members() -> None:
    shown = cnnc.explore(MOBILENET, where="width >= 0.75", sort="-macs", resolution=224)
    assert [each.params["width"] for each in shown] == ["1.0", "0.75"]
    assert [each.metrics["params"] for each in shown] == [4_231_976, 2_585_560]
    assert all(type(number) is int for each in shown for number in each.metrics.values())


def test_in_python_it_is_printed_as_a_table_and_shown_in_a_notebook(tmp_path: Path) -> None:
    program = tmp_path / "tower.cnn"
    program.write_text(TOWER)
    found = cnnc.explore(program, where="N > 0")
    assert str(found) == run("explore", program, "--where", "N > 0").out.replace(
        str(program), program.name
    )
    html = found._repr_html_()
    assert html.count("<tr>") == 1 + sum(each.problem is None for each in found)
    failed = sum(each.problem is not None for each in found)
    assert failed and f"{failed} failed" in html
    assert "a window of height 2 is larger than its input of height 1" in html
    many = cnnc.explore(program, vary={"width": range(1, 40)})._repr_html_()
    assert many.count("<tr>") == 1 + MOST + 1
    assert f"… {39 * 18 - MOST:,} more" in many


def test_in_python_values_are_lists_ranges_or_texts(tmp_path: Path) -> None:
    program = tmp_path / "tower.cnn"
    program.write_text(TOWER)
    vary = {"N": range(0, 2), "M": [1, 5], "width": "2..3"}
    found = cnnc.explore(program, vary=vary, bn=False, journal=tmp_path / "j")
    assert len(found) == 8
    failed = [each for each in found if each.problem is not None]
    assert {each.settings["M"] for each in failed} == {"5"}
    assert found[-len(failed) :] == failed
    assert cnnc.explore(program, vary=vary, bn=False, journal=tmp_path / "j", jobs=2) == found
    with pytest.raises(cnnc.CnnError):
        cnnc.explore(program, vary={"M": 3})
