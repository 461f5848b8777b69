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
STATEMENT = frozenset({"LET", "DEFAULT", "OUTPUT"})
# What may follow a layer besides an arrow; to list it all would hide the arrow.
AFTER_ELEMENT = frozenset(
    {"COLON", "LPAR", "LBRACE", "QMARK", "STAR", "TOUCHING_BRACKET", "_EQUAL"}
)
AFTER_VALUE = frozenset({"IF", "TOUCHING_BRACKET", "DOT", "LPAR"})
WORDS = {
    "NAME": "a name",
    "INTEGER": "a number",
    "STRING": "a string",
    "COMPARE": "a comparison such as <=",
    "TOUCHING_BRACKET": "an index",
    "$END": "the end of the program",
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
    """A phrase such as "`,`, `)` or a value" for the terminals that could have stood there."""
    left = set(terminals)
    phrases = []
    if "PARAM" not in left:
        left.discard("BLOCK")  # where no declaration stands, it is a label or an argument's name
    if "ARROW" in left:
        if "$END" in left:
            phrases.append("the end of the chain")
        left -= AFTER_ELEMENT | ELEMENT | STATEMENT | DECLARATION | {"$END"}
    if left >= EXPRESSION:
        phrases.append("a value")
        left -= EXPRESSION | VALUE_ONLY | {"PLUS", "MINUS", "LSQB", "TOUCHING_BRACKET"}
    if left >= ELEMENT and left >= STATEMENT:
        phrases.append("a let, a default, an output or a chain")
        left -= ELEMENT | STATEMENT
    if left >= ELEMENT and left >= {"PARAM", "NET"}:
        phrases.append("a declaration or a chain")
        left -= ELEMENT | DECLARATION | {"$END"}
    if left >= ELEMENT:
        phrases.append("a layer or a group")
        left -= ELEMENT
    if left >= OPERATOR - {"AND", "OR", "COMPARE"}:
        phrases.append("an operator such as +")
        left -= OPERATOR | AFTER_VALUE
    if "ELSE" in left:
        left -= {"AND", "OR"}
    words = [WORDS.get(each, f"`{each.lower()}`") for each in sorted(left)]
    phrases = [*words, *phrases]
    if len(phrases) < 2:
        return "".join(phrases) or "nothing more"
    return f"{', '.join(phrases[:-1])} or {phrases[-1]}"
