"""`cnnc diff`."""

from __future__ import annotations

import os
import sys
from contextlib import ExitStack
from enum import StrEnum
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
    parse_settings,
    progress,
    read_input,
    show,
    spare,
    stage_of,
)
from cnnc.cli.report import Dtype, Stage
from cnnc.revisions import split_revision
from compiler.expansion.elaborate import MAX_LAYERS

if TYPE_CHECKING:  # no other command needs what compares, so it is imported where it is used
    from compiler.difference.limits import Limit
    from compiler.difference.nets import Comparison


class Format(StrEnum):
    table = "table"
    json = "json"
    markdown = "markdown"
    html = "html"


@command
def diff(
    old: Annotated[
        str,
        typer.Argument(
            metavar="OLD", help="A program FILE, FILE:NET, either with @REV of git, or a report."
        ),
    ],
    new: Annotated[
        str | None,
        typer.Argument(metavar="NEW", help="The same; without it OLD, as it is now."),
    ] = None,
    settings: Settings = None,
    set_old: Annotated[
        list[str] | None, typer.Option("--set-old", metavar="NAME=VALUE", help="In OLD alone.")
    ] = None,
    set_new: Annotated[
        list[str] | None, typer.Option("--set-new", metavar="NAME=VALUE", help="In NEW alone.")
    ] = None,
    format: Annotated[
        Format, typer.Option(metavar="FORMAT", help=f"One of {choices(Format)}.")
    ] = Format.table,
    depth: Annotated[
        int | None,
        typer.Option(min=1, metavar="N", help="Fold blocks to this many parts of a path."),
    ] = None,
    batch: Annotated[int | None, typer.Option(min=1, metavar="N", help="Images at once.")] = None,
    dtype: Annotated[
        Dtype | None,
        typer.Option(metavar="TYPE", help=f"Of all values and weights: {choices(Dtype)}."),
    ] = None,
    stage: Annotated[
        Stage | None, typer.Option(help="The graphs that are counted: as written, or after -O 2.")
    ] = None,
    train: Annotated[bool, typer.Option("--train", help="Count the training graphs.")] = False,
    fail_on: Annotated[
        list[str] | None,
        typer.Option(metavar="LIMIT", help="Exit 1 if a limit such as params>+5% is crossed."),
    ] = None,
    exit_code: Annotated[
        bool, typer.Option("--exit-code", help="Exit 1 if anything differs.")
    ] = False,
    output: Output = None,
    max_layers: MaxLayers = MAX_LAYERS,
    allow_path: AllowPaths = None,
) -> None:
    """What a change costs: layer by layer, in total, and in words."""
    from cnnc.comparing import Counting, compare, open_side
    from compiler.difference.limits import crossed, crossed_alone

    before, after = _sides(old, new)
    piped = [each for each in (before, after) if each == "-" or each.startswith("-:")]
    if len(piped) > 1:
        raise typer.BadParameter("only one of OLD and NEW can be standard input")
    graphs = stage_of(stage, train)
    if depth is not None and format is Format.html:
        raise typer.BadParameter("--depth folds lines of text, and a page is folded by its reader")
    if depth is not None and format is Format.json:
        raise typer.BadParameter("--depth folds lines of text, and json has every layer")
    spare(output, *(each for each in (before, after) if split_revision(each) is None))
    limits = _limits(fail_on)
    everywhere = parse_settings(settings)
    counting = Counting(graphs, batch, dtype.value if dtype else None)
    read = read_input() if piped else None
    with progress(f"comparing {before} and {after}"), ExitStack() as stack:
        allowed = tuple(allow_path or ())
        one = open_side(before, parse_settings(set_old), stack, read, max_layers, allowed)
        other = open_side(after, parse_settings(set_new), stack, read, max_layers, allowed)
        comparison = compare(one, other, counting, everywhere)
        text = _text(comparison, format, depth)
    if format is Format.table and output is None and _is_coloured():
        from cnnc.cli.colour import print_difference  # rich is slow to import

        print_difference(text)
    else:
        deliver(text, output)
    over = [each for one in comparison.differences for each in crossed(one, limits)]
    over += [each for one in comparison.added for each in crossed_alone(one, limits)]
    show(over)
    if over or (exit_code and not comparison.is_empty):
        raise typer.Exit(FAILED)


def _sides(old: str, new: str | None) -> tuple[str, str]:
    """Without NEW the file as it lies there, against the revision that is named, or HEAD."""
    if new is not None:
        return old, new
    if old == "-" or old.startswith("-:"):
        raise typer.BadParameter("what standard input is compared with is missing")
    at = split_revision(old)
    return (f"{old}@HEAD", old) if at is None else (old, at.file)


def _limits(texts: list[str] | None) -> list[Limit]:
    from compiler.difference.limits import limit

    try:
        return [limit(text) for text in texts or ()]
    except ValueError as error:
        raise typer.BadParameter(f"--fail-on {error}") from None


def _text(comparison: Comparison, format: Format, depth: int | None) -> str:
    from compiler.formats.difference.json import json
    from compiler.formats.difference.markdown import markdown
    from compiler.formats.difference.table import table
    from compiler.formats.page.difference import page

    match format:
        case Format.json:
            return json(comparison)
        case Format.markdown:
            return markdown(comparison, depth)
        case Format.html:
            return page(comparison)
        case Format.table:
            return table(comparison, depth)


def _is_coloured() -> bool:
    return sys.stdout.isatty() and not os.environ.get("NO_COLOR")
