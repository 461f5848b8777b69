"""Text that chooses its own line ends, after Wadler ("A prettier printer", 2003).

A document is a text, a place where a line may or must end, a comment, an indented document, a
group, or a tuple of documents. A group stands on one line where it fits and has no comment in its
middle; otherwise each of its own `Line`s ends a line, and the groups within choose for themselves.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TypeAlias

Doc: TypeAlias = "Text | Gap | Line | Hard | Remark | Pad | Nest | Align | Group | tuple[Doc, ...]"


@dataclass(frozen=True, slots=True)
class Text:
    text: str


@dataclass(frozen=True, slots=True)
class Gap:
    """A space at which no line ends; nothing at a line's start or end."""


@dataclass(frozen=True, slots=True)
class Line:
    """`flat` within a line, or the line's end."""

    flat: str = " "


@dataclass(frozen=True, slots=True)
class Hard:
    """A line's end; with `blank` an empty line comes after it, unless a bracket was just opened."""

    blank: bool = False


@dataclass(frozen=True, slots=True)
class Remark:
    """A comment: on a line of its own where `is_own`, else behind what stands there. Its line ends
    behind it, whatever comes next."""

    text: str
    is_own: bool
    blank: bool = False


@dataclass(frozen=True, slots=True)
class Pad:
    """Spaces where the group around is broken into lines: they align the columns of a table."""

    width: int


@dataclass(frozen=True, slots=True)
class Nest:
    """What begins a line in here is indented by so much more, but for the first of it."""

    by: int
    doc: Doc


@dataclass(frozen=True, slots=True)
class Align:
    """What begins a line in here stands below the document's first character."""

    doc: Doc


@dataclass(frozen=True, slots=True)
class Group:
    doc: Doc


Todo: TypeAlias = list[tuple[int, bool, Doc]]


def render(doc: Doc, width: int) -> str:
    """The text; every line ends with a newline."""
    page = _Page()
    todo: Todo = [(0, False, doc)]
    while todo:
        indent, flat, each = todo.pop()
        match each:
            case tuple():
                todo.extend((indent, flat, part) for part in reversed(each))
            case Text(text):
                page.write(text, indent)
            case Gap():
                page.gap += " "
            case Pad(spaces):
                page.gap += "" if flat else " " * spaces
            case Line(text) if flat and not page.is_remarked:
                page.write(text.rstrip(" "), indent)
                page.gap += " " * text.endswith(" ")
            case Line():
                page.end_line()
            case Hard(blank):
                page.end_line(blank)
            case Remark():
                page.remark(each, indent)
            case Nest(by, inner):
                page.begin(indent)
                todo.append((indent + by, flat, inner))
            case Align(inner):
                todo.append((page.column(indent), flat, inner))
            case Group(inner):
                is_flat = flat or _fits(inner, todo, page.column(indent), indent, width)
                todo.append((indent, is_flat, inner))
    page.end_line()
    return "".join(f"{line}\n" for line in page.lines)


def _fits(doc: Doc, rest: Todo, column: int, indent: int, width: int) -> bool:
    """Whether all of it stands on one line, with what follows up to where a line may end."""
    work, at = [doc], len(rest)
    is_inside, is_begun, is_remarked = True, False, False
    while column <= width:
        if not work:
            if is_remarked or at == 0:
                return True
            is_inside, at = False, at - 1
            work = [rest[at][2]]
            continue
        match work.pop():
            case tuple(parts):
                work.extend(reversed(parts))
            case Nest(_, inner) | Align(inner) | Group(inner):
                work.append(inner)
            case Text(text):
                if is_remarked:
                    return False
                column, is_begun = column + len(text), is_begun or text != ""
            case Gap():
                column += 1
            case Line(text):
                if not is_inside or is_remarked:
                    return not is_inside
                column += len(text)
            case Hard() | Remark(is_own=True):
                if not is_inside or is_begun:
                    return not is_inside
                column = indent
            case Remark():
                if not is_inside:
                    return True
                is_remarked = True
    return False


class _Page:
    """What is written so far. Two line ends without text between are one."""

    def __init__(self) -> None:
        self.lines: list[str] = []
        self.line = ""
        self.gap = ""
        self.begins: int | None = None
        self.is_remarked = False
        self.is_opened = True

    def begin(self, indent: int) -> None:
        """Where the next text will stand, and the comments above it, if it begins a line."""
        if not self.line and self.begins is None:
            self.begins = indent

    def column(self, indent: int) -> int:
        """Where the next text will stand."""
        if self.line and not self.is_remarked:
            return len(self.line) + len(self.gap)
        return indent if self.begins is None else self.begins

    def write(self, text: str, indent: int) -> None:
        if not text:
            return
        if self.is_remarked:
            self.end_line()
        self.put(text, indent)
        self.begins = None
        self.is_opened = text in ("(", "[", "{")

    def put(self, text: str, indent: int) -> None:
        start = " " * self.column(indent) if not self.line else self.line + self.gap
        self.line, self.gap = start + text, ""

    def remark(self, remark: Remark, indent: int) -> None:
        if remark.is_own or self.is_remarked or not self.line:
            self.end_line(remark.blank)
            self.put(remark.text, indent)
        else:
            self.line += f"  {remark.text}"
            self.gap = ""
        self.is_remarked, self.is_opened = True, False

    def end_line(self, blank: bool = False) -> None:
        if self.line:
            self.lines.append(self.line)
        self.line, self.gap, self.is_remarked = "", "", False
        if blank and not self.is_opened and self.lines[-1]:
            self.lines.append("")


def fill(items: Sequence[Doc]) -> Doc:
    """As many on a line as fit."""
    return (*items[:1], *(Group((Line(), item)) for item in items[1:]))
