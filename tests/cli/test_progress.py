"""Who waits at a terminal is told what for; nothing else is."""

from __future__ import annotations

import io
import sys
import time

import pytest

from cnnc.cli import common


class Terminal(io.StringIO):
    def isatty(self) -> bool:
        return True


@pytest.mark.parametrize(
    ("stderr", "patience", "told"),
    [
        (Terminal(), 0.0, "drawing net.cnn ...\n"),
        (Terminal(), 600.0, ""),
        (io.StringIO(), 0.0, ""),
    ],
    ids=["slow", "quick", "into a log"],
)
def test_what_is_told(
    stderr: io.StringIO, patience: float, told: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(common, "PATIENCE", patience)
    monkeypatch.setattr(sys, "stderr", stderr)
    with common.progress("drawing net.cnn"):
        limit = time.monotonic() + (60 if told else 0.05)
        while not stderr.getvalue() and time.monotonic() < limit:
            time.sleep(0.001)
    assert stderr.getvalue() == told
