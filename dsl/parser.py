"""`parse(source)`: text to syntax tree. The only place that sees Lark's errors."""

from __future__ import annotations

import re
from functools import cache
from pathlib import Path

from lark import Lark, Token, Tree, UnexpectedCharacters, UnexpectedInput, UnexpectedToken

from dsl.builder import ESCAPES, Builder
from dsl.diagnostics import CnnError, Diagnostic, Label
from dsl.expected import describe
from dsl.mends import CHARACTERS, Slip, mend, mend_number
from dsl.source import Source, Span
from dsl.stack import roomy
from dsl.syntax import Block, Declaration, Module

MAX_CHARACTERS = 200_000
MAX_DEPTH = 150
MAX_SYNTAX_ERRORS = 20
MAX_DIGITS = 400
MAX_NETS = 1_000  # each is expanded in the sight of all that its file declares
MAX_LETTERS = 200  # of a name: they stand in paths, again and again

DECLARATION = re.compile(r"^(?:param|let|default|block|net|use|budget|train)\b", re.MULTILINE)
DOC = re.compile(r"[ \t]*##[ \t]?([^\r\n]*)")
LINE = re.compile(r"([^\r\n]*)(\r\n|\r|\n|\Z)")
WORDS = re.compile(r'"(?:[^"\\\n]|\\.)*"|#[^\r\n]*|[\[({})\]]', re.DOTALL)
NAMES = re.compile(
    rf'"(?:[^"\\\n]|\\.)*"|#[^\r\n]*|(?<!\w)[A-Za-z_]\w{{{MAX_LETTERS},}}', re.DOTALL
)
CLOSES = {")": "(", "]": "[", "}": "{"}


def grammar() -> str:
    return Path(__file__).with_name("grammar.lark").read_text(encoding="utf-8")


@cache
def _lark() -> Lark:
    return Lark(grammar(), parser="lalr", propagate_positions=True, maybe_placeholders=True)


@roomy
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
            problems.append(_diagnose(source, text, error))
            again = DECLARATION.search(text, max(error.pos_in_stream or 0, 0) + 1)
            if again is None or len(problems) == MAX_SYNTAX_ERRORS:
                raise CnnError(problems) from None
            blank = re.sub(r"[^\n]", " ", text[: again.start()])
            text = blank + text[again.start() :]
    if problems:
        raise CnnError(problems)
    _refuse_deep(source, tree)
    declarations = Builder(source, _docs(source)).transform(tree)
    _refuse_many(declarations)
    if not declarations:
        raise CnnError([Diagnostic("E0103", "the program is empty", file=source.name)])
    return Module(Span(source, 0, len(source.text)), source, declarations)


def _refuse_many(declarations: tuple[Declaration, ...]) -> None:
    nets = [each for each in declarations if isinstance(each, Block) and each.is_net]
    if len(nets) > MAX_NETS:
        title = f"the file has {len(nets):,} nets; the limit is {MAX_NETS:,}"
        label = Label(nets[MAX_NETS].name_span, "one too many")
        mend = "a net with params is a family of them: cnnc explore; or put some into another file"
        raise CnnError([Diagnostic("E0110", title, (label,), help=mend)])


def _docs(source: Source) -> dict[int, str]:
    """For the first word of each line below a run of `##` lines, the run's text."""
    docs: dict[int, str] = {}
    run: list[str] = []
    for line in LINE.finditer(source.text):
        match = DOC.fullmatch(line[1])
        if match:
            run.append(match[1].rstrip())
        elif run:
            docs[line.start() + len(line[1]) - len(line[1].lstrip(" \t"))] = "\n".join(run)
            run = []
    return docs


def _refuse_unreadable(source: Source) -> None:
    """What would cost too much, or mislead, if Lark met it first."""
    if len(source.text) > MAX_CHARACTERS:
        title = f"the program has {len(source.text):,} characters; the limit is {MAX_CHARACTERS:,}"
        raise CnnError([Diagnostic("E0110", title, file=source.name)])
    for match in re.finditer(rf"[0-9]{{{MAX_DIGITS},}}", source.text):
        label = Label(Span(source, match.start(), match.end()), f"{len(match[0]):,} digits")
        raise CnnError([Diagnostic("E0107", "this number is too long", (label,))])
    for match in NAMES.finditer(source.text):
        if match[0][0] not in '"#':
            title = f"a name has {len(match[0]):,} characters; the limit is {MAX_LETTERS}"
            label = Label(Span(source, match.start(), match.end()))
            raise CnnError([Diagnostic("E0110", title, (label,))])
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
        for each in level:
            if each.data == "comparison" and len(each.children) > MAX_DEPTH:
                meta = each.meta  # `a < b < c` means `a < b and b < c`
                raise CnnError([_too_deep(Span(source, meta.start_pos, meta.end_pos))])
        level = [child for each in level for child in each.children if isinstance(child, Tree)]


def _too_deep(span: Span) -> Diagnostic:
    title = f"nested more than {MAX_DEPTH} levels deep"
    mend_ = "give a part a name: a long sum in several lets, nested groups as blocks"
    return Diagnostic("E0108", title, (Label(span),), help=mend_)


def _diagnose(source: Source, text: str, error: UnexpectedInput) -> Diagnostic:
    """`text` is the source's, with what was read before blank."""
    if isinstance(error, UnexpectedCharacters):
        return _unexpected_character(source, error.pos_in_stream or 0)
    assert isinstance(error, UnexpectedToken), error
    terminals = error.accepts or error.expected
    if error.token.type == "$END":
        return _unexpected_end(source, text, describe(terminals))
    start, end = error.token.start_pos or 0, error.token.end_pos or 0
    says = f"expected {describe(terminals)}"
    if text[start - 1 : end] == "->":
        # Within an expression an arrow is read as a minus, and only its tip is refused.
        start, terminals, says = start - 1, set(), "an arrow cannot stand here"
    slip = Slip(text[start:end], text[max(0, start - 500) : start], text[end : end + 50], terminals)
    labels = [Label(Span(source, start, end), says)]
    opened = _opened(text[:start])
    if opened and _seems_closed(slip, text[opened[-1]]):
        labels.append(_never_closed(source, opened[-1]))
    return Diagnostic("E0105", f"unexpected `{slip.token}`", tuple(labels), help=mend(slip))


def _seems_closed(slip: Slip, bracket: str) -> bool:
    """Whether the token is one before which the bracket should have been closed."""
    if slip.token == "->":
        return bracket == "("
    if slip.token in CLOSES:
        return CLOSES[slip.token] != bracket
    return slip.line == "" and DECLARATION.match(slip.token) is not None


def _opened(text: str) -> list[int]:
    """Where the brackets stand that are open at the text's end."""
    opened: list[int] = []
    for match in WORDS.finditer(text):
        if match[0] in "([{":
            opened.append(match.start())
        elif match[0] in CLOSES and opened:
            opened.pop()
    return opened


def _never_closed(source: Source, at: int) -> Label:
    return Label(Span(source, at, at + 1), "opened here, never closed")


def _unexpected_end(source: Source, text: str, expected: str) -> Diagnostic:
    end = len(source.text.rstrip())
    labels = [Label(Span(source, max(0, end - 1), end), f"expected {expected}")]
    opened = _opened(text)
    if opened:
        labels.append(_never_closed(source, opened[-1]))
    return Diagnostic("E0106", "the program ends too early", tuple(labels))


def _unexpected_character(source: Source, at: int) -> Diagnostic:
    rest = source.text[at:]
    char = rest[0]
    word = re.match(r"[\w.]+", rest)
    span = Span(source, at, at + (len(word[0]) if word else 1))
    if char == '"':
        return _unreadable_string(source, at)
    if re.match(r"0[xX]", rest) and word:
        title = "there are no hexadecimal numbers"
        return Diagnostic("E0107", title, (Label(span),), help=mend_number(word[0]))
    if char.isdecimal() and word:
        title = f"`{word[0]}` is no number"
        return Diagnostic("E0107", title, (Label(span),), help=mend_number(word[0]))
    shown = char if char.isprintable() else f"U+{ord(char):04X}"
    mend_ = CHARACTERS.get(char, "")
    if not mend_ and not char.isascii() and char.isalpha():
        mend_ = "names are made of the letters a-z and A-Z, digits and _"
        span = Span(source, at - len(re.split(r"\W", source.text[:at])[-1]), span.end)
    return Diagnostic("E0104", f"unexpected character `{shown}`", (Label(span),), help=mend_)


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
