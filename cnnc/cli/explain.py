"""`cnnc explain`."""

from __future__ import annotations

import json
from dataclasses import asdict
from enum import StrEnum
from typing import Annotated

import typer

from cnnc.cli.common import Output, choices, command, deliver
from cnnc.explaining import Example, Explanation, codes, explanation, find


class Format(StrEnum):
    text = "text"
    json = "json"


@command
def explain(
    code: Annotated[
        str | None,
        typer.Argument(
            metavar="CODE", help="E0302 of error[E0302], or a rule of lint.", show_default=False
        ),
    ] = None,
    everything: Annotated[
        bool, typer.Option("--list", help="Every code and what it means, a line each.")
    ] = False,
    format: Annotated[
        Format, typer.Option(metavar="FORMAT", help=f"One of {choices(Format)}.")
    ] = Format.text,
    output: Output = None,
) -> None:
    """What an error or a rule of lint means, and its mend."""
    if (code is None) != everything:
        raise typer.BadParameter("write a code, such as E0302, a rule of lint, or --list")
    if everything:
        known = [explanation(each) for each in codes()]
        deliver(_list(known, format), output)
        return
    found, near = find(code or "")
    if found is None:
        mend = f"did you mean {near}?" if near else "--list shows them, lint --rules the rules"
        raise typer.BadParameter(f"there is no code or rule {code}; {mend}")
    one = explanation(found)
    deliver(_json(asdict(one)) if format is Format.json else _text(one), output)


def _list(known: list[Explanation], format: Format) -> str:
    if format is Format.json:
        return _json({"codes": [{"code": each.code, "title": each.title} for each in known]})
    return "".join(f"{each.code}  {each.title}\n" for each in known)


def _json(content: dict[str, object]) -> str:
    return json.dumps({"format": "cnnc-explain/1", **content}, indent=2) + "\n"


def _text(one: Explanation) -> str:
    parts = [f"{one.code}: {one.title}", one.meaning, f"Mend: {one.mend}"]
    parts += _example("Example", one.example)
    parts += _example("Mended", one.mended)
    return "\n\n".join(parts) + "\n"


def _example(title: str, example: Example) -> list[str]:
    """The program, the commands behind a `$`, and what they print."""
    commands = "".join(f"$ {line}\n" for line in example.commands.splitlines())
    parts = [_indented(each) for each in (example.program, commands, example.prints) if each]
    return [f"{title}:", *parts] if parts else []


def _indented(text: str) -> str:
    return "\n".join(f"    {line}".rstrip() for line in text.rstrip("\n").split("\n"))
