"""What FILE means on the command line and in `load`."""

from __future__ import annotations

import re
from pathlib import Path

NET = re.compile(r"(?P<file>.+):(?P<net>[A-Za-z_]\w*)")


def split_target(target: str) -> tuple[Path, str | None]:
    """`resnet.cnn:ResNet50` as path and net; a file of that very name comes first."""
    match = NET.fullmatch(target)
    if match is None or Path(target).is_file():
        return Path(target), None
    return Path(match["file"]), match["net"]
