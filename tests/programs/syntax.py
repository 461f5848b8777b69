"""Random texts that the grammar takes; what they would mean does not matter.

A program is a list of chunks: between two of them white space and comments may stand, and white
space must; within a chunk nothing may.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, TypeVar

from hypothesis import strategies as st

Chunks = list[str]
T = TypeVar("T")

NAMES = ("a", "b2", "width", "N", "conv_bn", "CONV", "RELU", "POOL2", "in_", "inner", "_x", "train")
LAYERS = (*NAMES[:-1], "CONV3-64", "CONV7-64/2", "CONV1x7-64", "POOL3/2", "FC-10")
NUMBERS = ("0", "7", "64", "1000000", "0.75", "1e-4", "2.5E+3")
CONSTANTS = (*NUMBERS, "true", "false", "none", "in", '""', r'"a\n\"# -> |"', "32x32x3", "1x7")
OPERATORS = ("+", "-", "*", "/", "//", "%", "<", "<=", ">=", "==", "!=", "and", "or")


def programs(most: int = 5) -> st.SearchStrategy[Chunks]:
    """Whole files of up to so many declarations."""
    return st.composite(lambda draw: _Writer(draw).program(most))()


def expressions() -> st.SearchStrategy[Chunks]:
    return st.composite(lambda draw: _Writer(draw).value(4))()


@dataclass(frozen=True)
class _Writer:
    """Each method writes one rule of the grammar; `depth` is how many rules may still be inside."""

    draw: Callable[[st.SearchStrategy[Any]], Any]

    def pick(self, choices: tuple[T, ...]) -> T:
        return self.draw(st.sampled_from(choices))  # type: ignore[no-any-return]

    def many(self, part: Callable[[], Chunks], between: str, least: int, most: int) -> Chunks:
        """So many parts with a sign between."""
        chunks: Chunks = []
        for at in range(self.draw(st.integers(least, most))):
            chunks += [*([between] if at and between else []), *part()]
        return chunks

    def maybe(self, *parts: Callable[[], Chunks]) -> Chunks:
        return [chunk for part in parts for chunk in part()] if self.draw(st.booleans()) else []

    def listed(self, part: Callable[[], Chunks], least: int = 0) -> Chunks:
        """Parts with commas, perhaps one at the end."""
        chunks = self.many(part, ",", least, 4)
        return [*chunks, *self.maybe(lambda: [","])] if chunks else []

    def name(self) -> Chunks:
        return [self.pick(NAMES)]

    # Declarations

    def program(self, most: int) -> Chunks:
        return self.many(lambda: self.declaration(), "", 1, most)

    def declaration(self) -> Chunks:
        kinds = (self.param, self.let, self.default, self.use, self.budget, self.train)
        chunks = self.pick((*kinds, self.block, self.block, self.block, self.bare))()
        return chunks

    def bare(self) -> Chunks:
        """At a file's start of a declaration, `train` would be one."""
        chain = self.chain(4)
        return ["a", "->", *chain] if chain[0] == "train" else chain

    def param(self) -> Chunks:
        def domain() -> Chunks:
            return ["in", *self.value(3), *self.maybe(lambda: ["..", *self.value(1)])]

        default = self.maybe(lambda: ["=", *self.value(3)])
        return ["param", *self.name(), *default, *self.maybe(domain)]

    def let(self) -> Chunks:
        return ["let", *self.name(), "=", *self.value(4)]

    def default(self) -> Chunks:
        return ["default", *self.name(), *self.arguments(2)]

    def use(self) -> Chunks:
        target = self.pick((['"x.cnn"'], ["std", ".", "conv"]))
        return ["use", *target, "(", *self.listed(self.name, 1), ")"]

    def budget(self) -> Chunks:
        def limit() -> Chunks:
            op = self.pick(("<", "<=", "=="))
            return [*self.name(), op, *self.atom(2), *self.maybe(lambda: [","])]

        return ["budget", "{", *self.many(limit, "", 0, 3), "}"]

    def train(self) -> Chunks:
        def setting() -> Chunks:
            return [*self.name(), "=", *self.value(2), *self.maybe(lambda: [","])]

        return ["train", "{", *self.many(setting, "", 0, 3), "}"]

    def block(self) -> Chunks:
        def parameter() -> Chunks:
            return [*self.name(), *self.maybe(lambda: ["=", *self.value(2)])]

        parameters = ["(", *self.listed(parameter), ")"]
        if self.draw(st.booleans()):
            head = ["net", *self.name(), *self.maybe(lambda: parameters)]
        else:
            head = ["block", *self.name(), *parameters]
        if self.draw(st.booleans()):
            return [*head, "=", *self.chain(4)]
        return [*head, "{", *self.many(self.statement, "", 0, 4), "}"]

    def statement(self) -> Chunks:
        return self.pick((self.let, self.default, self.output, self.named, self.plain))()

    def named(self) -> Chunks:
        return [*self.name(), "=", *self.chain(4)]

    def plain(self) -> Chunks:
        return self.chain(4)

    def output(self) -> Chunks:
        options = self.maybe(lambda: self.arguments(1))
        return ["output", *self.name(), *options, "=", *self.chain(3)]

    # Chains

    def chain(self, depth: int) -> Chunks:
        return self.many(lambda: self.element(depth), "->", 1, 5 if depth > 1 else 2)

    def element(self, depth: int) -> Chunks:
        if self.draw(st.integers(0, 3)):
            return self.postfix(depth)
        label = self.name()
        if self.draw(st.booleans()):
            label = self.indexed(label, depth - 1)
        return [*label, ":", *self.postfix(depth)]

    def postfix(self, depth: int) -> Chunks:
        chunks = self.primary(depth)
        for _ in range(self.draw(st.integers(0, 1))):
            count = self.pick((["3"], ["N"], ["(", *self.value(1), ")"]))
            condition = self.maybe(lambda: ["(", *self.value(1), ")"])
            chunks = [*chunks, *self.pick((["*", *count], ["?", *condition]))]
        return chunks

    def primary(self, depth: int) -> Chunks:
        if depth < 1:
            return [self.pick(LAYERS)]
        return self.pick((self.call, self.call, self.group, self.loop, self.merge))(depth - 1)

    def call(self, depth: int) -> Chunks:
        return [self.pick(LAYERS), *self.maybe(lambda: self.arguments(depth))]

    def group(self, depth: int) -> Chunks:
        return ["[", *self.chain(depth), "]"]

    def loop(self, depth: int) -> Chunks:
        targets = self.many(self.name, ",", 1, 3)
        return ["[", *self.chain(depth), "for", *targets, "in", *self.value(depth), "]"]

    def merge(self, depth: int) -> Chunks:
        def branch() -> Chunks:
            otherwise = self.maybe(lambda: ["else", *self.chain(depth)])
            guard = self.maybe(lambda: ["if", *self.operation(depth)])
            return [*self.chain(depth), *guard, *(otherwise if guard else [])]

        return [*self.name(), "{", *self.many(branch, "|", 1, 3), "}"]

    # Expressions

    def value(self, depth: int) -> Chunks:
        if depth > 0 and self.draw(st.integers(0, 5)) == 0:
            condition = ["if", *self.operation(depth - 1), "else"]
            return [*self.operation(depth - 1), *condition, *self.value(depth - 1)]
        return self.operation(depth)

    def operation(self, depth: int) -> Chunks:
        """Operators of any strength in any order, all of which is grammatical."""
        chunks = self.operand(depth)
        for _ in range(self.draw(st.integers(0, 2)) if depth > 0 else 0):
            chunks = [*chunks, self.pick(OPERATORS), *self.operand(depth - 1)]
        return chunks

    def operand(self, depth: int) -> Chunks:
        sign = self.maybe(lambda: [self.pick(("-", "+"))])
        power = self.maybe(lambda: ["**", *self.atom(depth - 1)])
        return [*sign, *self.atom(depth), *power]

    def atom(self, depth: int) -> Chunks:
        if depth < 1:
            return [self.pick((*NAMES, *CONSTANTS))]
        kinds = (self.plain_atom, self.function, self.inside, self.rows, self.part)
        return self.pick(kinds)(depth - 1)

    def plain_atom(self, depth: int) -> Chunks:
        return self.atom(0)

    def function(self, depth: int) -> Chunks:
        return [*self.name(), *self.arguments(depth)]

    def inside(self, depth: int) -> Chunks:
        return ["(", *self.value(depth), *self.maybe(lambda: [",", *self.listed(self.name)]), ")"]

    def rows(self, depth: int) -> Chunks:
        def row() -> Chunks:
            return ["(", *self.atom(0), ",", *self.listed(lambda: self.value(0), 1), ")"]

        part = self.pick((row, lambda: self.value(depth)))
        return ["[", *self.listed(part), "]"]

    def part(self, depth: int) -> Chunks:
        value = self.pick((self.name(), ["in"], ["(", *self.value(depth), ")"]))
        if self.draw(st.booleans()):
            return self.indexed(value, depth)
        return [*value, ".", *self.name()]

    def indexed(self, value: Chunks, depth: int) -> Chunks:
        return [*value[:-1], f"{value[-1]}[", *self.value(depth), "]"]

    def arguments(self, depth: int) -> Chunks:
        def argument() -> Chunks:
            return [*self.maybe(lambda: [*self.name(), "="]), *self.value(depth)]

        return ["(", *self.listed(argument), ")"]
