from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.page.browser import Browser, chromium

QUIET = ("--no-sandbox", "--disable-gpu", "--disable-background-networking", "--disable-sync")


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    api = pytest.importorskip("playwright.sync_api", reason="playwright is not installed")
    binary = chromium()
    if binary is None:
        pytest.skip("no Chromium on this system")
    with api.sync_playwright() as playwright:
        running = playwright.chromium.launch(executable_path=binary, args=list(QUIET))
        yield Browser(running.new_context())
        running.close()
