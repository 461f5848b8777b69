"""What all commands share: options, diagnostics, exit status, output."""

from __future__ import annotations

import os
import sys
import threading
import traceback
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from enum import StrEnum
from functools import wraps
from pathlib import Path
from typing import Annotated, ParamSpec

import typer

from cnnc.explaining import codes
from cnnc.files import write_whole
from cnnc.pipeline import Journey
from cnnc.target import split_target
from compiler.expansion.elaborate import MAX_LAYERS
from compiler.expansion.modules import decode, read_source
from compiler.expansion.project import LARGEST_FILE
from compiler.report import Stage
from dsl.diagnostics import CnnError, Diagnostic
from dsl.source import Source

FAILED = 1
WRONG_USAGE = 2
BUG = 70
INTERRUPTED = 130
PATIENCE = 1.0  # seconds before a command says what it is at

P = ParamSpec("P")

File = Annotated[str, typer.Argument(metavar="FILE", help="A program, FILE:NET, or - for stdin.")]
Settings = Annotated[
    list[str] | None,
    typer.Option("--set", metavar="NAME=VALUE", help="Set a param; may be repeated."),
]
Output = Annotated[
    Path | None, typer.Option("-o", "--output", metavar="PATH", help="Write here, not to stdout.")
]
MaxLayers = Annotated[
    int, typer.Option("--max-layers", min=1, metavar="N", help="Refuse networks with more layers.")
]
AllowPaths = Annotated[
    list[Path] | None,
    typer.Option(
        "--allow-path",
        exists=True,
        file_okay=False,
        metavar="DIR",
        help="A `use` may read from this folder too; may be repeated.",
    ),
]


def stage_of(stage: StrEnum | None, train: bool) -> Stage | None:
    """The graph that --stage or --train name; None where neither does."""
    if train and stage is not None:
        raise typer.BadParameter(
            "--train takes the training graph, and --stage one for inference: give one of them"
        )
    names: dict[str, Stage] = {"source": "source", "optimised": "optimised"}
    return "training" if train else names[stage] if stage else None


def choices(values: type[StrEnum]) -> str:
    """For the help of an option; as its metavar they are too wide for a terminal."""
    return ", ".join(values)


def command(action: Callable[P, None]) -> Callable[P, None]:
    """Turns what goes wrong into diagnostics and an exit status."""

    @wraps(action)
    def run(*args: P.args, **kwargs: P.kwargs) -> None:
        try:
            action(*args, **kwargs)
            sys.stdout.flush()
        except CnnError as error:
            show(error.diagnostics)
            raise typer.Exit(FAILED) from None
        except BrokenPipeError:
            # The reader, such as `head`, has seen enough; nothing is left to say to it.
            os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
            raise typer.Exit(0) from None
        except (typer.Exit, typer.Abort, typer.BadParameter, KeyboardInterrupt):
            raise
        except Exception as error:
            report_bug(error)
            raise typer.Exit(BUG) from None

    return run


def report_bug(error: Exception) -> None:
    print(f"bug in cnnc: {type(error).__name__}: {error}", file=sys.stderr)
    if os.environ.get("CNNC_TRACEBACK"):
        traceback.print_exception(error)
    else:
        print("CNNC_TRACEBACK=1 shows where.", file=sys.stderr)
    print("Please report it, with the program and the command line.", file=sys.stderr)


def show(diagnostics: Iterable[Diagnostic]) -> None:
    """To stderr; on a terminal in colour, and with the command that explains them."""
    found = list(diagnostics)
    text = "\n\n".join(each.render() for each in found)
    if not text:
        return
    if sys.stderr.isatty():
        known = set(codes())
        explained = next((each.code for each in found if each.code in known), None)
        text += f"\n\n`cnnc explain {explained}` says more." if explained else ""
    if sys.stderr.isatty() and not os.environ.get("NO_COLOR"):
        from cnnc.cli.colour import print_coloured  # rich is slow to import

        print_coloured(text)
    else:
        print(text, file=sys.stderr)


def read(target: str) -> tuple[Source, Path | None, str | None]:
    """The source of FILE, its path and the net that was named. Raises CnnError E0101, E0102."""
    if target == "-" or target.startswith("-:"):
        return decode(read_input(), "<stdin>"), None, target[2:] or None
    path, net = split_target(target)
    return read_source(path, str(path)), path.resolve(), net


def read_input() -> bytes:
    """Standard input; no program or report has more. Raises CnnError E0102."""
    data = sys.stdin.buffer.read(LARGEST_FILE + 1)
    if len(data) > LARGEST_FILE:
        title = f"cannot read <stdin>: it has more than {LARGEST_FILE:,} bytes"
        raise CnnError([Diagnostic("E0102", title, file="<stdin>")])
    return data


def journey(
    target: str,
    settings: list[str] | None,
    max_layers: int = MAX_LAYERS,
    allow_paths: list[Path] | None = None,
) -> Journey:
    source, path, net = read(target)
    given = parse_settings(settings)
    allowed = tuple(allow_paths or ())
    return Journey(source, path, net, given, max_layers, allow_paths=allowed)


def parse_settings(
    settings: list[str] | None, option: str = "--set", form: str = "NAME=VALUE"
) -> dict[str, str]:
    """`NAME=VALUE` each; the compiler reads the values. Wrong ones are the command line's fault."""
    values: dict[str, str] = {}
    for setting in settings or ():
        name, equals, value = setting.partition("=")
        if not (equals and name.strip().isidentifier() and value.strip()):
            raise typer.BadParameter(f"{setting!r}: write {option} {form}")
        if name.strip() in values:
            raise typer.BadParameter(f"{name.strip()} is set twice")
        values[name.strip()] = value.strip()
    return values


def spare(output: Path | None, *inputs: str | Path | None) -> None:
    """Refuses an output that would overwrite what the command reads."""
    for each in inputs:
        if output is None or each is None or str(each).startswith("-"):
            continue
        path = each if isinstance(each, Path) else split_target(each)[0]
        if output.resolve() == path.resolve():
            raise typer.BadParameter(f"{output} is read by this command; write elsewhere")


def deliver(text: str, output: Path | None) -> None:
    """A result, to stdout or whole into a file."""
    if output is None or str(output) == "-":
        sys.stdout.write(text)
    else:
        write_whole(output, text.encode("utf-8"))


@contextmanager
def progress(what: str) -> Iterator[None]:
    """Says on a terminal what is being done, once it takes longer than `PATIENCE`. A log or a
    pipe gets diagnostics alone: what stands there must not hang on how busy a machine is."""
    if not sys.stderr.isatty():
        yield
        return
    timer = threading.Timer(PATIENCE, lambda: print(f"{what} ...", file=sys.stderr, flush=True))
    timer.daemon = True
    timer.start()
    try:
        yield
    finally:
        timer.cancel()
