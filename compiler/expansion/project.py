"""Which files a program may `use`: those of its project, and of folders that its user allows."""

from __future__ import annotations

import os
import stat
from collections.abc import Iterable
from pathlib import Path

ENDING = ".cnn"
# Of saved reports too, and beyond all of them.
LARGEST_FILE = 2**28


class Refused(Exception):
    """A file that is not read; the message says why, the mend what would help."""

    def __init__(self, title: str, mend: str = "") -> None:
        super().__init__(title)
        self.title = title
        self.mend = mend


def project(path: Path | None) -> Path:
    """The folder that the `use` of a program may not leave: the nearest one around it that holds
    `.git`, or, where there is none, its own. That of a text is looked for from the working folder.
    """
    folder = (path.parent if path is not None else Path.cwd()).resolve()
    return next((each for each in (folder, *folder.parents) if (each / ".git").exists()), folder)


def roots(path: Path | None, allowed: Iterable[Path] = ()) -> tuple[Path, ...]:
    """The folders under which used files may lie, links followed."""
    return (project(path), *(each.resolve() for each in allowed))


def refuse_outside(target: Path, folders: tuple[Path, ...]) -> None:
    """`target` has its links followed. Raises Refused where it is no program's name, or lies in
    none of the folders."""
    if target.suffix != ENDING:
        raise Refused(f"its name does not end in {ENDING}")
    if not any(target.is_relative_to(folder) for folder in folders):
        mend = "if that is meant, allow its folder: --allow-path DIR"
        raise Refused("it lies outside the project's folder", mend)


def read_ordinary(path: Path, most: int) -> bytes:
    """The bytes of an ordinary file of at most so many. Raises Refused for a folder, a device, a
    pipe or a socket, which are not waited for; OSError where it cannot be read."""
    waits_not = getattr(os, "O_NONBLOCK", 0) | getattr(os, "O_BINARY", 0)
    if not stat.S_ISREG(os.stat(path).st_mode):  # opening a device can do things
        raise Refused("it is no ordinary file")
    with open(os.open(path, os.O_RDONLY | waits_not), "rb") as file:
        if not stat.S_ISREG(os.fstat(file.fileno()).st_mode):
            raise Refused("it is no ordinary file")
        data = file.read(most + 1)
    if len(data) > most:
        raise Refused(f"it has more than {most:,} bytes")
    return data


def read_bounded(path: Path, most: int = LARGEST_FILE) -> bytes:
    """The bytes of what the user named, which may be a pipe. Raises Refused where it has more, and
    OSError."""
    with path.open("rb") as file:
        data = file.read(most + 1)
    if len(data) > most:
        raise Refused(f"it has more than {most:,} bytes")
    return data
