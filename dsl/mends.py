"""Mends for what people write instead: other languages' signs, and slips with this one's."""

from __future__ import annotations

import re
from collections.abc import Callable, Collection
from dataclasses import dataclass

ARROW = "arrows are written ->"
QUOTES = 'strings stand in double quotes: "blocks.cnn"'

CHARACTERS = {
    **dict.fromkeys("→⟶➔⇒➜\N{EN DASH}\N{EM DASH}\N{MINUS SIGN}", ARROW),
    **dict.fromkeys("'`“”„«»\N{LEFT SINGLE QUOTATION MARK}\N{RIGHT SINGLE QUOTATION MARK}", QUOTES),
    "\N{MULTIPLICATION SIGN}": "sizes are written with the letter x: 224x224x3",
    "&": "the words are `and`, `or` and `not`",
    "!": "the words are `and`, `or` and `not`; unequal is !=",
    "^": "powers are written 2**3",
    ";": "lines need no sign at their end; leave it out",
    "@": "arguments stand in parentheses: CONV(64, 3)",
    "\\": "a line goes on by itself; leave it out",
}
CLOSING = (")", "]", "}")
NOTHING_OPEN = "nothing is open here; leave it out"
FOREIGN = {
    "def": "a block is written `block name(parameters) = chain`",
    "class": "a network is written `net Name = INPUT -> ...`",
    "from": "blocks of another file are had by `use std.residual (bottleneck)`",
    "import": 'blocks of another file are had by `use "blocks.cnn" (name)`',
}
RESERVED = re.compile(
    r"param|let|default|block|net|output|use|if|else|for|in|and|or|not|true|false|none"
)


@dataclass(frozen=True, slots=True)
class Slip:
    """A token that could not stand where it stood: what is around it, and what could have been."""

    token: str
    before: str
    after: str
    expected: Collection[str]

    @property
    def line(self) -> str:
        """The line as far as the token."""
        return self.before.rsplit("\n", 1)[-1]

    @property
    def is_after_layer(self) -> bool:
        return "ARROW" in self.expected

    @property
    def is_first(self) -> bool:
        """Where an element of a chain was to begin."""
        return {"NAME", "SHORTHAND", "LSQB"} <= set(self.expected) and not self.is_after_layer


def _foreign(slip: Slip) -> str:
    word = re.match(r"\s*(\w+)", slip.line)
    return FOREIGN.get(word[1], "") if word and not slip.before.rstrip().endswith("->") else ""


def _reserved(slip: Slip) -> str:
    is_name = "NAME" in slip.expected and RESERVED.fullmatch(slip.token)
    if not is_name or slip.is_first or "INTEGER" in slip.expected:
        return ""
    return f"`{slip.token}` is a word of the language; choose another name"


def _count(slip: Slip) -> str:
    name = re.search(r"\*\s*(\w+)\s*$", slip.line)
    if name is None or slip.token not in tuple("+-/%."):
        return ""
    return f"a computed number of times stands in parentheses: *({name[1]} {slip.token} ...)"


def _block(slip: Slip) -> str:
    name = re.search(r"\bblock\s+(\w+)\s*$", slip.before)
    if name is None:
        return ""
    return f"a block has parentheses, also without parameters: block {name[1]}() {slip.token} ..."


def _sign(slip: Slip) -> str:
    """What stands where only an arrow, or nothing, goes on."""
    layer = re.search(r"\b([A-Z]\w*)\s+$", slip.line)
    if layer and slip.token[0].isdecimal():
        return f"arguments stand in parentheses: {layer[1]}({slip.token})"
    if slip.token == "+":
        return "ADD{ a | b } adds the values of branches"
    if slip.token == "|":
        return "branches stand in a merge: ADD{ a | b }"
    if slip.token in ("-", ">", ",", "/", "=", "//"):
        return ARROW
    if slip.token == ":":
        return "a label is a name before its layer: conv1: CONV(64)"
    if slip.token in CLOSING and not {"RPAR", "RSQB", "RBRACE"} & set(slip.expected):
        return NOTHING_OPEN
    return ""


def _element(slip: Slip) -> str:
    """What stands where a layer was to begin."""
    if slip.token == "(":
        return "a group stands in brackets: [a -> b]"
    if slip.token[0].isdecimal():
        return "the number of repetitions stands behind: [a -> b]*2"
    if slip.token in ("//", "/"):
        return "comments begin with #"
    if slip.token == "output":
        return "an output stands in the body of a net: net Name { ... }"
    if slip.token == "|":
        return "branches stand in a merge: ADD{ a | b }"
    if slip.token == "if":
        return "what may be absent is written CONV?(condition); `if` guards a merge's branch"
    if slip.token == "for":
        return "a loop stands in brackets: [CONV(c) for c in [64, 128]]"
    if slip.token in CLOSING and "PARAM" in slip.expected:
        return NOTHING_OPEN
    return ""


def _value(slip: Slip) -> str:
    """What stands in or for an expression."""
    if slip.token == "." and re.match(r"\d", slip.after):
        digits = re.match(r"\d+", slip.after)
        return f"a digit stands before the point: 0.{digits[0] if digits else 0}"
    if slip.token == "=" and slip.before.endswith("="):
        return "one `=` gives a value, two compare"
    if slip.token == "=" and "PLUS" in slip.expected and re.search(r"\bif\b", slip.line):
        return "two `=` compare: =="
    if slip.token == "for" and "COMMA" in slip.expected:
        return "a list is written out: [1, 2, 4]; a chain can have a loop: [CONV(c) for c in ...]"
    if slip.token == "x":
        return "sizes have no spaces between, 32x32x3; computed ones are written (h, w, c)"
    if slip.token == ":" and "_EQUAL" in slip.expected:
        return "an argument is given by name=value"
    if slip.token == "(" and re.search(r"\.\w+$", slip.before):
        return "values have no methods; functions are called len(x), max(x)"
    return ""


def _body(slip: Slip) -> str:
    if slip.token == "param":
        return "a param stands outside; in a body it is a parameter of the block, or a let"
    if slip.token in (":", "->") and {"LBRACE", "_EQUAL"} <= set(slip.expected):
        return "a body is written = chain, or { ... }"
    return ""


LOOKS: tuple[Callable[[Slip], str], ...] = (_foreign, _reserved, _count, _block, _body, _value)


def mend(slip: Slip) -> str:
    """What was probably meant, or nothing."""
    places = (_sign,) if slip.is_after_layer else (_element,) if slip.is_first else ()
    return next((text for look in (*LOOKS, *places) if (text := look(slip))), "")


def mend_number(word: str) -> str:
    """How a number that is none is written."""
    if re.fullmatch(r"0[xX][0-9a-fA-F]{1,16}", word):
        return f"in decimal it is {int(word, 16)}; sizes of windows and volumes begin at 1"
    plain = word.replace("_", "").lstrip("0")
    if re.fullmatch(r"[1-9][0-9]*", plain):
        return f"write {plain}"
    return "numbers are written 3, 0.75 or 1e-4; windows 1x7; volumes 224x224x3"
