"""The command line, run within the test's process."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from typer.testing import CliRunner

from cnnc.cli import app

EXAMPLES = Path(__file__).parents[2] / "examples"
LINE = "INPUT -> [[CONV -> RELU]*N -> POOL?]*M -> [FC -> RELU]*K -> FC\n"
SMALL = "INPUT(8x8x3) -> conv: CONV(4) -> bn: BN -> RELU -> GAP -> fc: FC(5)\n"


@dataclass(frozen=True)
class Result:
    status: int
    out: str
    err: str


def cnnc(*args: str | Path, stdin: str | bytes | None = None) -> Result:
    result = CliRunner().invoke(app, [str(each) for each in args], input=stdin)
    return Result(result.exit_code, result.stdout, result.stderr)
