"""Text to a tree that has every word of it, each with the comments that belong to it."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from functools import cache
from itertools import pairwise
from typing import TypeAlias

from lark import Lark, Token, Tree

from dsl.parser import grammar
from dsl.source import Source

LINE_END = re.compile(r"\r\n|\r|\n")
COMMENT = re.compile(r"#[^\r\n]*")
# Rules in which a comma may stand before the closing bracket.
LISTS = {"arguments", "parameters", "tuple_", "list_", "use"}
# Rules whose commas mean nothing at all.
LOOSE = {"budget", "train"}


@dataclass(frozen=True, slots=True)
class Comment:
    """`blank`: an empty line stands before it."""

    text: str
    blank: bool


@dataclass(frozen=True, slots=True)
class Word:
    """A token. `before` are the comments on lines of their own above it, `after` the one behind it.
    `blank`: an empty line stands right before it."""

    text: str
    kind: str
    before: tuple[Comment, ...]
    after: str
    is_first: bool
    blank: bool

    @property
    def has_comments(self) -> bool:
        return bool(self.before or self.after)


@dataclass(frozen=True, slots=True)
class Node:
    """A rule of the grammar and its parts. Only a rule that begins nowhere else is empty."""

    rule: str
    parts: tuple[Part, ...]


Part: TypeAlias = "Node | Word"


@cache
def _lark() -> Lark:
    return Lark(
        grammar(), parser="lalr", keep_all_tokens=True, maybe_placeholders=False, lexer="contextual"
    )


def read(source: Source) -> tuple[Node, Word]:
    """The tree of a program that `parse` takes, and an empty word with the comments at its end."""
    tree = _lark().parse(source.text)
    dropped = set(_needless(tree))
    words = _words(source.text, tree, dropped)
    return _node(tree, words), words[len(source.text)]


def first(part: Part) -> Word:
    while isinstance(part, Node):
        part = part.parts[0]
    return part


def every(part: Part) -> Iterator[Word]:
    if isinstance(part, Word):
        yield part
        return
    for each in part.parts:
        yield from every(each)


def _node(tree: Tree[Token], words: dict[int, Word]) -> Node:
    parts: list[Part] = []
    for child in tree.children:
        if isinstance(child, Tree):
            node = _node(child, words)
            if node.parts:
                parts.append(node)
        elif _start(child) in words:
            parts.append(words[_start(child)])
    return Node(str(tree.data), tuple(parts))


def _needless(tree: Tree[Token]) -> Iterator[int]:
    """Where commas stand that the canonical layout does without."""
    for each in tree.iter_subtrees():
        commas = [at for at, child in enumerate(each.children) if _is_comma(child)]
        if each.data in LOOSE:
            yield from (_start(each.children[at]) for at in commas if _is_loose(each.children, at))
        elif each.data == "tuple_" and len(commas) == 1:
            continue  # `(1,)` is a tuple, and `(1)` is not
        elif each.data in LISTS and commas and commas[-1] == len(each.children) - 2:
            yield _start(each.children[commas[-1]])


def _is_loose(children: Sequence[Tree[Token] | Token], at: int) -> bool:
    """Behind no comma, `train` would begin a declaration."""
    following = children[at + 1]
    return isinstance(following, Token) or following.children[0] not in LOOSE


def _is_comma(child: Tree[Token] | Token) -> bool:
    return isinstance(child, Token) and child.type == "COMMA"


def _start(child: Tree[Token] | Token) -> int:
    assert isinstance(child, Token)
    return child.start_pos or 0


@dataclass(slots=True)
class _Piece:
    """A token or a comment, and how many lines end between it and the piece before it."""

    text: str
    kind: str
    start: int
    ends: int


def _words(text: str, tree: Tree[Token], dropped: set[int]) -> dict[int, Word]:
    """Each word that stays, by its place; the empty one at the end too."""
    words: dict[int, Word] = {}
    before: list[Comment] = []
    last: int | None = None
    for piece in _moved(list(_pieces(text, tree, dropped))):
        if piece.kind != "COMMENT":
            is_first, blank = piece.ends > 0 or bool(before), piece.ends > 1
            words[piece.start] = Word(piece.text, piece.kind, tuple(before), "", is_first, blank)
            before, last = [], piece.start
        elif last is not None and piece.ends == 0:
            words[last] = replace(words[last], after=piece.text)
            last = None
        else:
            before.append(Comment(piece.text, piece.ends > 1))
            last = None
    return words


def _pieces(text: str, tree: Tree[Token], dropped: set[int]) -> Iterator[_Piece]:
    tokens = list(tree.scan_values(lambda value: isinstance(value, Token)))
    at, ends = 0, 0
    for token in (*tokens, Token("END", "", len(text), end_pos=len(text))):
        start = _start(token)
        for comment in COMMENT.finditer(text, at, start):
            ends += len(LINE_END.findall(text, at, comment.start()))
            yield _Piece(comment[0].rstrip(), "COMMENT", comment.start(), ends)
            at, ends = comment.end(), 0
        ends += len(LINE_END.findall(text, at, start))
        if start not in dropped:
            yield _Piece(str(token), token.type, start, ends)
            ends = 0
        at = start + len(token)


def _moved(pieces: list[_Piece]) -> list[_Piece]:
    """Comments before a comma come behind it; those behind an arrow or a bar, which begin a line
    where there is a comment, come before it. The order among comments stays."""
    moved: list[_Piece] = []
    for piece in pieces:
        at = len(moved)
        if piece.kind == "COMMA":
            while at and moved[at - 1].kind == "COMMENT":
                at -= 1
            if at < len(moved):
                piece.ends = 0
        elif piece.kind == "COMMENT" and moved and moved[-1].kind in ("ARROW", "VBAR"):
            sign = moved[-1]
            # A `##` on its own line may document the chain behind the bar.
            if sign.kind == "ARROW" or piece.ends == 0:
                at -= 1
                piece.ends, sign.ends = sign.ends + piece.ends, 1
        moved.insert(at, piece)
    for left, right in pairwise(moved):
        if left.kind == "COMMENT":
            right.ends = max(1, right.ends)
    return moved
