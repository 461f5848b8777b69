"""A Chromium that the system has, and a page that is open in it."""

from __future__ import annotations

import shutil
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Literal, TypeAlias

NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable", "chrome")

Scheme: TypeAlias = Literal["light", "dark"]


def chromium() -> str | None:
    return next((path for name in NAMES if (path := shutil.which(name))), None)


@dataclass
class Opened:
    """What a page says and asks for is kept."""

    page: Any
    problems: list[str] = field(default_factory=list)
    requests: list[str] = field(default_factory=list)

    def run(self, script: str) -> Any:
        return self.page.evaluate(script)

    def press(self, *keys: str) -> None:
        for key in keys:
            self.page.keyboard.press(key)


@dataclass(frozen=True)
class Browser:
    """Opens pages straight from the disk."""

    context: Any

    def open(
        self, path: Path, size: tuple[int, int] = (1280, 800), scheme: Scheme = "light"
    ) -> Opened:
        for page in self.context.pages:
            page.close()
        page = self.context.new_page()
        page.set_viewport_size({"width": size[0], "height": size[1]})
        page.emulate_media(color_scheme=scheme)
        page.set_default_timeout(10_000)
        shown = Opened(page)
        page.on("console", lambda message: shown.problems.append(message.text))
        page.on("pageerror", lambda error: shown.problems.append(str(error)))
        page.on("request", lambda request: shown.requests.append(request.url))
        page.goto(path.as_uri())
        return shown
