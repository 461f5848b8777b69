"""What the parser expected, in the language's words instead of token names."""

from __future__ import annotations

from collections.abc import Collection

ELEMENT = frozenset({"NAME", "SHORTHAND", "LSQB"})
EXPRESSION = frozenset({"NAME", "INTEGER", "FLOAT", "STRING", "TRUE", "LPAR"})
DECLARATION = frozenset({"PARAM", "BLOCK", "NET", "USE", "BUDGET", "TRAIN", "LET", "DEFAULT"})
OPERATOR = frozenset(
    {"PLUS", "MINUS", "STAR", "SLASH", "DOUBLE_SLASH", "PERCENT", "POWER", "COMPARE", "AND", "OR"}
)
VALUE_ONLY = frozenset(
    {"INTEGER", "FLOAT", "STRING", "TRUE", "FALSE", "NONE", "DIMENSIONS", "IN", "NOT", "LPAR"}
)
WORDS = {
    "NAME": "a name",
    "INTEGER": "a number",
    "STRING": "a string",
    "COMPARE": "a comparison such as <=",
    "TOUCHING_BRACKET": "an index",
    "$END": "the end",
    "ARROW": "`->`",
    "DOTS": "`..`",
    "_EQUAL": "`=`",
    "LPAR": "`(`",
    "RPAR": "`)`",
    "LSQB": "`[`",
    "RSQB": "`]`",
    "LBRACE": "`{`",
    "RBRACE": "`}`",
    "COMMA": "`,`",
    "COLON": "`:`",
    "VBAR": "`|`",
    "QMARK": "`?`",
    "STAR": "`*`",
    "DOT": "`.`",
}


def describe(terminals: Collection[str]) -> str:
    """A phrase such as `->, ] or a layer` for the terminals that could have stood there."""
    left = set(terminals)
    phrases = []
    if left >= EXPRESSION:
        phrases.append("a value")
        left -= EXPRESSION | VALUE_ONLY | {"PLUS", "MINUS", "LSQB", "TOUCHING_BRACKET"}
    if left >= ELEMENT:
        phrases.append("a layer, a block or a group")
        left -= ELEMENT
    if left >= {"PARAM", "NET"}:
        phrases.append("a declaration")
        left -= DECLARATION
    if left >= OPERATOR - {"AND", "OR", "COMPARE"}:
        phrases.append("an operator such as +")
        left -= OPERATOR
        left -= {"IF", "TOUCHING_BRACKET", "DOT"}
    words = [WORDS.get(each, f"`{each.lower()}`") for each in sorted(left)]
    phrases = [*words, *phrases]
    if len(phrases) < 2:
        return "".join(phrases) or "nothing more"
    return f"{', '.join(phrases[:-1])} or {phrases[-1]}"
