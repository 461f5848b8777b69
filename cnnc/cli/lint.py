"""`cnnc lint`."""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from difflib import unified_diff
from enum import StrEnum
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from cnnc.cli.common import (
    FAILED,
    AllowPaths,
    MaxLayers,
    Output,
    Settings,
    choices,
    command,
    deliver,
    journey,
    progress,
    show,
    spare,
)
from cnnc.cli.found import as_json, place
from cnnc.cli.sarif import sarif
from cnnc.files import write_whole
from cnnc.pipeline import Journey
from compiler.expansion.elaborate import MAX_LAYERS
from dsl.diagnostics import CnnError, Diagnostic, did_you_mean, printable

if TYPE_CHECKING:
    # The rules are many files, which no other command needs: they are imported where they run.
    from cnnc.linted import Linted
    from compiler.lint.rule import Rule
    from compiler.lint.runner import Found

BYTE_ORDER_MARK = b"\xef\xbb\xbf"


class Format(StrEnum):
    text = "text"
    json = "json"
    sarif = "sarif"


@dataclass(slots=True)
class Results:
    """Of all files: errors, findings, a line about each, and the texts that were changed."""

    errors: list[Diagnostic] = field(default_factory=list)
    found: list[Found] = field(default_factory=list)
    lines: list[str] = field(default_factory=list)
    diffs: list[str] = field(default_factory=list)

    @property
    def diagnostics(self) -> list[Diagnostic]:
        return [*self.errors, *(each.diagnostic for each in self.found)]


Names = Annotated[
    list[str] | None,
    typer.Option("--select", metavar="RULE,...", help="Only these rules; may be repeated."),
]


@command
def lint(
    files: Annotated[
        list[str] | None,
        typer.Argument(metavar="FILE...", help="Programs, FILE:NET, or - for stdin."),
    ] = None,
    settings: Settings = None,
    select: Names = None,
    ignore: Annotated[
        list[str] | None,
        typer.Option("--ignore", metavar="RULE,...", help="All but these; may be repeated."),
    ] = None,
    fix: Annotated[bool, typer.Option("--fix", help="Write certain mends into the files.")] = False,
    diff: Annotated[bool, typer.Option("--diff", help="Show what --fix would write.")] = False,
    rules: Annotated[
        bool, typer.Option("--rules", help="List the rules, and nothing else.")
    ] = False,
    exit_zero: Annotated[
        bool, typer.Option("--exit-zero", help="Status 0 in spite of findings.")
    ] = False,
    format: Annotated[
        Format, typer.Option(metavar="FORMAT", help=f"One of {choices(Format)}.")
    ] = Format.text,
    output: Output = None,
    max_layers: MaxLayers = MAX_LAYERS,
    allow_path: AllowPaths = None,
) -> None:
    """Advice that is no error: the rules of thumb of the notes."""
    chosen = _chosen(select, ignore)
    if rules:
        given = (files, settings, fix, diff, exit_zero, allow_path, max_layers != MAX_LAYERS)
        if any(given) or format is not Format.text:
            raise typer.BadParameter("--rules looks at no file: only --select, --ignore and -o go")
        from compiler.lint.page import listed  # as above

        deliver(listed(chosen), output)
        return
    if not files:
        raise typer.BadParameter("name a file; --rules alone lists the rules")
    if fix and diff:
        raise typer.BadParameter("--fix writes what --diff shows: give one of them")
    if diff and format is not Format.text:
        raise typer.BadParameter("--diff has a format of its own")
    if fix and any(each == "-" or each.startswith("-:") for each in files):
        raise typer.BadParameter("--fix has no file to write for stdin; --diff shows it")
    spare(output, *files)
    results = Results()
    for file in files:
        with progress(f"linting {file}"):
            way = partial(journey, file, settings, max_layers, allow_path)
            _lint_file(way, chosen, fix, diff, results)
    _deliver(results, format, diff, output)
    if results.errors or (results.found and not exit_zero):
        raise typer.Exit(FAILED)


def _lint_file(
    way: Callable[[], Journey],
    rules: Sequence[Rule],
    fix: bool,
    diff: bool,
    results: Results,
) -> None:
    from cnnc.linted import linted, mended  # as above

    try:
        whole = way()
        result = mended(whole, rules) if fix or diff else linted(whole, rules)
    except CnnError as error:
        results.errors += [each for each in error.diagnostics if each not in results.errors]
        return
    if fix and result.fixed and whole.path is not None:
        _write(whole.path, result.source.text)
    if diff:
        results.diffs.append(_diff(whole, result))
        result = linted(whole, rules)
    results.found += result.found
    results.lines.append(_line(whole, result, fix))


def _write(path: Path, text: str) -> None:
    mark = BYTE_ORDER_MARK if path.read_bytes().startswith(BYTE_ORDER_MARK) else b""
    write_whole(path, mark + text.encode("utf-8"))


def _line(whole: Journey, result: Linted, fix: bool) -> str:
    parts = [f"{result.fixed} fixed"] if result.fixed else []
    left = len(result.found)
    parts.append(f"{left} finding{'s' if left != 1 else ''}" if left else "no findings")
    fixable = sum(each.edit is not None for each in result.found)
    if fixable and not fix:
        parts.append(f"{fixable} may be mended by --fix")
    return f"{printable(whole.source.name)}: {', '.join(parts)}\n"


def _diff(whole: Journey, result: Linted) -> str:
    name = whole.source.name
    old, new = (each.text.splitlines(keepends=True) for each in (whole.source, result.source))
    lines = unified_diff(old, new, name, f"{name} (fixed)")
    return "".join(line if line.endswith("\n") else f"{line}\n" for line in lines)


def _chosen(select: list[str] | None, ignore: list[str] | None) -> list[Rule]:
    """The usual rules, or those that are selected, without those that are ignored."""
    from compiler.lint.rules import RULES  # as above

    selected, ignored = _names(select), _names(ignore)
    chosen = [
        rule
        for rule in RULES
        if (rule.name in selected if selected else rule.usual) and rule.name not in ignored
    ]
    if not chosen:
        raise typer.BadParameter("--ignore leaves no rule to look for")
    return chosen


def _names(given: list[str] | None) -> set[str]:
    from compiler.lint.rules import BY_NAME  # as above

    names = {name.strip() for each in given or () for name in each.split(",")}
    for name in sorted(names):
        if name not in BY_NAME:
            mend = did_you_mean(name, BY_NAME) or "--rules lists them"
            raise typer.BadParameter(f"there is no rule {name!r}; {mend}")
    return names


def _deliver(results: Results, format: Format, diff: bool, output: Path | None) -> None:
    if format is Format.json:
        deliver(_json(results), output)
    elif format is Format.sarif:
        deliver(_sarif(results), output)
    else:
        show(results.diagnostics)
        deliver("".join(results.diffs if diff else results.lines), output)


def _json(results: Results) -> str:
    errors = [{**as_json(each), "fix": None} for each in results.errors]
    found = [{**as_json(each.diagnostic), "fix": _replacement(each)} for each in results.found]
    content = {"format": "cnnc-lint/1", "diagnostics": [*errors, *found]}
    return json.dumps(content, indent=2, ensure_ascii=False) + "\n"


def _replacement(each: Found) -> dict[str, object] | None:
    """What `--fix` tries to write, in place of what stands there."""
    return None if each.edit is None else {**place(each.edit.span), "text": each.edit.text}


def _sarif(results: Results) -> str:
    from compiler.lint.rules import RULES  # as above

    about = {rule.name: (rule.title, f"{rule.explanation} ({rule.source})") for rule in RULES}
    return sarif(results.diagnostics, about)
