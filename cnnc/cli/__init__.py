"""The command line."""

from __future__ import annotations

from typing import Annotated

import typer

from cnnc.cli.bench import bench
from cnnc.cli.check import check
from cnnc.cli.compile import compile_
from cnnc.cli.diff import diff
from cnnc.cli.draw import draw
from cnnc.cli.explain import explain
from cnnc.cli.explain_image import explain_image
from cnnc.cli.explore import explore
from cnnc.cli.fmt import fmt
from cnnc.cli.git import git_driver, git_setup
from cnnc.cli.lint import lint
from cnnc.cli.report import report
from cnnc.cli.verify import verify
from cnnc.cli.weights import app as weights
from cnnc.version import VERSION

app = typer.Typer(
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    context_settings={"help_option_names": ["-h", "--help"]},
    help="Check, count, draw, compare and compile convolutional networks, written as in CS231n.",
)
app.command("check")(check)
app.command("report")(report)
app.command("draw")(draw)
app.command("diff")(diff)
app.command("explore")(explore)
app.command("lint")(lint)
app.command("fmt")(fmt)
app.command("explain")(explain)
app.command("compile")(compile_)
app.command("verify")(verify)
app.command("bench")(bench)
app.command("explain-image")(explain_image)
app.add_typer(weights, name="weights")
app.command("git-setup")(git_setup)
app.command("git-driver", hidden=True)(git_driver)


def _version(wanted: bool) -> None:
    if wanted:
        print(f"cnnc {VERSION}")
        raise typer.Exit


@app.callback()
def _options(
    version: Annotated[
        bool, typer.Option("--version", callback=_version, is_eager=True, help="Show the version.")
    ] = False,
) -> None:
    """Options before the command."""


def main() -> None:
    app()
