"""`python -m tests.docs.passes` writes what the passes do into docs/optimiser.md anew."""

from __future__ import annotations

import inspect
from collections.abc import Iterator

from compiler.optimise import PASSES, Pass
from tests.docs.blocks import ROOT

FILE = ROOT / "docs" / "optimiser.md"
BEGIN = "<!-- passes: made by `python -m tests.docs.passes` -->\n"
END = "<!-- end of passes -->\n"


def written(text: str) -> str:
    """The file with the passes as they are."""
    before, _, rest = text.partition(BEGIN)
    _, _, after = rest.partition(END)
    return before + BEGIN + "\n" + "\n".join(_passes()) + "\n" + END + after


def _passes() -> Iterator[str]:
    yield "| pass | from | after |"
    yield "|---|---|---|"
    for each in PASSES:
        level = f"`-O {each.level}`" + (", NumPy alone" if each.fuses else "")
        after = ", ".join(f"`{earlier.__name__}`" for earlier in each.after)
        yield f"| [`{each.name}`](#{each.name}) | {level} | {after} |"
    yield ""
    for each in PASSES:
        yield from _page(each)


def _page(each: Pass) -> Iterator[str]:
    yield f"### {each.name}"
    yield ""
    text, _, example = inspect.cleandoc(each.run.__doc__ or "").partition("\nGiven\n")
    yield text.strip()
    yield ""
    yield from (f"    {line}".rstrip() for line in f"Given\n{example}".splitlines())
    yield ""


if __name__ == "__main__":
    FILE.write_text(written(FILE.read_text(encoding="utf-8")), encoding="utf-8")
