"""Programs as they stand in a revision of a git repository."""

from __future__ import annotations

import os
import posixpath
import re
import subprocess
from dataclasses import dataclass
from pathlib import Path

from compiler.expansion.modules import MAX_BYTES
from compiler.expansion.project import LARGEST_FILE
from dsl.diagnostics import CnnError, Diagnostic, did_you_mean

LONGEST_LINK = 4_096  # characters of a path, as Linux has it
_AT_REVISION = re.compile(r"(?P<file>.+?\.(?:cnn|json)(?::\w+)?|[^@]+)@(?P<revision>.+)", re.DOTALL)


@dataclass(frozen=True, slots=True)
class AtRevision:
    """`FILE@REV`; a net may stand behind the file or behind the revision."""

    file: str
    revision: str


def split_revision(target: str) -> AtRevision | None:
    """None where no revision is named; a file of that very name comes first."""
    match = _AT_REVISION.fullmatch(target)
    if match is None or Path(target).exists():
        return None
    file, revision = match["file"], match["revision"]
    before, colon, net = revision.rpartition(":")
    if colon and before and net.isidentifier():
        return AtRevision(f"{file}:{net}", before)
    return AtRevision(file, revision)


def export(file: Path, revision: str, folder: Path) -> Path:
    """Writes the file and all programs of its revision into a folder; gives the file there.

    Raises CnnError E0808: git is missing, no repository, no such revision, no such file in it.
    """
    top, inside = _place(file, revision)
    shown = f"{file}@{revision}"
    wanted = ["rev-parse", "--verify", "--quiet", "--end-of-options", f"{revision}^{{tree}}"]
    tree = _git(top, *wanted, title=f"cannot read {shown}: there is no revision {revision}")
    entries = _entries(top, tree.decode().strip(), shown)
    if inside not in entries:
        mend = did_you_mean(inside, entries)
        title = f"cannot read {shown}: {inside} is not in that revision"
        raise _refused(title, shown, mend)
    chosen = {
        path: blob for path, blob in entries.items() if path == inside or path.endswith(".cnn")
    }
    sizes = _sizes(top, chosen, shown)
    if sizes[inside] > LARGEST_FILE:
        raise _refused(f"cannot read {shown}: it has more than {LARGEST_FILE:,} bytes", shown)
    read = {path: chosen[path] for path in chosen if path == inside or sizes[path] <= MAX_BYTES}
    if sum(sizes[path] for path in read) > 2 * LARGEST_FILE:
        title = f"cannot read {shown}: the programs beside it have too many bytes"
        raise _refused(title, shown, f"at most {2 * LARGEST_FILE:,}, all together")
    contents = _contents(top, read, shown)
    for path in chosen:
        target = folder / path
        if ".." in target.parts or path.startswith("/"):  # no tree that git itself made
            raise _refused(f"cannot read {shown}: {path} would leave its folder", shown)
        target.parent.mkdir(parents=True, exist_ok=True)
        with target.open("wb") as written:
            written.write(contents.get(path, b""))
            written.truncate(sizes[path])  # of one that is too large to be used that is enough
    return folder / inside


def _place(file: Path, revision: str) -> tuple[Path, str]:
    """The top of the repository around a file, and the path inside; the file need not be there."""
    whole = Path(os.path.abspath(file))
    folder = whole.parent
    while not folder.is_dir():
        folder = folder.parent
    title = f"cannot read {file}@{revision}: it is in no git repository"
    mend = "cnnc diff OLD NEW compares two files, or one file under two settings"
    shown = _git(folder, "rev-parse", "--show-toplevel", title=title, mend=mend)
    top = Path(os.fsdecode(shown).rstrip("\n"))
    real = folder.resolve() / whole.relative_to(folder)
    return top, real.relative_to(top.resolve()).as_posix()


def _entries(top: Path, tree: str, shown: str) -> dict[str, str]:
    """The blobs of a tree by path. A link is the program that it leads to within the tree."""
    listed = _git(top, "ls-tree", "-r", "-z", tree, title=f"cannot read {shown}")
    blobs: dict[str, str] = {}
    links: dict[str, str] = {}
    for entry in os.fsdecode(listed).split("\0"):
        about, _, path = entry.partition("\t")
        mode, _, rest = about.partition(" ")
        if mode in ("100644", "100755"):
            blobs[path] = rest.removeprefix("blob ")
        elif mode == "120000" and path.endswith(".cnn"):
            links[path] = rest.removeprefix("blob ")
    sizes = _sizes(top, links, shown)
    short = {path: blob for path, blob in links.items() if sizes[path] <= LONGEST_LINK}
    for path, target in _contents(top, short, shown).items():
        leads_to = posixpath.normpath(posixpath.join(posixpath.dirname(path), os.fsdecode(target)))
        if leads_to in blobs:
            blobs[path] = blobs[leads_to]
    return blobs


def _sizes(top: Path, blobs: dict[str, str], shown: str) -> dict[str, int]:
    """In bytes."""
    wanted = "".join(f"{blob}\n" for blob in blobs.values()).encode()
    asked = ("cat-file", "--batch-check=%(objectsize)")
    output = _git(top, *asked, title=f"cannot read {shown}", input=wanted) if blobs else b""
    sizes: dict[str, int] = {}
    for path, size in zip(blobs, output.splitlines(), strict=True):
        if not size.isdigit():
            raise _refused(f"cannot read {shown}: the repository lacks {path}", shown)
        sizes[path] = int(size)
    return sizes


def _contents(top: Path, blobs: dict[str, str], shown: str) -> dict[str, bytes]:
    wanted = "".join(f"{blob}\n" for blob in blobs.values()).encode()
    title = f"cannot read {shown}"
    output = _git(top, "cat-file", "--batch", title=title, input=wanted) if blobs else b""
    contents: dict[str, bytes] = {}
    at = 0
    for path in blobs:
        end = output.index(b"\n", at)
        size = int(output[at:end].rpartition(b" ")[2])
        contents[path] = output[end + 1 : end + 1 + size]
        at = end + 1 + size + 1
    return contents


def _git(folder: Path, *arguments: str, title: str, input: bytes = b"", mend: str = "") -> bytes:
    try:
        run = subprocess.run(["git", *arguments], cwd=folder, input=input, capture_output=True)
    except OSError as error:
        raise _refused(f"{title}: git does not run ({error.strerror})", "") from None
    if run.returncode:
        notes = tuple(run.stderr.decode("utf-8", "replace").strip().splitlines()[:3])
        raise CnnError([Diagnostic("E0808", title, notes=notes, help=mend)])
    return run.stdout


def _refused(title: str, file: str, mend: str = "") -> CnnError:
    return CnnError([Diagnostic("E0808", title, help=mend, file=file)])
