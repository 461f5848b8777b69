"""The page of an exploration, used as a reader uses it."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from cnnc.exploring.pareto import front
from tests.cli.run import cnnc
from tests.explore.programs import FAILING, TOWER, as_csv

BROWSERS = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable", "chrome")
QUIET = ("--no-sandbox", "--disable-gpu", "--disable-background-networking", "--disable-sync")
SHOWN = 24 - FAILING
Open = Callable[..., Any]


@pytest.fixture(scope="module")
def browser() -> Iterator[Any]:
    api = pytest.importorskip("playwright.sync_api", reason="playwright is not installed")
    binary = next((path for name in BROWSERS if (path := shutil.which(name))), None)
    if binary is None:
        pytest.skip("no Chromium on this system")
    with api.sync_playwright() as playwright:
        running = playwright.chromium.launch(executable_path=binary, args=list(QUIET))
        yield running
        running.close()


@pytest.fixture
def opened(browser: Any, tmp_path: Path) -> Iterator[Open]:
    """Opens an exploration's page; at the end it must have said and asked for nothing."""
    said: list[str] = []
    asked: list[str] = []
    path = tmp_path / "family.html"

    def open_page(*options: str, program: str = TOWER, **media: str) -> Any:
        result = cnnc("explore", "-", "--format", "html", "-o", path, *options, stdin=program)
        assert result.status == 0, result.err
        page = browser.new_page(viewport={"width": 1300, "height": 800})
        page.emulate_media(**media)
        page.set_default_timeout(10_000)
        page.on("console", lambda message: said.append(message.text))
        page.on("pageerror", lambda error: said.append(str(error)))
        page.on("request", lambda request: asked.append(request.url))
        page.goto(path.as_uri())
        return page

    yield open_page
    assert said == []
    assert asked == [path.as_uri()]


def texts(page: Any, selector: str) -> list[str]:
    found: list[str] = page.locator(selector).all_text_contents()
    return found


def table(page: Any) -> list[list[str]]:
    rows: list[list[str]] = page.evaluate(
        "[...document.querySelectorAll('#table tbody tr')]"
        ".map((row) => [...row.children].map((cell) => cell.textContent))"
    )
    return rows


def column(page: Any, name: str) -> list[float]:
    at = texts(page, "#table thead th").index(name)
    return [float(row[at].replace(",", "")) for row in table(page)]


def marked(page: Any) -> list[int]:
    rows: list[int] = page.evaluate(
        "[...document.querySelectorAll('#table tbody tr')]"
        ".flatMap((row, at) => (row.classList.contains('best') ? [at] : []))"
    )
    return rows


def test_the_table_has_every_number(opened: Open) -> None:
    page = opened()
    rows = table(page)
    lines = [line for line in as_csv("-", stdin=TOWER) if not line["error code"]]
    heads = texts(page, "#table thead th")
    assert heads[:3] == ["N", "M", "bn"]
    assert len(rows) == len(lines) == SHOWN
    for row, line in zip(rows, lines, strict=True):
        assert [each.replace(",", "") for each in row] == [line[name] for name in heads]


def test_a_place_is_one_point_and_its_members_are_in_its_tip(opened: Open) -> None:
    page = opened()
    places = set(zip(column(page, "params"), column(page, "rf"), strict=True))
    points = page.locator("circle.point")
    assert points.count() == len(places) < SHOWN
    assert page.locator("#tip").is_hidden()
    shared = page.locator("circle.point[aria-label*='more here']").first
    shared.dispatch_event("pointerover")
    assert "members" in page.locator("#tip strong").text_content()
    assert page.locator("#table tr.hinted").count() > 1
    shared.dispatch_event("pointerout")
    assert page.locator("#tip").is_hidden()


@pytest.mark.parametrize(
    ("x", "y"), [("params", "macs"), ("params", "rf"), ("rf", "depth"), ("depth", "macs")]
)
def test_the_front_is_that_of_the_two_columns(opened: Open, x: str, y: str) -> None:
    page = opened()
    page.select_option("#x", x)
    page.select_option("#y", y)
    signs = {"params": 1, "macs": 1, "rf": -1, "depth": -1}

    def by_hand() -> list[int]:
        return front(
            [
                (signs[x] * one, signs[y] * other)
                for one, other in zip(column(page, x), column(page, y), strict=True)
            ]
        )

    assert marked(page) == by_hand()
    page.click("#x-better")
    signs[x] = -signs[x]
    assert marked(page) == by_hand()
    page.check("#only")
    assert marked(page) == list(range(len(table(page))))
    assert texts(page, "#count") == [f"{len(table(page))} of {SHOWN} members"]


def test_the_page_opens_with_the_front_that_was_asked_for(opened: Open) -> None:
    page = opened("--pareto", "max:layers,macs")
    assert (page.input_value("#x"), page.input_value("#y")) == ("layers", "macs")
    assert texts(page, "#x-better") == ["more is better"]
    assert marked(page) == list(range(len(table(page))))


@pytest.mark.parametrize("name", ["params", "rf", "M", "bn"])
def test_a_heading_sorts_up_and_then_down(opened: Open, name: str) -> None:
    page = opened()
    at = texts(page, "#table thead th").index(name)
    heading = page.locator("#table thead th").nth(at)

    def cells() -> list[str]:
        return [row[at] for row in table(page)]

    def key(text: str) -> tuple[float, str]:
        bare = text.replace(",", "")
        return (float(bare), "") if bare.isdecimal() else (0, bare)

    before = cells()
    page.get_by_role("button", name=name, exact=True).click()
    assert heading.get_attribute("aria-sort") == "ascending"
    assert cells() == sorted(before, key=key)
    page.keyboard.press("Enter")
    assert heading.get_attribute("aria-sort") == "descending"
    assert cells() == sorted(before, key=key, reverse=True)


def test_a_click_chooses_the_row_and_a_row_the_point(opened: Open) -> None:
    page = opened()
    point = page.locator("circle.point.best").first
    point.click(force=True)
    assert point.get_attribute("aria-pressed") == "true"
    chosen = page.locator("#table tr.chosen")
    assert chosen.count() >= 1
    assert chosen.first.get_attribute("aria-selected") == "true"
    assert chosen.first.locator("td").nth(2).text_content() in point.get_attribute("aria-label")
    point.click(force=True)
    assert chosen.count() == page.locator("circle.chosen").count() == 0
    page.locator("#table tbody tr").nth(3).click()
    assert chosen.count() == page.locator("circle.chosen").count() == 1


def test_the_keyboard_reaches_every_point_and_row(opened: Open) -> None:
    page = opened()
    assert page.locator("circle.point[tabindex='0']").count() == 1
    page.locator("circle.point[tabindex='0']").focus()
    points = page.locator("circle.point").count()
    seen = set()
    for _ in range(points):
        seen.add(page.evaluate("document.activeElement.getAttribute('aria-label')"))
        assert page.locator("#tip").is_visible()
        page.keyboard.press("ArrowRight")
    assert len(seen) == points
    page.keyboard.press("Home")
    page.keyboard.press("Enter")
    assert page.locator("circle.chosen").count() == 1
    page.locator("#table tbody tr[tabindex='0']").focus()
    page.keyboard.press("ArrowDown")
    page.keyboard.press("ArrowDown")
    page.keyboard.press(" ")
    assert "chosen" in page.locator("#table tbody tr").nth(2).get_attribute("class")


def test_a_logarithm_is_offered_where_there_is_one(opened: Open) -> None:
    page = opened()
    for name, is_positive in (("params", True), ("N", False), ("buffers", False)):
        page.select_option("#x", name)
        assert page.locator("#x-log").is_enabled() is is_positive
    page.select_option("#x", "params")
    places = {}
    for is_log in (False, True):
        page.set_checked("#x-log", is_log)
        places[is_log] = page.evaluate(
            "[...document.querySelectorAll('circle.point')].map((each) => each.cx.baseVal.value)"
        )
    assert places[False] != places[True]
    assert sorted(places[True]) != sorted(places[False])


def test_colours_are_named(opened: Open) -> None:
    page = opened()
    page.select_option("#colour", "M")
    assert texts(page, "#key span") == ["1", "2", "4"]
    hues = page.evaluate(
        "[...new Set([...document.querySelectorAll('circle.point')].map((e) => e.dataset.hue))]"
    )
    assert {*hues} >= {"0", "1", "2"}
    page.select_option("#colour", "")
    assert texts(page, "#key span") == []


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_it_follows_the_system_and_a_button(opened: Open, scheme: str) -> None:
    page = opened(color_scheme=scheme)
    ground = "getComputedStyle(document.body).backgroundColor"
    first = page.evaluate(ground)
    page.click("#theme")
    second = page.evaluate(ground)
    dark, light = "rgb(20, 23, 28)", "rgb(246, 247, 249)"
    assert (first, second) == ((light, dark) if scheme == "light" else (dark, light))


def test_what_fails_is_listed(opened: Open) -> None:
    page = opened()
    assert texts(page, "#failed summary") == [f"{FAILING} members failed"]
    page.click("#failed summary")
    rows = page.locator("#failed tbody tr")
    assert rows.count() == FAILING
    cells = rows.first.locator("th, td").all_text_contents()
    window = "a window of height 2 is larger than its input of height 1"
    assert cells == ["0", "5", "true", "E0303", window]


@pytest.mark.parametrize("options", [("--where", "false"), ("--set", "N=0", "--vary", "M=[9]")])
def test_a_page_of_nothing_says_what_happened(opened: Open, options: tuple[str, ...]) -> None:
    page = opened(*options)
    assert page.locator("section").first.is_hidden()
    about = page.locator(".about").text_content()
    assert f"{SHOWN} left out by --where" in about or "2 failed" in about


def test_texts_of_the_program_stay_texts(opened: Open) -> None:
    hostile = "</script><script>alert(1)</script><b>&amp;{x}"
    program = f'param name = "{hostile}" in ["{hostile}", "b"]\nINPUT(8x8x3) -> GAP'
    page = opened("--where", f'name != "{hostile}" or true', program=program)
    assert table(page)[0][0] == f'"{hostile}"'
    assert hostile in page.locator(".about").text_content()
    assert page.locator("b").count() == 0


def test_a_single_member_has_its_place(opened: Open) -> None:
    page = opened(program="INPUT(8x8x3) -> CONV(4) -> GAP")
    assert page.locator("circle.point").count() == 1
    box = page.locator("circle.point").bounding_box()
    view = page.locator("#view").bounding_box()
    assert view["x"] < box["x"] < view["x"] + view["width"]
    assert view["y"] < box["y"] < view["y"] + view["height"]
