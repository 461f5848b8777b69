"""What cannot be explained, as diagnostics."""

from __future__ import annotations

from pathlib import Path

from dsl.diagnostics import CnnError, Diagnostic


def unread(path: Path, reason: str, help: str = "") -> CnnError:
    """E0830: an image that cannot be read."""
    title = f"cannot read the image: {reason}"
    return CnnError([Diagnostic("E0830", title, file=str(path), help=help)])


def unfit(path: Path, title: str, help: str = "") -> CnnError:
    """E0831: an image that is none for this network."""
    return CnnError([Diagnostic("E0831", title, file=str(path), help=help)])


def unexplained(title: str, help: str = "", notes: tuple[str, ...] = ()) -> CnnError:
    """E0832: a network, or a layer of it, that has not what the picture shows."""
    return CnnError([Diagnostic("E0832", title, help=help, notes=notes)])
