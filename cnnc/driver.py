"""What git calls to show a change of a program: as a report diff, or as text to compare."""

from __future__ import annotations

import subprocess
from collections.abc import Iterator
from dataclasses import dataclass
from difflib import unified_diff
from pathlib import Path

from cnnc.comparing import NOTHING, Counting, Side, compare
from cnnc.pipeline import Journey
from compiler.difference.tokens import skeleton
from compiler.expansion.modules import MAX_BYTES, decode
from compiler.expansion.program import net_names
from compiler.formats.difference.table import table
from compiler.report import Report
from dsl.diagnostics import CnnError
from dsl.syntax import Use


@dataclass(frozen=True, slots=True)
class Version:
    """A program as git hands it over: a file that holds it, and the blob's id, all zeros where it
    is the one that lies in the working tree."""

    path: str
    file: str
    blob: str

    @property
    def is_missing(self) -> bool:
        return self.file == NOTHING

    @property
    def name(self) -> str:
        return f"{self.path}@{self.blob[:7]}" if self.blob.strip("0.") else self.path

    @property
    def size(self) -> int:
        """In bytes."""
        return 0 if self.is_missing else Path(self.file).stat().st_size

    @property
    def content(self) -> bytes:
        return b"" if self.is_missing else Path(self.file).read_bytes()

    def lines(self) -> list[str]:
        return self.content.decode("utf-8", "replace").splitlines(keepends=True)


def shown(old: Version, new: Version, about: str = "") -> str:
    """The change of one file: a report diff, and the textual one where that says nothing or a side
    does not compile. `about`: what git says of modes and renames."""
    head = f"diff --cnnc a/{old.path} b/{new.path}\n{about}"
    large = next((each for each in (old, new) if each.size > MAX_BYTES), None)
    if large is not None:
        has = f"{large.name} has {large.size:,} bytes, and a program at most {MAX_BYTES:,}"
        return f"{head}cnnc: {has}; git diff --no-ext-diff compares the text\n"
    try:
        sides = [_side(each) for each in (old, new)]
        comparison = compare(sides[0], sides[1], Counting())
    except CnnError as error:
        first = error.diagnostics[0]
        why = f"cnnc: {first.place or new.path}: {first.title}; the change of the text:"
        return f"{head}{why}\n{_textual(old, new)}"
    if comparison.is_empty:
        return f"{head}cnnc: no layer changed; the change of the text:\n{_textual(old, new)}"
    return f"{head}{_used(sides)}{table(comparison)}"


def _side(version: Version) -> Side:
    """Files that a program uses are looked for beside it in the working tree: git says nothing of
    the commit that is meant."""
    if version.is_missing:
        return Side(NOTHING)
    source = decode(version.content, version.name)
    journey = Journey(source, Path(version.path).absolute(), None, {})
    _ = journey.tree
    return Side(version.name, journey)


def _used(sides: list[Side]) -> str:
    used: dict[str, None] = {}
    for side in sides:
        if side.journey is not None:
            declared = side.journey.tree.declarations
            uses = (each for each in declared if isinstance(each, Use))
            used.update((each.target, None) for each in uses if not each.is_std)
    if not used:
        return ""
    return f"cnnc: read from the working tree, whatever the commits have: {', '.join(used)}\n"


def _textual(old: Version, new: Version) -> str:
    before = NOTHING if old.is_missing else f"a/{old.path}"
    after = NOTHING if new.is_missing else f"b/{new.path}"
    lines = list(unified_diff(old.lines(), new.lines(), before, after))
    ended = [
        each if each.endswith("\n") else f"{each}\n\\ No newline at end of file\n" for each in lines
    ]
    return "".join(ended) or "the contents are the same\n"


def converted(file: str) -> str:
    """A program as lines that git compares: of each net its layers and totals, then the text
    itself, so that no change of it is hidden."""
    content = Path(file).read_bytes()
    text = content.decode("utf-8", "replace")
    try:
        source = decode(content, Path(file).name)
        whole = Journey(source, None, None, {})
        reports = [whole.to(net, {}, unreached="nothing").report() for net in net_names(whole.tree)]
    except CnnError as error:
        return f"cnnc: {error.diagnostics[0].title}\n\n{text}"
    return "".join(f"{line}\n" for report in reports for line in _lines(report)) + text


def _lines(report: Report) -> Iterator[str]:
    """Without positions and columns, which would shift where a layer is put in."""
    totals = report.totals
    yield f"{report.name}: {totals.parameters:,} parameters"
    yield f"{report.name}: {totals.macs:,} MACs"
    yield f"{report.name}: {totals.activations:,} activations"
    for row in report.rows:
        numbers = f"{row.parameters:,} parameters, {row.macs:,} MACs"
        yield f"{skeleton(row.path)}: {row.layer} {row.volume}, {numbers}"
    yield ""


def is_coloured_by_git(is_terminal: bool) -> bool:
    """What git's own settings say, which know of its pager."""
    answer = "true" if is_terminal else "false"
    asked = ["git", "config", "--get-colorbool", "color.diff", answer]
    run = subprocess.run(asked, capture_output=True, text=True)
    return run.stdout.strip() == "true"
