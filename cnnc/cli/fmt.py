"""`cnnc fmt`."""

from __future__ import annotations

import difflib
import os
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Annotated

import typer

from cnnc.cli.common import FAILED, command, progress, read_input, show
from cnnc.files import write_whole
from compiler.expansion.modules import decode, read_data
from dsl.diagnostics import CnnError, Diagnostic, printable
from dsl.formatting import formatted

STDIN = "-"


@command
def fmt(
    files: Annotated[
        list[str],
        typer.Argument(metavar="FILE...", help="Programs, folders of them, or - for stdin."),
    ],
    check: Annotated[
        bool, typer.Option("--check", help="Write nothing; name what would change, status 1.")
    ] = False,
    diff: Annotated[bool, typer.Option("--diff", help="Write nothing; show the changes.")] = False,
) -> None:
    """The one canonical layout, written in place."""
    programs = _programs(files)
    counts = {"changed": 0, "unchanged": 0, "failed": 0}
    with progress(f"formatting {files[0]}"):
        for file in programs:
            try:
                is_changed = _format(file, check, diff)
            except CnnError as error:
                show(error.diagnostics)
                counts["failed"] += 1
            else:
                counts["changed" if is_changed else "unchanged"] += 1
    if check or diff or programs != [STDIN]:
        print(_summary(counts, is_dry=check or diff), file=sys.stderr)
    if counts["failed"] or (check and counts["changed"]):
        raise typer.Exit(FAILED)


def _programs(files: list[str]) -> list[str]:
    """Each file once, those of a folder by name; what a dot hides is left out."""
    found: dict[str, None] = {}
    for file in files:
        inside = sorted(_inside(Path(file))) if file != STDIN and Path(file).is_dir() else None
        if inside == []:
            title = f"there is no .cnn file in {file}"
            raise CnnError([Diagnostic("E0102", title, file=file)])
        found.update(dict.fromkeys([file] if inside is None else map(str, inside)))
    return list(found)


def _inside(folder: Path) -> Iterator[Path]:
    for top, folders, names in os.walk(folder):
        folders[:] = [name for name in folders if not name.startswith(".")]
        yield from (Path(top, name) for name in names if name.endswith(".cnn") and name[0] != ".")


def _format(file: str, check: bool, diff: bool) -> bool:
    """Whether the layout is another. Raises CnnError, and then the file is as it was."""
    name = "<stdin>" if file == STDIN else file
    data = read_input() if file == STDIN else read_data(Path(file), name)
    source = decode(data, name)
    text = formatted(source)
    is_changed = text.encode("utf-8") != data
    if diff and is_changed:
        _show_changes(source.text, text, name)
    if check and is_changed:
        print(printable(f"would change {name}"))
    if check or diff:
        return is_changed
    if file == STDIN:
        sys.stdout.write(text)
    elif is_changed:
        write_whole(Path(file), text.encode("utf-8"))
    return is_changed


def _show_changes(old: str, new: str, name: str) -> None:
    """As `patch` takes them."""
    text = "".join(difflib.unified_diff(_lines(old), _lines(new), name, name))
    if sys.stdout.isatty() and not os.environ.get("NO_COLOR"):
        from cnnc.cli.colour import print_changes  # rich is slow to import

        print_changes(text)
    else:
        sys.stdout.write(text)


def _lines(text: str) -> list[str]:
    *lines, last = text.split("\n")
    ended = [f"{line}\n" for line in lines]
    return [*ended, f"{last}\n\\ No newline at end of file\n"] if last else ended


def _summary(counts: dict[str, int], is_dry: bool) -> str:
    """`2 files changed, 3 files unchanged`."""
    words = {"changed": "would change" if is_dry else "changed", "failed": "with errors"}
    said = [
        f"{number:,} {'file' if number == 1 else 'files'} {words.get(what, what)}"
        for what, number in counts.items()
        if number
    ]
    return ", ".join(said)
