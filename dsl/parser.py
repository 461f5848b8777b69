"""`parse(source)`: text to syntax tree. The only place that sees Lark's errors."""

from __future__ import annotations

import re
from functools import cache
from pathlib import Path

from lark import Lark, Token, Tree, UnexpectedCharacters, UnexpectedInput, UnexpectedToken

from dsl.builder import ESCAPES, Builder
from dsl.diagnostics import CnnError, Diagnostic, Label
from dsl.expected import describe
from dsl.source import Source, Span
from dsl.syntax import Module

MAX_CHARACTERS = 1_000_000
MAX_DEPTH = 150
MAX_SYNTAX_ERRORS = 20
MAX_DIGITS = 400

DECLARATION = re.compile(r"^(?:param|let|default|block|net|use|budget|train)\b", re.MULTILINE)
DOC = re.compile(r"^[ \t]*##[ \t]?(.*)$")
WORDS = re.compile(r'"(?:[^"\\\n]|\\.)*"|#[^\n]*|[\[({})\]]', re.DOTALL)
CLOSES = {")": "(", "]": "[", "}": "{"}


@cache
def _lark() -> Lark:
    grammar = Path(__file__).with_name("grammar.lark").read_text(encoding="utf-8")
    return Lark(grammar, parser="lalr", propagate_positions=True, maybe_placeholders=True)


def parse(source: Source) -> Module:
    """The syntax tree of a program.

    Raises CnnError with every syntax error that can be told apart: after an error, reading goes on
    at the next line that begins with a declaration's word.
    """
    _refuse_unreadable(source)
    problems: list[Diagnostic] = []
    text = source.text
    while True:
        try:
            tree = _lark().parse(text)
            break
        except UnexpectedInput as error:
            problems.append(_diagnose(source, error))
            again = DECLARATION.search(text, max(error.pos_in_stream or 0, 0) + 1)
            if again is None or len(problems) == MAX_SYNTAX_ERRORS:
                raise CnnError(problems) from None
            blank = re.sub(r"[^\n]", " ", text[: again.start()])
            text = blank + text[again.start() :]
    if problems:
        raise CnnError(problems)
    _refuse_deep(source, tree)
    declarations = Builder(source, _docs(source)).transform(tree)
    if not declarations:
        raise CnnError([Diagnostic("E0103", "the program is empty", file=source.name)])
    return Module(Span(source, 0, len(source.text)), source, declarations)


def _docs(source: Source) -> dict[int, str]:
    """For each line below a run of `##` lines, the run's text."""
    docs: dict[int, str] = {}
    run: list[str] = []
    for number, line in enumerate(source.text.split("\n"), start=1):
        match = DOC.match(line.rstrip("\r"))
        if match:
            run.append(match[1].rstrip())
        elif run:
            docs[number] = "\n".join(run)
            run = []
    return docs


def _refuse_unreadable(source: Source) -> None:
    """What would cost too much, or mislead, if Lark met it first."""
    if len(source.text) > MAX_CHARACTERS:
        title = f"the program has {len(source.text):,} characters; the limit is {MAX_CHARACTERS:,}"
        raise CnnError([Diagnostic("E0110", title, file=source.name)])
    for match in re.finditer(rf"\d{{{MAX_DIGITS},}}", source.text):
        label = Label(Span(source, match.start(), match.end()), f"{len(match[0]):,} digits")
        raise CnnError([Diagnostic("E0107", "this number is too long", (label,))])
    opened: list[int] = []
    for match in WORDS.finditer(source.text):
        if match[0] in "([{":
            opened.append(match.start())
            if len(opened) > MAX_DEPTH:
                raise CnnError([_too_deep(Span(source, match.start(), match.end()))])
        elif match[0] in CLOSES and opened:
            opened.pop()


def _refuse_deep(source: Source, tree: Tree[Token]) -> None:
    """Trees this deep come of no program that a person wrote, and would exhaust the stack."""
    level, depth = [tree], 0
    while level:
        depth += 1
        if depth > MAX_DEPTH:
            meta = level[0].meta
            raise CnnError([_too_deep(Span(source, meta.start_pos, meta.end_pos))])
        level = [child for each in level for child in each.children if isinstance(child, Tree)]


def _too_deep(span: Span) -> Diagnostic:
    return Diagnostic("E0108", f"nested more than {MAX_DEPTH} levels deep", (Label(span),))


def _diagnose(source: Source, error: UnexpectedInput) -> Diagnostic:
    if isinstance(error, UnexpectedCharacters):
        return _unexpected_character(source, error.pos_in_stream or 0)
    assert isinstance(error, UnexpectedToken), error
    expected = describe(error.accepts or error.expected)
    if error.token.type == "$END":
        return _unexpected_end(source, expected)
    span = Span(source, error.token.start_pos or 0, error.token.end_pos or 0)
    title = f"unexpected `{error.token}`"
    return Diagnostic("E0105", title, (Label(span, f"expected {expected}"),))


def _unexpected_end(source: Source, expected: str) -> Diagnostic:
    end = len(source.text.rstrip())
    labels = [Label(Span(source, max(0, end - 1), end), f"expected {expected}")]
    opened: list[int] = []
    for match in WORDS.finditer(source.text):
        if match[0] in "([{":
            opened.append(match.start())
        elif match[0] in CLOSES and opened:
            opened.pop()
    if opened:
        labels.append(Label(Span(source, opened[-1], opened[-1] + 1), "opened here, never closed"))
    return Diagnostic("E0106", "the program ends too early", tuple(labels))


def _unexpected_character(source: Source, at: int) -> Diagnostic:
    rest = source.text[at:]
    char = rest[0]
    word = re.match(r"[\w.]+", rest)
    span = Span(source, at, at + (len(word[0]) if word else 1))
    if char == '"':
        return _unreadable_string(source, at)
    if re.match(r"0[xX]", rest):
        mend = "write a volume's or window's sizes from 1 up, such as 3x3"
        return Diagnostic("E0107", "there are no hexadecimal numbers", (Label(span),), help=mend)
    if char.isdecimal() and word:
        mend = "numbers are written 3, 0.75 or 1e-4; windows 1x7; volumes 224x224x3"
        return Diagnostic("E0107", f"`{word[0]}` is no number", (Label(span),), help=mend)
    shown = char if char.isprintable() else f"U+{ord(char):04X}"
    mend = "arrows are written ->" if char in "→⟶➔⇒-=" else ""
    if not mend and not char.isascii() and char.isalpha():
        mend = "names are made of the letters a-z and A-Z, digits and _"
    return Diagnostic("E0104", f"unexpected character `{shown}`", (Label(span),), help=mend)


def _unreadable_string(source: Source, at: int) -> Diagnostic:
    line = source.text[at:].split("\n", 1)[0]
    unknown = next((each for each in re.finditer(r"\\(.)", line) if each[1] not in ESCAPES), None)
    if unknown is None:
        label = Label(Span(source, at, at + len(line)))
        return Diagnostic("E0109", "the string is not closed on its line", (label,))
    label = Label(Span(source, at + unknown.start(), at + unknown.end()))
    known = ", ".join(f"\\{each}" for each in ESCAPES)
    title = f"unknown escape `{unknown[0]}` in a string"
    return Diagnostic("E0109", title, (label,), help=f"the escapes are {known}")
