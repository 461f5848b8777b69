"""What a name of a program may stand for, besides numbers, texts and lists."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TypeGuard

from compiler.op import Signature
from compiler.volume import Volume
from dsl.syntax import Block, Expression


@dataclass(frozen=True, slots=True)
class Flow:
    """What flows between elements: a node and its volume. `poisoned`: after an error."""

    node: int
    shape: Volume
    poisoned: bool = False


POISON = Flow(-1, Volume(1, 1, 1), poisoned=True)


@dataclass(frozen=True, slots=True)
class OperatorValue:
    """A built-in, as a block's argument."""

    signature: Signature

    @property
    def name(self) -> str:
        return self.signature.op.name


@dataclass(frozen=True, slots=True)
class BlockValue:
    """A block, with the file in which it was written and the defaults in force there.

    Where it stands in its source makes it what it is; a scope holds itself, and comparing it has no
    end.
    """

    block: Block
    home: Scope = field(compare=False, repr=False)
    defaults: Defaults = field(compare=False, repr=False)

    @property
    def name(self) -> str:
        return self.block.name


@dataclass(frozen=True, slots=True)
class Scope:
    """Names and what they stand for, with the scope around."""

    names: dict[str, object]
    outer: Scope | None = None

    def find(self, name: str) -> object:
        """The value; raises KeyError where no scope has the name."""
        scope: Scope | None = self
        while scope is not None:
            if name in scope.names:
                return scope.names[name]
            scope = scope.outer
        raise KeyError(name)

    def known(self) -> list[str]:
        return [*self.names, *(self.outer.known() if self.outer else ())]

    def inner(self, names: dict[str, object]) -> Scope:
        return Scope(names, self)


Defaults = Mapping[str, Mapping[str, "DefaultArgument"]]
"""For an operator's name, the arguments that `default` statements gave it."""


@dataclass(frozen=True, slots=True)
class DefaultArgument:
    """An expression and the scope in which it is read."""

    expression: Expression
    scope: Scope


def sizes(value: object) -> object:
    """A volume as (h, w, c), as a program writes it; any other value as it is."""
    volume = value.shape if isinstance(value, Flow) else value
    return (volume.h, volume.w, volume.c) if isinstance(volume, Volume) else value


class Word(str):
    """The name of a block or an operator, which is no text of the program."""

    __slots__ = ()


def plain(value: object) -> object:
    """A value as Python's own data: a block or an operator as its name."""
    match value:
        case OperatorValue() | BlockValue():
            return Word(value.name)
        case list():
            return [plain(each) for each in value]
        case tuple():
            return tuple(plain(each) for each in value)
    return value


def is_number(value: object) -> TypeGuard[int | float]:
    return isinstance(value, int | float) and not isinstance(value, bool)


def kind_of(value: object) -> str:
    """What a value is, in the language's words."""
    words: tuple[tuple[type | tuple[type, ...], str], ...] = (
        (bool, "true or false"),
        (int, "a whole number"),
        (float, "a number"),
        (str, "a text"),
        (list, "a list"),
        (tuple, "a tuple"),
        (Flow, "a volume"),
        (Volume, "a volume"),
        (OperatorValue, "an operator"),
        (BlockValue, "a block"),
    )
    own = "none" if value is None else type(value).__name__
    return next((word for types, word in words if isinstance(value, types)), own)
