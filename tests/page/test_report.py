"""The report's page, used as a reader uses it."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

import pytest

from tests.cli.run import EXAMPLES, cnnc
from tests.page.browser import Browser
from tests.page.geometry import boxes, crossings, overlaps
from tests.page.made import data, report

NETS = (
    "alexnet.cnn:AlexNet",
    "googlenet.cnn:GoogLeNet",
    "resnet.cnn:ResNet152",
    "densenet.cnn:DenseNet121",
    "mobilenet_v2.cnn",
)


@pytest.mark.parametrize("net", NETS)
def test_opens_from_the_disk_and_asks_for_nothing(
    browser: Browser, tmp_path: Path, net: str
) -> None:
    path = report(tmp_path, net)
    shown = browser.open(path)
    assert shown.problems == []
    assert shown.requests == [path.as_uri()]
    assert shown.page.locator("[role=treeitem]").count() > 4
    assert shown.page.locator("[data-line]").count() > 4


@pytest.mark.parametrize("net", NETS)
def test_boxes_stand_apart_and_no_wire_crosses_one(
    browser: Browser, tmp_path: Path, net: str
) -> None:
    shown = browser.open(report(tmp_path, net))
    drawing = shown.page.locator("#drawing")
    shown.page.click("[data-do=fold]")
    folded = len(boxes(drawing))
    for _ in range(4):
        assert overlaps(drawing) == []
        assert crossings(drawing) == []
        shown.page.click("[data-do=unfold]")
    assert len(boxes(drawing)) >= folded


U_NET = """\
net U() {
  a = INPUT(64x64x3) -> enc1: [CONV(8) -> RELU -> CONV(8)]
  b = a -> POOL -> enc2: [CONV(16) -> RELU]
  c = b -> POOL -> enc3: [CONV(32) -> RELU]
  output aux (train) = c -> head: [GAP -> FC(3)]
  d = CONCAT{ c -> TCONV(16, 2, stride=2) | b } -> dec1: [CONV(16) -> RELU]
  CONCAT{ d -> TCONV(8, 2, stride=2) | a } -> dec2: CONV(8) -> CONV(2)
}
"""


def test_wires_over_many_ranks_pass_beside_the_boxes(browser: Browser, tmp_path: Path) -> None:
    program = tmp_path / "u.cnn"
    program.write_text(U_NET)
    shown = browser.open(report(tmp_path, str(program), "--train"))
    drawing = shown.page.locator("#drawing")
    assert len(boxes(drawing)) > 10
    assert overlaps(drawing) == []
    assert crossings(drawing) == []
    assert any("output aux" in name for name in boxes(drawing))


@pytest.mark.parametrize("net", NETS)
@pytest.mark.parametrize("options", [(), ("--train",), ("--stage", "optimised"), ("--batch", "7")])
def test_numbers_are_those_of_the_report(
    tmp_path: Path, net: str, options: tuple[str, ...]
) -> None:
    found = data(report(tmp_path, net, *options))
    other = json.loads(cnnc("report", EXAMPLES / net, "--format", "json", *options).out)
    assert found["totals"] == other["totals"]
    names = [metric["name"] for metric in found["metrics"]]
    assert len(found["rows"]) == len(other["layers"])
    for row, layer in zip(found["rows"], other["layers"], strict=True):
        assert (row["path"], row["layer"]) == (layer["path"], layer["layer"])
        assert row["quantities"] == [layer[name] for name in names]


def test_totals_on_the_page_are_those_of_the_report(browser: Browser, tmp_path: Path) -> None:
    path = report(tmp_path, "resnet.cnn:ResNet152")
    shown = browser.open(path)
    foot = shown.page.locator("tfoot").inner_text()
    for name in ("parameters", "macs", "activations", "live_bytes"):
        assert f"{data(path)['totals'][name]:,}" in foot


def test_numbers_that_a_script_would_round_stay_exact(browser: Browser, tmp_path: Path) -> None:
    options = ("--batch", "1000000007")
    command = ("report", EXAMPLES / "vgg.cnn:VGG16", "--format", "json", *options)
    totals = json.loads(cnnc(*command).out)["totals"]
    assert totals["macs"] > 2**53
    shown = browser.open(report(tmp_path, "vgg.cnn:VGG16", *options))
    assert shown.problems == []
    assert f"{totals['macs']:,}" in shown.page.locator("tfoot").inner_text()
    blocks = [shown.page.locator("tr.block", has_text=name) for name in ("features", "classifier")]
    macs = [int(each.locator("td").nth(3).inner_text().replace(",", "")) for each in blocks]
    assert sum(macs) == totals["macs"]


def test_the_same_program_makes_the_same_bytes(tmp_path: Path) -> None:
    first = report(tmp_path, "densenet.cnn:DenseNet121").read_bytes()
    assert report(tmp_path, "densenet.cnn:DenseNet121").read_bytes() == first


def test_a_box_chooses_its_rows(browser: Browser, tmp_path: Path) -> None:
    shown = browser.open(report(tmp_path, "googlenet.cnn:GoogLeNet"))
    shown.page.click("[data-do=fit]")
    shown.page.get_by_role("treeitem", name="inception, inception4d", exact=False).click()
    row = shown.page.locator("tr.chosen").first
    assert row.get_attribute("aria-selected") == "true"
    assert row.locator("th").inner_text() == "inception4d"
    assert row.is_visible()
    assert "inception4d" in shown.page.locator("#detail").inner_text()


def test_a_box_of_a_run_chooses_the_rows_of_all_members(browser: Browser, tmp_path: Path) -> None:
    shown = browser.open(report(tmp_path, "resnet.cnn:ResNet152"))
    shown.page.click("[data-do=fit]")
    shown.page.get_by_role("treeitem", name="layer3.1.conv2", exact=False).click()
    chosen = shown.page.locator("#detail").inner_text()
    assert "105 layers" in chosen  # conv2, bn2, ReLU of each of 35 bottlenecks
    assert shown.page.locator("tr.chosen th").first.inner_text() == "conv2"


def test_a_row_chooses_its_box(browser: Browser, tmp_path: Path) -> None:
    shown = browser.open(report(tmp_path, "googlenet.cnn:GoogLeNet"))
    shown.page.fill("#filter", "inception4b.branch2.1.conv")
    shown.page.locator("[data-line]").first.click()
    (box,) = shown.page.locator("[role=treeitem].chosen").all()
    assert "inception4b" in box.get_attribute("aria-label")
    assert box.get_attribute("aria-expanded") == "false"
    shown.press("Enter")  # unfolds what is around the layer
    (box,) = shown.page.locator("[role=treeitem].chosen").all()
    assert "inception4b.branch2.1.conv" in box.get_attribute("aria-label")


def test_enter_unfolds_a_block_and_folds_it_again(browser: Browser, tmp_path: Path) -> None:
    shown = browser.open(report(tmp_path, "googlenet.cnn:GoogLeNet"))
    block = shown.page.get_by_role("treeitem", name="inception, inception3a,", exact=False)
    block.click()
    shown.press("Enter")
    assert block.get_attribute("aria-expanded") == "true"
    assert block.get_by_role("treeitem").count() == 5
    shown.press("Enter")
    assert block.get_attribute("aria-expanded") == "false"
    assert block.get_by_role("treeitem").count() == 0


def test_arrows_walk_along_the_wires(browser: Browser, tmp_path: Path) -> None:
    def here() -> str:
        label: str = shown.run("document.activeElement.getAttribute('aria-label')")
        return label

    shown = browser.open(report(tmp_path, "resnet.cnn:ResNet152"))
    shown.page.locator("[data-do=fit]").focus()
    shown.press("Tab")
    assert here().startswith("INPUT")
    shown.press("ArrowDown", "ArrowDown", "ArrowDown")
    assert "layer1.0.conv1" in here()
    shown.press("ArrowDown", "ArrowDown")
    assert "layer1.0.conv3" in here()
    shown.press("ArrowRight")
    assert "layer1.0.downsample.0" in here()
    shown.press("ArrowDown")
    assert "ADD" in here()
    shown.press("ArrowDown")
    assert "layer1.1.conv1" in here()
    shown.press("ArrowUp")
    assert "layer1.0.9" in here()
    shown.press("Escape")
    assert here().startswith("bottleneck, layer1.0")
    shown.press("End")
    assert here().startswith("FC 1000")
    shown.press("ArrowDown")  # nothing comes after it
    assert here().startswith("FC 1000")
    assert shown.page.locator("tr.chosen th").inner_text() == "fc"


def test_a_depth_says_what_is_unfolded_at_first(browser: Browser, tmp_path: Path) -> None:
    shown = browser.open(report(tmp_path, "resnet.cnn:ResNet152", "--depth", "1"))
    assert shown.page.locator("[role=treeitem]").count() == 9
    assert shown.page.locator("[data-line]").count() == 11
    shown = browser.open(report(tmp_path, "resnet.cnn:ResNet152", "--depth", "2"))
    assert shown.page.locator("[role=treeitem]").count() == 17
    assert shown.page.locator("[data-line]").count() == 61


def test_every_box_can_be_reached_by_arrows(browser: Browser, tmp_path: Path) -> None:
    shown = browser.open(report(tmp_path, "alexnet.cnn:AlexNet"))
    shown.page.locator("[role=treeitem]").first.focus()
    seen = {shown.run("document.activeElement.dataset.id")}
    for _ in range(40):
        shown.press("ArrowDown")
        seen.add(shown.run("document.activeElement.dataset.id"))
    leaves = shown.page.locator("[role=treeitem]:not([aria-expanded=true])")
    assert seen == {each.get_attribute("data-id") for each in leaves.all()}


def test_filter_leaves_what_has_the_words(browser: Browser, tmp_path: Path) -> None:
    shown = browser.open(report(tmp_path, "resnet.cnn:ResNet152"))
    shown.press("/")
    shown.page.keyboard.type("downsample conv")
    assert shown.page.locator("[data-line]").count() == 4
    assert shown.page.locator("#found").inner_text() == "4 of 561 layers"
    assert "2,768,896" in shown.page.locator("tfoot").inner_text()  # parameters of these four
    dim = shown.page.locator("[role=treeitem].dim").count()
    assert 0 < dim < shown.page.locator("[role=treeitem]").count()
    shown.press("Escape")
    assert shown.page.locator("[role=treeitem].dim").count() == 0


def test_a_heading_sorts(browser: Browser, tmp_path: Path) -> None:
    shown = browser.open(report(tmp_path, "alexnet.cnn:AlexNet"))
    heading = shown.page.get_by_role("columnheader", name="parameters")
    heading.get_by_role("button").click()
    assert heading.get_attribute("aria-sort") == "descending"
    assert shown.page.locator("[data-line] th").first.inner_text() == "classifier.1"
    heading.get_by_role("button").click()
    assert heading.get_attribute("aria-sort") == "ascending"
    heading.get_by_role("button").click()
    assert shown.page.locator("[data-line] th").first.inner_text() == "0"


def test_the_table_by_keys(browser: Browser, tmp_path: Path) -> None:
    shown = browser.open(report(tmp_path, "resnet.cnn:ResNet152"))
    shown.page.locator("[data-line][tabindex='0']").focus()
    shown.press("ArrowDown", "ArrowDown", "ArrowDown", "ArrowDown", "ArrowDown")
    focused = shown.page.locator("[data-line]:focus")
    assert focused.locator("th").inner_text() == "layer1"
    assert focused.get_attribute("aria-expanded") == "false"
    shown.press("ArrowRight")
    assert focused.get_attribute("aria-expanded") == "true"
    shown.press("ArrowRight")
    assert focused.get_attribute("aria-level") == "2"
    shown.press("ArrowLeft", "ArrowLeft")
    assert focused.get_attribute("aria-expanded") == "false"


def test_the_keys_are_listed(browser: Browser, tmp_path: Path) -> None:
    shown = browser.open(report(tmp_path, "alexnet.cnn:AlexNet"))
    keys = shown.page.get_by_role("dialog", name="Keys")
    shown.press("?")
    assert keys.is_visible()
    keys.get_by_role("button", name="Close").click()
    assert not keys.is_visible()
    shown.page.click("#help")
    shown.press("Escape")
    assert not keys.is_visible()
    assert shown.problems == []


def test_zoom_by_keys(browser: Browser, tmp_path: Path) -> None:
    def scale() -> float:
        shown.page.wait_for_timeout(250)
        style = "getComputedStyle(document.querySelector('.world'))"
        found: float = shown.run(f"new DOMMatrix({style}.transform).a")
        return found

    shown = browser.open(report(tmp_path, "alexnet.cnn:AlexNet"))
    first = scale()
    shown.press("+")
    assert scale() == pytest.approx(first * 1.25)
    shown.press("-")
    assert scale() == pytest.approx(first)
    shown.press("0")
    assert scale() < first


def test_drag_and_wheel_move_and_ctrl_wheel_zooms(browser: Browser, tmp_path: Path) -> None:
    shown = browser.open(report(tmp_path, "googlenet.cnn:GoogLeNet"))
    mouse = shown.page.mouse

    def place() -> tuple[float, float, float]:
        box = shown.page.locator("[role=treeitem]").first.bounding_box()
        return box["x"], box["y"], box["width"]

    x, y, width = place()
    mouse.move(100, 500)
    mouse.down()
    mouse.move(160, 540, steps=4)
    mouse.up()
    assert place() == pytest.approx((x + 60, y + 40, width), abs=1)
    mouse.wheel(0, 100)
    assert place() == pytest.approx((x + 60, y - 60, width), abs=1)
    shown.page.keyboard.down("Control")
    mouse.wheel(0, -100)
    shown.page.keyboard.up("Control")
    assert place()[2] > width * 1.2


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_text_stands_out_from_its_ground(browser: Browser, tmp_path: Path, scheme: Any) -> None:
    shown = browser.open(report(tmp_path, "alexnet.cnn:AlexNet"), scheme=scheme)
    ground, ink = (
        [
            int(each)
            for each in re.findall(r"\d+", shown.run(f"getComputedStyle(document.body).{name}"))
        ]
        for name in ("backgroundColor", "color")
    )
    assert (sum(ground) > sum(ink)) == (scheme == "light")
    shown.page.click("#theme")
    other = re.findall(r"\d+", shown.run("getComputedStyle(document.body).backgroundColor"))
    assert (sum(map(int, other)) > sum(ground)) == (scheme == "dark")


def test_a_narrow_window_has_all_of_it(browser: Browser, tmp_path: Path) -> None:
    shown = browser.open(report(tmp_path, "googlenet.cnn:GoogLeNet"), size=(390, 844))
    assert shown.run("document.documentElement.scrollWidth") <= 390
    drawing, rows = (shown.page.locator(name).bounding_box() for name in (".view", "#scroll"))
    assert drawing["width"] > 340 and drawing["height"] > 200
    assert rows["y"] > drawing["y"] + drawing["height"]


HOSTILE = """\
## </script><script>document.title = "taken"</script> <img src=x onerror="alert(1)"> &amp; "'
## \u202e<!-- <script> ]]> ${name} $name
net N(title = "</script><b>") =
  INPUT(8x8x3) -> a: CONV(4) -> RELU -> GAP -> fc: FC(2)
"""


def test_text_of_a_program_stays_text(browser: Browser, tmp_path: Path) -> None:
    program = tmp_path / "a <b>&'\u202e.cnn"
    program.write_text(HOSTILE, "utf-8")
    path = tmp_path / "page.html"
    result = cnnc("report", program, "--format", "html", "-o", path)
    assert result.status == 0, result.err
    shown = browser.open(path)
    assert shown.problems == []
    assert shown.page.title() == "N"
    assert shown.page.locator("img").count() == 0
    assert "</script><script>" in shown.page.locator(".doc").inner_text()


def test_five_thousand_layers(browser: Browser, tmp_path: Path) -> None:
    """Equal units would be drawn as one run; these differ."""
    units = " -> ".join(f"u{i}: unit({8 + i % 7})" for i in range(1250))
    program = tmp_path / "deep.cnn"
    program.write_text(
        "block unit(n) = [conv: CONV(n) -> bn: BN -> RELU -> DROPOUT]\n"
        f"net Deep() = INPUT(8x8x3) -> {units} -> GAP -> fc: FC(2)\n"
    )
    path = tmp_path / "page.html"
    result = cnnc("report", program, "--format", "html", "-o", path)
    assert result.status == 0, result.err
    shown = browser.open(path)
    assert shown.problems == []
    assert shown.page.locator("[data-line]").count() < 200
    assert shown.page.locator("table[role=treegrid]").get_attribute("aria-rowcount") == "1254"
    shown.page.locator("#scroll").evaluate("each => each.scrollTop = each.scrollHeight")
    shown.page.get_by_role("row", name="fc").click()
    assert "fc" in shown.page.locator("[role=treeitem].chosen").get_attribute("aria-label")
    shown.page.fill("#filter", "u1249.conv")
    assert shown.page.locator("[data-line]").count() == 1
