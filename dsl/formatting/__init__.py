"""`formatted(source)`: a program in its one canonical layout."""

from __future__ import annotations

from dsl.diagnostics import CompilerBug
from dsl.formatting.concrete import read
from dsl.formatting.declarations import declarations
from dsl.formatting.document import Hard, render
from dsl.formatting.same import same
from dsl.formatting.words import word
from dsl.parser import parse
from dsl.source import Source

WIDTH = 100

__all__ = ["WIDTH", "formatted"]


def formatted(source: Source) -> str:
    """The program's text, laid out anew: the same words, comments and syntax tree.

    Raises CnnError where the text is no program, or where its layout would be longer than a
    program may be (E0110).
    """
    tree = parse(source)
    program, end = read(source)
    text = render((declarations(program.parts), Hard(), word(end)), WIDTH)
    if not same(parse(Source(source.name, text)), tree):
        raise CompilerBug(f"the layout of {source.name} is another program")
    return text
