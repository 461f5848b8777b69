"""A file as the rules see it: its tree, and where each call stands in it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property

from compiler.expansion.names import short_form
from compiler.ops import SIGNATURES
from dsl import syntax
from dsl.source import Source, Span
from dsl.walk import walk


@dataclass(frozen=True, slots=True)
class Place:
    """A call that is an element of a chain by itself, or with a label."""

    call: syntax.Call
    chain: syntax.Chain
    index: int

    @property
    def is_alone(self) -> bool:
        return len(self.chain.elements) == 1

    def beside(self, step: int) -> syntax.Call | None:
        """The call so many elements further on, None where no call stands there by itself."""
        at = self.index + step
        return called(self.chain.elements[at]) if 0 <= at < len(self.chain.elements) else None

    def without(self) -> Span | None:
        """The element and its arrow; None where there is no other, or a comment would go too."""
        elements = self.chain.elements
        if self.is_alone:
            return None
        span = elements[self.index].span
        if self.index:
            span = Span(span.source, elements[self.index - 1].span.end, span.end)
        else:
            span = Span(span.source, span.start, elements[1].span.start)
        return None if "#" in span.text else span


@dataclass(frozen=True, eq=False)
class Program:
    """A parsed file."""

    tree: syntax.Module

    @property
    def source(self) -> Source:
        return self.tree.source

    @cached_property
    def parts(self) -> tuple[syntax.Syntax, ...]:
        return tuple(walk(self.tree))

    @cached_property
    def _places(self) -> dict[tuple[int, int], Place]:
        places = {}
        for part in self.parts:
            if isinstance(part, syntax.Chain):
                for index, element in enumerate(part.elements):
                    call = called(element)
                    if call is not None:
                        places[call.span.start, call.span.end] = Place(call, part, index)
        return places

    @cached_property
    def _calls(self) -> dict[tuple[int, int], syntax.Call]:
        calls = (part for part in self.parts if isinstance(part, syntax.Call))
        return {(call.span.start, call.span.end): call for call in calls}

    def call(self, span: Span) -> syntax.Call | None:
        """The call that stands there; None in another file."""
        return self._calls.get((span.start, span.end)) if span.source is self.source else None

    def place(self, span: Span) -> Place | None:
        """Where a call stands; None where it is repeated, optional, or in another file."""
        return self._places.get((span.start, span.end)) if span.source is self.source else None

    def places(self) -> Iterator[Place]:
        yield from self._places.values()


def called(element: syntax.Element) -> syntax.Call | None:
    """The call that an element is, its label aside."""
    inner = element.element if isinstance(element, syntax.Labelled) else element
    return inner if isinstance(inner, syntax.Call) else None


def operator(call: syntax.Call | None) -> str:
    """The built-in that a call literally names, in its long or its short form; "" for others."""
    if call is None:
        return ""
    if call.name in SIGNATURES:
        return SIGNATURES[call.name].op.name
    short = short_form(call.name, call.name_span)
    return "" if short is None else short.name


def with_argument(call: syntax.Call, name: str, text: str) -> tuple[Span, str] | None:
    """The span and the text that give an operator an argument by name; None where it has it
    already, unless as a plain `true` or `false`."""
    position = list(SIGNATURES[operator(call)].kinds).index(name)
    for at, argument in enumerate(call.args):
        if argument.name == name or (argument.name is None and at == position):
            value = argument.value
            is_plain = isinstance(value, syntax.Constant) and isinstance(value.value, bool)
            return (value.span, text) if is_plain else None
    written = [each for each in call.args if not each.is_short]
    start, end, source = call.span.start, call.span.end, call.span.source
    if written:
        at = written[-1].span.end
        return Span(source, at, at), f", {name}={text}"
    if call.span.text.endswith(")"):
        at = start + call.span.text.index("(") + 1
        return Span(source, at, at), f"{name}={text}"
    return Span(source, end, end), f"({name}={text})"
