"""Pages as the command line makes them, and the data in them."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

from tests.cli.run import EXAMPLES, cnnc


def report(folder: Path, net: str, *options: str) -> Path:
    return _written(folder / "report.html", "report", EXAMPLES / net, *options)


def difference(folder: Path, old: str | Path, new: str | Path, *options: str) -> Path:
    return _written(folder / "diff.html", "diff", EXAMPLES / old, EXAMPLES / new, *options)


def _written(path: Path, *command: str | Path) -> Path:
    result = cnnc(*command, "--format", "html", "-o", path)
    assert result.status == 0, result.err
    return path


def data(path: Path) -> Any:
    """What the page's scripts read."""
    found = re.search(r'id="data">(.*?)</script>', path.read_text("utf-8"), re.S)
    assert found
    return json.loads(found[1])
