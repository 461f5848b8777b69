"""The difference's page, used as a reader uses it."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from tests.cli.run import EXAMPLES, cnnc
from tests.page.browser import Browser
from tests.page.geometry import crossings, overlaps
from tests.page.made import data, difference

PAIRS = (
    ("resnet.cnn:ResNet18", "resnet.cnn:ResNet50"),
    ("googlenet.cnn:GoogLeNetPaper", "googlenet.cnn:GoogLeNet"),
    ("densenet.cnn:DenseNet121", "densenet.cnn:DenseNet169"),
    ("alexnet.cnn:AlexNet", "vgg.cnn:VGG16"),
)


@pytest.mark.parametrize(("old", "new"), PAIRS)
def test_opens_from_the_disk_and_asks_for_nothing(
    browser: Browser, tmp_path: Path, old: str, new: str
) -> None:
    path = difference(tmp_path, old, new)
    shown = browser.open(path)
    assert shown.problems == []
    assert shown.requests == [path.as_uri()]
    for _ in range(2):
        for side in ("#before", "#after"):
            assert overlaps(shown.page.locator(side)) == []
            assert crossings(shown.page.locator(side)) == []
        shown.page.click("#after [data-do=unfold]")


@pytest.mark.parametrize(("old", "new"), PAIRS)
def test_layers_and_sentences_are_those_of_the_difference(
    tmp_path: Path, old: str, new: str
) -> None:
    path = difference(tmp_path, old, new)
    (net,) = data(path)["nets"]
    command = ("diff", EXAMPLES / old, EXAMPLES / new, "--format", "json")
    (other,) = json.loads(cnnc(*command).out)["nets"]
    text = path.read_text("utf-8")
    assert [pair["status"] for pair in net["pairs"]] == [each["status"] for each in other["layers"]]
    names = [metric["name"] for metric in net["metrics"]]
    for pair, layer in zip(net["pairs"], other["layers"], strict=True):
        for side in ("old", "new"):
            if layer[side] is None:
                assert pair[side] is None
            else:
                assert pair[side]["quantities"] == [layer[side][name] for name in names]
    for total in other["totals"]:
        if total["name"] not in ("flops", "activation_bytes"):
            assert f"<td>{total['old']:,}</td><td>{total['new']:,}</td>" in text
    told = sorted(pair for line in net["lines"] for pair in line["pairs"])
    assert told == list(range(len(net["pairs"])))


def test_the_same_programs_make_the_same_bytes(tmp_path: Path) -> None:
    first = difference(tmp_path, *PAIRS[0]).read_bytes()
    assert difference(tmp_path, *PAIRS[0]).read_bytes() == first


def test_a_row_chooses_its_boxes_on_both_sides(browser: Browser, tmp_path: Path) -> None:
    shown = browser.open(difference(tmp_path, *PAIRS[0]))
    shown.page.get_by_role("row", name="layer1.0.conv1").click()
    for side in ("before", "after"):
        (box,) = shown.page.locator(f"#{side} [role=treeitem].chosen").all()
        assert "conv1" in box.get_attribute("aria-label")
        assert "status-changed" in box.get_attribute("class")


def test_a_box_chooses_its_rows_and_its_partner(browser: Browser, tmp_path: Path) -> None:
    shown = browser.open(difference(tmp_path, *PAIRS[1]))
    shown.page.get_by_role("treeitem", name="LRN 5, 6", exact=False).click()
    row = shown.page.locator("tr.chosen")
    assert row.locator(".status").inner_text() == "removed"
    assert row.locator("td.sign").nth(2).inner_text().startswith("\N{MINUS SIGN}")
    assert shown.page.locator("#after .chosen").count() == 0
    shown.page.locator("#after [role=treeitem]").nth(1).click()
    assert shown.page.locator("#before .chosen").get_attribute("aria-label").startswith("CONV 64")


def test_a_block_is_unfolded_on_both_sides(browser: Browser, tmp_path: Path) -> None:
    shown = browser.open(difference(tmp_path, *PAIRS[1]))
    both = [
        shown.page.locator(f"#{side}").get_by_role("treeitem", name="branch2", exact=False).first
        for side in ("before", "after")
    ]
    both[0].click()
    shown.press("Enter")
    assert [each.get_attribute("aria-expanded") for each in both] == ["true", "true"]
    shown.press("Enter")
    assert [each.get_attribute("aria-expanded") for each in both] == ["false", "false"]


def test_only_what_changed(browser: Browser, tmp_path: Path) -> None:
    path = difference(tmp_path, *PAIRS[0])
    (net,) = data(path)["nets"]
    shown = browser.open(path)
    assert shown.page.locator("tr.status-same, tr.status-affected").count() > 0
    shown.page.check("#only")
    assert shown.page.locator("tr.status-same, tr.status-affected").count() == 0
    changed = [pair for pair in net["pairs"] if pair["status"] not in ("same", "affected")]
    assert shown.page.locator("tfoot th").inner_text() == f"{len(changed)} layers"
    assert shown.page.locator("[role=treeitem].dim").count() > 0


def test_what_is_the_same_is_folded_and_can_be_unfolded(browser: Browser, tmp_path: Path) -> None:
    shown = browser.open(difference(tmp_path, *PAIRS[0]))
    first = shown.page.locator("[data-line]").first
    assert first.locator("th").inner_text() == "… 5 layers the same"
    first.locator("th").click()
    assert first.get_attribute("aria-expanded") == "true"
    assert shown.page.locator("[data-line='1'] th").inner_text() == "0"
    shown.press("ArrowLeft")
    assert first.get_attribute("aria-expanded") == "false"


def test_layers_of_which_only_numbers_differ_are_folded(browser: Browser, tmp_path: Path) -> None:
    shown = browser.open(
        difference(tmp_path, "squeezenet.cnn:SqueezeNet1_0", "squeezenet.cnn:SqueezeNet1_1")
    )
    quiet = shown.page.locator("tr.block.status-affected").first
    assert quiet.locator("th").inner_text() == "… 16 layers"
    quiet.locator("th").click()
    after = shown.page.locator(f"[data-line='{int(quiet.get_attribute('data-line')) + 1}']")
    assert after.locator(".status").inner_text() == "follows"


def test_a_filter_finds_layers_by_what_became_of_them(browser: Browser, tmp_path: Path) -> None:
    path = difference(tmp_path, *PAIRS[1])
    (net,) = data(path)["nets"]
    shown = browser.open(path)
    shown.press("/")
    shown.page.keyboard.type("removed lrn")
    removed = [pair for pair in net["pairs"] if pair["status"] == "removed"]
    lines = shown.page.locator("[data-line]")
    assert 0 < lines.count() <= len(removed)
    assert set(lines.locator(".status").all_inner_texts()) == {"removed"}


def test_several_nets_can_be_chosen(browser: Browser, tmp_path: Path) -> None:
    text = (EXAMPLES / "resnet.cnn").read_text("utf-8")
    changed = tmp_path / "changed.cnn"
    changed.write_text(
        text.replace("CONV7-64/2", "CONV7-96/2").replace("net ResNet34", "net Other")
    )
    path = difference(tmp_path, "resnet.cnn", changed)
    shown = browser.open(path)
    assert "Other" in shown.page.locator(".alone").inner_text()
    assert shown.page.locator("#before-title").inner_text() == "ResNet18"
    shown.page.select_option("#net", label="ResNet101")
    shown.page.wait_for_function(
        "document.getElementById('before-title')?.textContent === 'ResNet101'"
    )
    assert shown.page.locator(".told:visible").count() == 1
    assert shown.problems == []
    assert {url.partition("#")[0] for url in shown.requests} == {path.as_uri()}


def test_a_saved_report_is_drawn_too(browser: Browser, tmp_path: Path) -> None:
    saved = tmp_path / "old.json"
    net = EXAMPLES / "squeezenet.cnn"
    command = ("report", f"{net}:SqueezeNet1_0", "--format", "json", "-o", saved)
    assert cnnc(*command).status == 0
    shown = browser.open(difference(tmp_path, saved, "squeezenet.cnn:SqueezeNet1_1"))
    assert shown.problems == []
    assert shown.page.locator("#before [role=treeitem]").count() > 10


def test_nothing_changed(browser: Browser, tmp_path: Path) -> None:
    shown = browser.open(difference(tmp_path, "vgg.cnn:VGG16", "vgg.cnn:VGG16"))
    assert shown.page.locator(".told:visible li").inner_text() == "No layer changed."
    assert shown.page.locator("[data-line]").count() == 1


def test_a_narrow_window_has_all_of_it(browser: Browser, tmp_path: Path) -> None:
    shown = browser.open(difference(tmp_path, *PAIRS[0]), size=(390, 844))
    assert shown.run("document.documentElement.scrollWidth") <= 390
    places = [shown.page.locator(name).bounding_box() for name in ("#before", "#after", "#scroll")]
    assert [each["width"] > 340 for each in places] == [True, True, True]
    assert places[0]["y"] < places[1]["y"] < places[2]["y"]
