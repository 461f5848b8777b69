"""The colours of a program on the site."""

from __future__ import annotations

from typing import ClassVar

from pygments.lexer import RegexLexer, words
from pygments.token import Comment, Keyword, Name, Number, Operator, Punctuation, String, Text

from compiler.expansion.functions import FUNCTIONS
from compiler.ops import SIGNATURES, WORDS

DECLARATIONS = ("param", "let", "default", "block", "net", "output", "use", "budget", "train")


class CnnLexer(RegexLexer):
    """What the compiler knows by name, asked of the compiler."""

    name = "cnn"
    aliases: ClassVar[list[str]] = ["cnn"]
    filenames: ClassVar[list[str]] = ["*.cnn"]
    operators = "|".join(sorted(SIGNATURES, key=len, reverse=True))
    tokens: ClassVar = {
        "root": [
            (r"##.*$", String.Doc),
            (r"#.*$", Comment.Single),
            (r'"(\\.|[^"\\\n])*"', String),
            (rf"\b({operators})(?=\d|[^\w]|$)", Name.Function),
            (words(DECLARATIONS, r"\b", r"\b"), Keyword.Declaration),
            (words(("if", "else", "for", "in", "and", "or", "not"), r"\b", r"\b"), Keyword),
            (words(("true", "false", "none", *sorted(WORDS)), r"\b", r"\b"), Keyword.Constant),
            (words(sorted(FUNCTIONS), r"\b", r"(?=\()"), Name.Builtin),
            (r"\d+(x\d+)+", Number),
            (r"\d+(\.\d+)?(e[+-]?\d+)?", Number),
            (r"\w+(?=\s*:)", Name.Label),
            (r"\w+", Name),
            (r"->|[|?*+/%<>=!-]+", Operator),
            (r"[\[\](){},.:]", Punctuation),
            (r"\s+", Text),
            (r".", Text),
        ]
    }
