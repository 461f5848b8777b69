"""Words with their comments, and what stands between brackets."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from dsl.formatting.concrete import Part, Word, every, first
from dsl.formatting.document import (
    Align,
    Doc,
    Gap,
    Group,
    Hard,
    Line,
    Nest,
    Pad,
    Remark,
    Text,
    fill,
)


def word(each: Word) -> Doc:
    if not each.has_comments:
        return Text(each.text)
    blank = Hard(blank=True) if each.blank and each.before else ()
    return (remarks(each), blank, bare(each))


def remarks(each: Word) -> Doc:
    """The comments above a word."""
    return tuple(Remark(comment.text, True, comment.blank) for comment in each.before)


def bare(each: Word) -> Doc:
    """A word without the comments above it."""
    return (Text(each.text), Remark(each.after, False) if each.after else ())


def separate(part: Part) -> Hard:
    """The end of the line before a part, with the empty line that the author left."""
    each = first(part)
    return Hard(each.blank and not each.before)


def enclosed(opening: Word, inner: Doc, closing: Word, space: Doc = (), out: int = 0) -> Doc:
    """Brackets, and what is between them aligned; comments before the closing one are inside.

    A closing bracket that begins a line, behind a comment, stands so much further out.
    """
    end = Nest(-out, bare(closing))
    return (word(opening), space, Align((inner, remarks(closing))), space, end)


def listed(items: Sequence[tuple[Doc, Word | None]]) -> Doc:
    """Items and their commas, as many on a line as fit."""
    return fill([item if comma is None else (item, word(comma)) for item, comma in items])


def pairs(parts: Sequence[Part]) -> list[tuple[Part, Word | None]]:
    """Each part with the comma behind it."""
    found: list[tuple[Part, Word | None]] = []
    for part in parts:
        if isinstance(part, Word) and part.kind == "COMMA":
            found[-1] = (found[-1][0], part)
        else:
            found.append((part, None))
    return found


def table(rows: Sequence[tuple[Doc, Word | None]], parts: Iterable[Part]) -> Doc:
    """Rows one a line where they do not fit on one, or where the author broke the line."""
    docs: list[Doc] = []
    for (doc, comma), part in zip(rows, parts, strict=True):
        if docs:
            docs.append(separate(part) if first(part).is_first else Line())
        docs.append(doc if comma is None else (doc, word(comma)))
    return Group(tuple(docs))


def columns(rows: Sequence[Sequence[Part]]) -> list[Doc] | None:
    """Rows such as `(6, 24, 2)` with their numbers below one another; None where a cell is more
    than a word or a sign and a number, or the rows differ in length."""
    cells = [[pair for pair, _ in pairs(row[1:-1])] for row in rows]
    texts = [["".join(each.text for each in every(cell)) for cell in row] for row in cells]
    is_plain = all(_is_plain(cell) for row in cells for cell in row)
    is_remarked = any(
        each.has_comments for row in rows for part in row[:-1] for each in every(part)
    ) or any(first(row[-1]).before for row in rows)
    if not is_plain or is_remarked or len({len(row) for row in cells}) > 1:
        return None
    count = len(texts[0])
    widths = [max(len(row[at]) for row in texts) for at in range(count)]
    numeric = [all(_is_number(row[at]) for row in texts) for at in range(count)]
    return [
        (word(_word(parts[0])), _cells(row, widths, numeric), word(_word(parts[-1])))
        for parts, row in zip(rows, texts, strict=True)
    ]


def _cells(row: Sequence[str], widths: Sequence[int], numeric: Sequence[bool]) -> Doc:
    docs: list[Doc] = []
    for at, text in enumerate(row):
        pad, is_last = Pad(widths[at] - len(text)), at == len(row) - 1
        comma = (Text(","), Gap()) if not is_last else Text("," * (len(row) == 1))
        end: Doc = () if is_last else pad
        docs.append((pad, Text(text), comma) if numeric[at] else (Text(text), comma, end))
    return tuple(docs)


def _is_plain(cell: Part) -> bool:
    words = list(every(cell))
    return len(words) == 1 or (len(words) == 2 and words[0].kind in ("PLUS", "MINUS"))


def _is_number(text: str) -> bool:
    return text.lstrip("+-")[:1].isdecimal()


def _word(part: Part) -> Word:
    assert isinstance(part, Word), part
    return part
