"""No text of a program gets into generated code other than as an identifier or a literal.

The code of a program full of hostile words has, without its identifiers and literals, the tree of
an innocent program's code; the identifiers are those words made harmless, and the texts hold them.
"""

from __future__ import annotations

import builtins
import keyword
import re
from dataclasses import fields, replace
from functools import cache

import pytest

from dsl.diagnostics import CnnError
from tests.hostile.shapes import EMISSIONS, INNOCENT, Shape, Words, shape

TEXTS = {
    "end of a docstring": 'x""" + __import__("os").system("true") + """',
    "single quotes": "x''' + __import__('os').system('true') + '''",
    "a quote at the end": 'ends with "',
    "quotes alone": '"""""""',
    "a backslash at the end": "ends with \\",
    "backslashes": "\\\\\\",
    "escapes": "\\N{BULLET} \\x41 \\u0041 \\U00000041 \\101",
    "a line": "first\nimport os\n    import sys",
    "line ends": "a\rimport os\r\nimport sys\x0bimport json\x0cimport re\x1cb\x1db\x1eb\x85b",
    "line ends of Unicode": "a\u2028import os\u2029import sys",
    "a comment": "# import os",
    "an encoding": "-*- coding: utf-7 -*-",
    "templates": "{{ 7*7 }} {% raw %} {# x #} ${x} %s %(x)s {0} {x!r}",
    "f-strings": "{__import__('os')}",
    "markup": "</script><script>alert(1)</script><!-- <img src=x onerror=alert(1)> &lt; ]]>",
    "terminal": "\x1b[31mred\x1b]0;title\x07",
    "bidirectional": "\u202eover\u202c \u2066isolated\u2069",
    "nothing to see": "\u200b\ufeff\u2060\u00ad",
    "a formula": "=1+cmd|' /C calc'!A0",
    "NUL": "a\0b",
    "a lone surrogate": "a\ud800b",
    "astral": "\U0001f600 \U000e0041",
    "long": "long " * 400,
}
NAMES = sorted(
    {
        *(word for word in (*keyword.kwlist, *keyword.softkwlist) if word != "_"),
        *(word for word in dir(builtins) if not word.startswith("__")),
        *("__init__", "__class__", "__import__", "__name__", "__file__", "__all__", "_", "__"),
        *("self", "cls", "x", "np", "numpy", "nn", "F", "torch", "os", "sys", "annotations"),
        *("weights", "forward", "load", "random", "main", "Array", "Any", "Mapping", "PARAMETERS"),
        *("conv2d", "relu", "check_input", "read_weights", "Model", "Layers", "WEIGHTS", "FOLDED"),
        *("Self", "Tensor", "Module", "Path", "Net", "inputs", "w", "state", "path", "seed"),
        *("train", "eval", "T", "add_module", "training", "0".join("ab"), "a" * 200, "A", "__a__"),
    }
)
LOOKALIKES = (
    *("\uff4eame", "na\u00efve", "p\u0430th", "a\u0301", "x\u00b2", "\u540d", "a\u200db", "\u00aa"),
)
# A word of the language, or what an nn.Module has an attribute for.
REFUSED = {"E0105", "E0201", "E0208", "E0401", "E0701", "E0702"}
SLOTS = ("net", "label", "inner", "value", "output", "other", "last", "param", "free")


def test_quiet_programs_load() -> None:
    assert INNOCENT.load().name == "Quiet"


@cache
def innocent(number: int) -> Shape:
    return emitted(INNOCENT, number)


def emitted(words: Words, number: int) -> Shape:
    backend, level, train, weights = EMISSIONS[number]
    return shape(words.load().journey.emit(backend, level, train, weights))


@pytest.mark.parametrize("number", range(len(EMISSIONS)))
@pytest.mark.parametrize("text", TEXTS.values(), ids=TEXTS.keys())
def test_texts_stay_texts(text: str, number: int) -> None:
    compare(replace(INNOCENT, doc=text, string=text, file=f"{text}.cnn"), number, [text])


@cache
def usable() -> tuple[str, ...]:
    """Those of NAMES that the language lets a program have; the others get a diagnostic."""
    found = []
    for name in NAMES:
        try:
            replace(INNOCENT, label=name, value=f"{name}_v").load()
        except CnnError:
            continue
        found.append(name)
    return tuple(found)


@pytest.mark.parametrize("number", range(len(EMISSIONS)))
def test_names_stay_names(number: int) -> None:
    """Each stands once in every place; PyTorch cannot have some as labels, and says so."""
    names, taken = usable(), 0
    for at in range(number, len(names), len(EMISSIONS)):
        chosen = {slot: names[(at + 11 * turn) % len(names)] for turn, slot in enumerate(SLOTS)}
        try:
            compare(replace(INNOCENT, **chosen), number, list(chosen.values()))
        except CnnError as error:
            assert {each.code for each in error.diagnostics} <= REFUSED, (chosen, str(error))
        else:
            taken += 1
    assert taken > len(names) / len(EMISSIONS) / 4


@pytest.mark.parametrize("name", LOOKALIKES)
@pytest.mark.parametrize("slot", SLOTS)
def test_names_are_ascii(slot: str, name: str) -> None:
    with pytest.raises(CnnError) as error:
        replace(INNOCENT, **{slot: name}).load()
    assert {each.code for each in error.value.diagnostics} <= {"E0104", "E0105"}


def compare(words: Words, number: int, hostile: list[str]) -> None:
    """Raises CnnError where the backend cannot have a name."""
    got, wanted = emitted(words, number), innocent(number)
    assert got.tree == wanted.tree
    assert got.numbers == wanted.numbers
    parts = [re.sub(r"\W|_", "", part).casefold() for text in hostile for part in text.split()]
    known = {re.sub(r"\W|_", "", part).casefold() for part in wanted.names}
    for name in got.names - wanted.names:
        bare = re.sub(r"\W|_", "", name).casefold()
        assert (
            bare in known
            or any(part and part in bare for part in parts)
            or not bare.strip("0123456789")
        ), name
        assert (name.isascii() and name.isidentifier()) or "." in name, name


def test_every_text_field_is_tried() -> None:
    assert {each.name for each in fields(Words)} == {*SLOTS, "doc", "string", "file"}
