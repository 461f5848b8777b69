"""A difference as text, and what a comment can hold."""

from __future__ import annotations

import json as codec
from dataclasses import replace
from pathlib import Path

import jsonschema
import pytest

from compiler.difference.compare import diff
from compiler.difference.model import Total
from compiler.difference.nets import Comparison
from compiler.formats.difference import json as json_format
from compiler.formats.difference.fragment import fragment
from compiler.formats.difference.json import json
from compiler.formats.difference.lines import Gap, Line, lines, percent
from compiler.formats.difference.markdown import LONGEST, markdown
from compiler.formats.difference.table import table
from compiler.report import Report
from tests.difference.programs import change, example, report

SCHEMA = codec.loads(
    Path(str(json_format.__file__)).with_name("diff.schema.json").read_text("utf-8")
)
SMALL = "INPUT(8x8x3) -> a: CONV(4) -> RELU -> s: [unit(4)]*3 -> x: LRN -> GAP -> fc: FC(2)"
OTHER = "INPUT(8x8x3) -> a: CONV(8, 5) -> RELU -> s: [unit(8)]*5 -> GAP -> fc: FC(2)"
PAIRS = [
    ("lenet.cnn", "alexnet.cnn:AlexNet2012"),
    ("vgg.cnn:VGG16", "googlenet.cnn:GoogLeNet"),
    ("resnet.cnn:ResNet18", "resnet.cnn:ResNet50"),
]


def comparison(old: str, new: str) -> Comparison:
    return Comparison((change(old, new),))


def examples(old: str, new: str) -> Comparison:
    return Comparison((diff(example(old), example(new)),))


def renamed(one: Report, name: str) -> Report:
    return replace(one, name=name)


def test_the_table_elides_what_is_the_same_and_folds_whole_blocks() -> None:
    text = table(comparison(SMALL, SMALL.replace("CONV(4)", "CONV(4, 5)").replace("*3", "*5")))
    rows = text.splitlines()
    assert rows[:2] == ["- net (net.cnn)", "+ net (net.cnn)"]
    assert "  … 1 layer is the same" in rows
    assert "  … 16 layers are the same" in rows
    (added,) = (row for row in rows if row.startswith("+ s"))
    wanted = "+ s.3 … s.4 2 × unit, 10 layers 8x8x4 312 +312 18,432 +18,432 15"
    assert " ".join(added.split()) == wanted
    assert "Added: s.3 to s.4 (2 x unit)." in rows


def test_a_fall_to_little_is_not_rounded_to_all_of_it() -> None:
    total = Total("parameters", "parameters", "values", 820_534, 314)
    assert percent(total) == "/ 2,613.2"
    assert percent(replace(total, new=0)) == "-100.0 %"
    assert percent(replace(total, new=820)) == "-99.9 %"


def test_where_only_outputs_differ_no_layer_is_shown() -> None:
    old = "net A { x = INPUT(8x8x3) -> a: CONV(4)\n output f = x\n x -> GAP }"
    text = table(comparison(old, old.replace("output f = x", "")))
    assert "\n… 3 layers are the same\n" in text and "path" not in text
    assert "\nOutput no more: f (a).\n" in text


def test_changed_arguments_are_shown_as_written() -> None:
    (line,) = (
        each
        for each in lines(change(SMALL, SMALL.replace("a: CONV(4)", "a: CONV(4, 1x5, pad=0)")))
        if isinstance(each, Line) and each.sign == "~"
    )
    assert line.text == "CONV k 3 → 1x5, pad half → 0"
    assert line.output == "8x8x4 → 8x4x4"


@pytest.mark.parametrize("depth", [None, 1, 2, 3])
@pytest.mark.parametrize(("old", "new"), PAIRS)
def test_at_every_depth_all_parameters_stand_in_the_lines(
    old: str, new: str, depth: int | None
) -> None:
    found = diff(example(old), example(new))
    changes = 0
    for line in lines(found, depth):
        if isinstance(line, Line):
            change = line.numbers[1].replace(",", "")
            changes += int(change) if change else 0
    total = next(each for each in found.totals if each.name == "parameters")
    assert changes == total.change


@pytest.mark.parametrize(("old", "new"), PAIRS)
def test_every_layer_is_in_a_line_or_elided(old: str, new: str) -> None:
    found = diff(example(old), example(new))
    same = sum(pair.status == "same" for pair in found.pairs)
    assert sum(each.layers for each in lines(found) if isinstance(each, Gap)) == same


def test_a_depth_counts_what_happened_within() -> None:
    shown = lines(diff(example("resnet.cnn:ResNet18"), example("resnet.cnn:ResNet50")), 1)
    texts = {each.path: each.text for each in shown if isinstance(each, Line)}
    assert texts["layer1"] == "34 layers: 2 changed, 18 added, 6 affected, 8 same"


@pytest.mark.parametrize(("old", "new"), PAIRS)
def test_json_fits_its_schema_and_is_stable(old: str, new: str) -> None:
    alone = example("zfnet.cnn")
    whole = Comparison(examples(old, new).differences, (alone,), (alone,))
    text = json(whole)
    content = codec.loads(text)
    jsonschema.validate(content, SCHEMA)
    assert text == json(whole)
    (net,) = content["nets"]
    assert len(net["layers"]) == len(whole.differences[0].pairs)
    assert content["added"][0]["totals"]["parameters"] == alone.totals.parameters


def test_the_schema_refuses_what_is_no_difference() -> None:
    content = codec.loads(json(examples(*PAIRS[0])))
    for broken in (
        {**content, "format": "cnnc-diff/2"},
        {key: value for key, value in content.items() if key != "nets"},
        {**content, "nets": [{**content["nets"][0], "same": "no"}]},
        {**content, "nets": [{**content["nets"][0], "layers": [{"status": "gone"}]}]},
    ):
        with pytest.raises(jsonschema.ValidationError):
            jsonschema.validate(broken, SCHEMA)


def test_markdown_begins_with_a_summary_and_leaves_out_what_is_the_same() -> None:
    text = markdown(comparison(SMALL, OTHER))
    first = text.splitlines()[0]
    assert first.startswith("- **net**: parameters +") and "MACs" in first
    assert "| + | s.3 … s.4 |" in text
    assert "<details><summary>" in text and text.count("<details>") == text.count("</details>")
    assert "the same calls with other numbers" in text
    assert "| ~ | a | CONV out 4 → 8, k 3 → 5 |" in text


def test_markdown_of_no_change_is_a_sentence() -> None:
    assert markdown(comparison(SMALL, SMALL)) == "No layer of any network changed.\n"


def test_markdown_tells_of_networks_that_came_went_and_stayed() -> None:
    one = report(SMALL)
    whole = Comparison(
        (diff(one, one), change(SMALL, OTHER)), (renamed(one, "Gone"),), (renamed(one, "New"),)
    )
    lines = markdown(whole).splitlines()
    assert lines[1].startswith("- **New** is new: ")
    assert lines[2].startswith("- **Gone** went: ")
    assert lines[3] == "- net: no layer changed"


@pytest.mark.parametrize("longest", [2_000, 5_000, 20_000, LONGEST])
def test_markdown_keeps_within_what_a_comment_holds_and_says_what_was_cut(longest: int) -> None:
    old = report("INPUT(8x8x3) -> [CONV(8) -> RELU]*600 -> GAP")
    new = report("INPUT(8x8x3) -> [CONV(8, 5) -> TANH]*600 -> GAP")
    text = markdown(Comparison((diff(old, new),) * 3), longest=longest)
    assert len(text) <= longest
    assert f"Cut, to keep within {longest:,} characters" in text
    assert text.count("<details>") == text.count("</details>")


def test_markdown_cuts_nothing_that_fits() -> None:
    text = markdown(examples(*PAIRS[2]))
    assert "Cut" not in text and len(text) < LONGEST


def test_text_of_a_program_is_no_markup() -> None:
    net = 'net A(note = "a|b<b>`c`") = INPUT(8x8x3) -> CONV(4) -> GAP'
    one, two = report(net), report(net.replace("CONV(4)", "CONV(5)"))
    text = markdown(Comparison((diff(one, two),)))
    assert r"a\|b\<b\>\`c\`" in text
    assert "<b>" not in fragment(Comparison((diff(one, two),)))


def test_the_fragment_has_every_line_total_and_sentence() -> None:
    whole = comparison(SMALL, OTHER)
    text = fragment(whole)
    (difference,) = whole.differences
    rows = len(lines(difference)) + len(difference.totals) + 2
    assert text.count("<tr") == rows
    assert text.count("<li>") == len(difference.sentences)
