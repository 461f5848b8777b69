"""A program with all that it reads, so that any process on any machine can expand it."""

from __future__ import annotations

import json
import os
from dataclasses import dataclass
from functools import lru_cache
from hashlib import sha256
from pathlib import Path

from cnnc.pipeline import Journey
from cnnc.version import VERSION
from compiler.expansion.modules import STD, File, load_file
from compiler.expansion.problems import Reporter
from compiler.expansion.project import roots
from dsl.source import Source

# Where the files of a program lie for those that count: in no folder of any machine.
NOWHERE = Path(os.path.abspath("/cnnc-program"))


@dataclass(frozen=True, slots=True)
class Program:
    """One net of a program, without its settings.

    `place` and `files`: where the program stands and the files that it uses, from a folder around
    all of them; files of the library are not among them. `digest`: of every text, the library's
    too, of the net, the limit of layers and the compiler's version.
    """

    name: str
    text: str
    net: str | None
    max_layers: int
    place: str
    files: tuple[tuple[str, str], ...]
    digest: str


def program(journey: Journey) -> Program:
    """What a journey reads, taken once: an edit while its family is walked changes nothing."""
    loaded: dict[Path, File] = {}
    folders = roots(journey.path, journey.allow_paths)
    load_file(journey.tree, journey.path, Reporter(), loaded=loaded, folders=folders)
    path = journey.path or Path.cwd() / "program.cnn"
    texts = {used: file.module.source.text for used, file in loaded.items()}
    own = {used: text for used, text in texts.items() if not used.is_relative_to(STD)}
    root = os.path.commonpath([path.parent, *(used.parent for used in own)])
    parts = [
        VERSION,
        journey.source.name,
        journey.source.text,
        journey.net,
        journey.max_layers,
        *sorted(texts.values()),
    ]
    return Program(
        journey.source.name,
        journey.source.text,
        journey.net,
        journey.max_layers,
        os.path.relpath(path, root),
        tuple((os.path.relpath(used, root), text) for used, text in own.items()),
        sha256(json.dumps(parts).encode()).hexdigest(),
    )


@lru_cache(maxsize=1)
def opened(program: Program) -> Journey:
    """The program, parsed once in each process."""
    texts = {NOWHERE / name: text for name, text in program.files}
    source = Source(program.name, program.text)
    path = NOWHERE / program.place
    return Journey(source, path, program.net, {}, program.max_layers, texts)
