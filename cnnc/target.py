"""What FILE means on the command line and in `load`."""

from __future__ import annotations

from pathlib import Path


def split_target(target: str) -> tuple[Path, str | None]:
    """`resnet.cnn:ResNet50` as path and net; a file of that very name comes first."""
    file, _, net = target.rpartition(":")
    is_net = net.isidentifier() or Path(file).is_file()
    if not file or not is_net or Path(target).is_file():
        return Path(target), None
    return Path(file), net
