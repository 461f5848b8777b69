"""`cnnc git-setup` and `cnnc git-driver`: report diffs within git."""

from __future__ import annotations

import os
import shlex
import subprocess
import sys
from pathlib import Path
from typing import Annotated

import typer

from cnnc.cli.common import command
from cnnc.files import write_whole
from dsl.diagnostics import CnnError, Diagnostic

LINE = "*.cnn diff=cnnc"
ARGUMENTS = 7  # of an external diff; two more where the file was renamed


@command
def git_setup(
    undo: Annotated[bool, typer.Option("--undo", help="Take everything back.")] = False,
    everywhere: Annotated[
        bool, typer.Option("--global", help="In all repositories of this user.")
    ] = False,
) -> None:
    """Makes `git diff` show what a change of a program costs."""
    attributes = _attributes(everywhere)
    scope = "--global" if everywhere else "--local"
    if undo:
        _remove_line(attributes)
        _git("config", scope, "--remove-section", "diff.cnnc", may_fail=True)
        print("git shows programs as text again")
        return
    _add_line(attributes)
    # -P: what lies in the folder where git runs is never taken for this program.
    driver = f"{shlex.quote(sys.executable)} -P -m cnnc git-driver"
    _git("config", scope, "diff.cnnc.command", f"{driver} diff")
    _git("config", scope, "diff.cnnc.textconv", f"{driver} textconv")
    print(f"{attributes}: {LINE}")
    print("git diff shows *.cnn as report diffs; --no-ext-diff --no-textconv as the text alone")


@command
def git_driver(
    what: Annotated[str, typer.Argument(metavar="diff|textconv", help="What git asks for.")],
    arguments: Annotated[list[str], typer.Argument(metavar="...", help="What git gives.")],
) -> None:
    """What git runs once `git-setup` has told it to."""
    from cnnc.driver import converted  # no other command needs what compares

    if what == "textconv" and len(arguments) == 1:
        sys.stdout.write(converted(arguments[0]))
    elif what == "diff" and len(arguments) == 1:
        print(f"* Unmerged path {arguments[0]}")
    elif what == "diff" and len(arguments) >= ARGUMENTS:
        _print_difference(arguments)
    else:
        raise typer.BadParameter("git runs this by itself, after cnnc git-setup")


def _print_difference(arguments: list[str]) -> None:
    """Arguments as git(1) has them under GIT_EXTERNAL_DIFF."""
    from cnnc.driver import Version, is_coloured_by_git, shown  # as above

    path, old_file, old_blob, old_mode, new_file, new_blob, new_mode, *renamed = arguments
    new_path = renamed[0] if renamed else path
    about = renamed[1] if len(renamed) > 1 else ""
    if not about and old_mode != new_mode and "." not in (old_mode, new_mode):
        about = f"old mode {old_mode}\nnew mode {new_mode}\n"
    text = shown(Version(path, old_file, old_blob), Version(new_path, new_file, new_blob), about)
    if not os.environ.get("NO_COLOR") and is_coloured_by_git(sys.stdout.isatty()):
        from cnnc.cli.colour import print_difference  # rich is slow to import

        print_difference(text)
    else:
        sys.stdout.write(text)


def _attributes(everywhere: bool) -> Path:
    """The file of attributes, of the repository or of the user."""
    if not everywhere:
        return Path(_git("rev-parse", "--show-toplevel")) / ".gitattributes"
    chosen = _git("config", "--global", "--type=path", "core.attributesFile", may_fail=True)
    base = os.environ.get("XDG_CONFIG_HOME") or Path.home() / ".config"
    return Path(chosen) if chosen else Path(base) / "git" / "attributes"


def _add_line(file: Path) -> None:
    """Raises CnnError E0808 where another driver is set for programs."""
    text = file.read_text("utf-8") if file.exists() else ""
    lines = text.splitlines()
    if LINE in lines:
        return
    for line in lines:
        pattern, *attributes = line.split() or [""]
        if pattern == "*.cnn" and any(each.startswith("diff") for each in attributes):
            title = f"{file} says something else of programs: {line}"
            raise CnnError([Diagnostic("E0808", title, help=f"write there: {LINE}")])
    file.parent.mkdir(parents=True, exist_ok=True)
    ended = text if not text or text.endswith("\n") else f"{text}\n"
    write_whole(file, f"{ended}{LINE}\n".encode())


def _remove_line(file: Path) -> None:
    """And the file, where nothing else stands in it."""
    if not file.exists():
        return
    lines = file.read_text("utf-8").splitlines(keepends=True)
    left = "".join(line for line in lines if line.strip() != LINE)
    if left:
        write_whole(file, left.encode())
    else:
        file.unlink()


def _git(*arguments: str, may_fail: bool = False) -> str:
    try:
        run = subprocess.run(["git", *arguments], capture_output=True, text=True)
    except OSError as error:
        raise CnnError([Diagnostic("E0808", f"git does not run: {error.strerror}")]) from None
    if run.returncode and not may_fail:
        said = run.stderr.strip().splitlines()[0]
        if arguments[0] == "rev-parse":
            mend = "`git init` makes one; --global does it for all repositories"
            title = "there is no git repository here"
            raise CnnError([Diagnostic("E0808", title, notes=(said,), help=mend)])
        raise CnnError([Diagnostic("E0808", f"git {arguments[0]} failed: {said}")])
    return run.stdout.strip("\n")
