"""What cannot be bundled, as diagnostics."""

from __future__ import annotations

from pathlib import Path

from dsl.diagnostics import CnnError, Diagnostic


def unprepared(title: str, help: str = "") -> CnnError:
    """E0910: photographs that would not become the network's input."""
    return CnnError([Diagnostic("E0910", title, help=help)])


def unlabelled(path: Path, title: str, help: str = "") -> CnnError:
    """E0911: labels that are not those of the network's classes."""
    return CnnError([Diagnostic("E0911", title, file=str(path), help=help)])


def unread(path: Path, reason: str) -> CnnError:
    """E0912: labels that cannot be read."""
    return CnnError([Diagnostic("E0912", f"cannot read the labels: {reason}", file=str(path))])
