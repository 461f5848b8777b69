"""The journal of a walk: a line for every member that was counted, so that none is counted twice.

The first line names the program by its digest; each other line is a member under its settings.
"""

from __future__ import annotations

import json
import os
from collections.abc import Mapping
from dataclasses import asdict
from pathlib import Path
from typing import Any

from cnnc.exploring.members import Member, Problem
from cnnc.exploring.program import Program
from compiler.measured import METRICS
from dsl.diagnostics import CnnError, Diagnostic

FORMAT = "cnnc-explore-journal/1"
BEGINNING = '{"settings": '


class Journal:
    """The members that were counted before, and a place for those that are counted now.

    A line that a kill cut short is passed over, wherever it stands: two runs may write at once.
    Raises CnnError E0804 where the file is no journal of this program, E0601 where it cannot be
    written.
    """

    def __init__(self, path: Path, program: Program) -> None:
        self.path = path
        header = json.dumps({"format": FORMAT, "program": program.name, "digest": program.digest})
        self._known: dict[str, Member] = {}
        try:
            if path.exists() and not path.is_file():
                raise ValueError("it is no file")  # reading a device may have no end
            text = path.read_bytes().decode("utf-8") if path.exists() else ""
            lines = [line for line in text.split("\n") if line]
            if lines and lines[0] != header and not header.startswith(text):
                raise _foreign(path, lines[0], program)
            for number, line in enumerate(lines[1:], 2):
                if line != header:
                    self._read(line, number)
            self._file = os.open(path, os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o666)
            if not lines or lines[0] != header:
                os.ftruncate(self._file, 0)
                text = ""
                os.write(self._file, f"{header}\n".encode())
            elif not text.endswith("\n"):
                os.write(self._file, b"\n")
        except UnicodeDecodeError:
            raise _garbage(path, 1) from None
        except (OSError, ValueError) as error:
            raise _unwritable(path, error) from None

    def find(self, settings: Mapping[str, str]) -> Member | None:
        return self._known.get(_key(settings))

    def add(self, member: Member) -> None:
        """One line, in one write: another run's lines stand before it or behind it."""
        try:
            os.write(self._file, f"{json.dumps(asdict(member))}\n".encode())
        except OSError as error:
            raise _unwritable(self.path, error) from None

    def close(self) -> None:
        os.close(self._file)

    def _read(self, line: str, number: int) -> None:
        try:
            member = _member(json.loads(line))
        except json.JSONDecodeError:
            if not line.startswith(BEGINNING) and not BEGINNING.startswith(line):
                raise _garbage(self.path, number) from None
        except (ValueError, TypeError, KeyError, AttributeError):
            raise _garbage(self.path, number) from None
        else:
            self._known[_key(member.settings)] = member


def _key(settings: Mapping[str, str]) -> str:
    return json.dumps(settings, sort_keys=True)


def _member(content: dict[str, Any]) -> Member:
    """Raises ValueError, TypeError, KeyError or AttributeError where it is none."""
    settings, params, metrics = content["settings"], content["params"], content["metrics"]
    problem = content["problem"]
    texts = [*settings.values(), *params.values()]
    if not all(isinstance(text, str) for text in texts):
        raise ValueError("settings and params are texts")
    if problem is not None:
        return Member(settings, {}, {}, Problem(problem["code"], problem["title"]))
    if list(metrics) != list(METRICS) or not all(type(each) is int for each in metrics.values()):
        raise ValueError("a metric is missing, or no whole number")
    return Member(settings, params, metrics)


def _unwritable(path: Path, error: OSError | ValueError) -> CnnError:
    reason = error.strerror if isinstance(error, OSError) and error.strerror else error
    return CnnError([Diagnostic("E0601", f"cannot write {path}: {reason}", file=str(path))])


def _foreign(path: Path, first: str, program: Program) -> CnnError:
    try:
        header = json.loads(first)
        name = str(header["program"]) if header["format"] == FORMAT else None
    except (ValueError, TypeError, KeyError):
        name = None
    if name is None:
        return _garbage(path, 1)
    is_other = f"it is of {name}" if name != program.name else f"{name} has changed since"
    title = f"{path} is not the journal of this program: {is_other}"
    mend = "give another file to --resume, or remove this one to count anew"
    return CnnError([Diagnostic("E0804", title, file=str(path), help=mend)])


def _garbage(path: Path, number: int) -> CnnError:
    title = f"{path} is no journal of `cnnc explore`: line {number} is none of its lines"
    mend = "give --resume a file that it wrote, or one that does not exist yet"
    return CnnError([Diagnostic("E0804", title, file=str(path), help=mend)])
