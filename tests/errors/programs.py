"""The failing programs of this folder: how each is run, and what it says.

The first lines of a program may be directives: `# set: N=2 pool=false`, `# net: A`,
`# max_layers: 100`, `# times: 1000` (the rest of the file so many times over).
"""

from __future__ import annotations

import re
import shlex
from collections.abc import Iterable
from dataclasses import dataclass, field
from pathlib import Path

from compiler.budget import broken
from compiler.check import check
from compiler.expansion.elaborate import MAX_LAYERS
from compiler.expansion.modules import read_source
from compiler.expansion.program import expand
from compiler.optimise import optimise
from compiler.report import report
from dsl.diagnostics import CnnError, Diagnostic
from dsl.parser import parse
from dsl.source import Source

FOLDER = Path(__file__).parent
DIRECTIVE = re.compile(r"# (set|net|max_layers|times): (.*)\n")


@dataclass
class Run:
    """What the directives of a program ask for, and the text that is left to run."""

    text: str
    net: str | None = None
    settings: dict[str, str] = field(default_factory=dict)
    max_layers: int = MAX_LAYERS


def programs() -> list[Path]:
    return sorted(FOLDER.glob("*.cnn"))


def directives(text: str) -> Run:
    run, at, times = Run(text), 0, 1
    while match := DIRECTIVE.match(text, at):
        word, value = match.groups()
        at = match.end()
        if word == "set":
            run.settings = dict(each.split("=", 1) for each in shlex.split(value, posix=False))
        elif word == "net":
            run.net = value
        elif word == "max_layers":
            run.max_layers = int(value)
        else:
            times = int(value)
    if times > 1:
        run.text = text[at:] * times
    return run


def diagnostics(path: Path) -> tuple[Diagnostic, ...]:
    """What a program says: its errors, or else the warnings and what breaks its budget."""
    try:
        source = read_source(path, path.name)
        run = directives(source.text)
        module = parse(Source(source.name, run.text))
        checked = check(expand(module, path, run.net, run.settings, run.max_layers))
        over = broken(report(optimise(checked, 0), path.name), checked.graph.budget)
        return (*checked.warnings, *over)
    except CnnError as error:
        return error.diagnostics


def rendered(found: Iterable[Diagnostic]) -> str:
    """As a person sees them: a blank line between one and the next."""
    return "".join(f"{each.render()}\n\n" for each in found).removesuffix("\n")
