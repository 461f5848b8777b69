"""The syntax tree: frozen data, each piece with its span. Nothing here is resolved or checked."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal, TypeAlias

from dsl.source import Source, Span


@dataclass(frozen=True, slots=True)
class Syntax:
    span: Span


# Expressions


@dataclass(frozen=True, slots=True)
class Constant(Syntax):
    """A number, a string, `true`, `false` or `none`."""

    value: int | float | str | bool | None


@dataclass(frozen=True, slots=True)
class Dimensions(Syntax):
    """`224x224x3` or `1x7`."""

    sizes: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Name(Syntax):
    id: str


@dataclass(frozen=True, slots=True)
class Incoming(Syntax):
    """The word `in`: the volume that flows in here."""


@dataclass(frozen=True, slots=True)
class Attribute(Syntax):
    value: Expression
    name: str


@dataclass(frozen=True, slots=True)
class Index(Syntax):
    value: Expression
    index: Expression


@dataclass(frozen=True, slots=True)
class Sequence(Syntax):
    items: tuple[Expression, ...]
    kind: Literal["list", "tuple"]


@dataclass(frozen=True, slots=True)
class Unary(Syntax):
    op: str
    operand: Expression


@dataclass(frozen=True, slots=True)
class Binary(Syntax):
    op: str
    left: Expression
    right: Expression


@dataclass(frozen=True, slots=True)
class Logic(Syntax):
    """`and` and `or`: the right side is looked at only where the left leaves it open."""

    op: Literal["and", "or"]
    left: Expression
    right: Expression


@dataclass(frozen=True, slots=True)
class Conditional(Syntax):
    then: Expression
    condition: Expression
    otherwise: Expression


@dataclass(frozen=True, slots=True)
class FunctionCall(Syntax):
    name: str
    args: tuple[Argument, ...]


Expression: TypeAlias = (
    Constant
    | Dimensions
    | Name
    | Incoming
    | Attribute
    | Index
    | Sequence
    | Unary
    | Binary
    | Logic
    | Conditional
    | FunctionCall
)


@dataclass(frozen=True, slots=True)
class Argument(Syntax):
    """An argument of a call; `name` is None where it is positional. `is_short`: `3` of `CONV3`."""

    name: str | None
    value: Expression
    is_short: bool = False


# Chains


@dataclass(frozen=True, slots=True)
class Call(Syntax):
    """An operator, a block or a value by its name; `args` is empty where none are written."""

    name: str
    name_span: Span
    args: tuple[Argument, ...]
    has_parentheses: bool


@dataclass(frozen=True, slots=True)
class Group(Syntax):
    chain: Chain


@dataclass(frozen=True, slots=True)
class Loop(Syntax):
    """`[chain for targets in iterable]`."""

    chain: Chain
    targets: tuple[Name, ...]
    iterable: Expression


@dataclass(frozen=True, slots=True)
class Repeat(Syntax):
    element: Element
    count: Expression


@dataclass(frozen=True, slots=True)
class Optional(Syntax):
    """`a?`, or `a?(condition)`."""

    element: Element
    condition: Expression | None


@dataclass(frozen=True, slots=True)
class Branch(Syntax):
    """`chain`, `chain if condition` or `chain if condition else otherwise`."""

    chain: Chain
    condition: Expression | None
    otherwise: Chain | None


@dataclass(frozen=True, slots=True)
class Merge(Syntax):
    name: str
    name_span: Span
    branches: tuple[Branch, ...]


@dataclass(frozen=True, slots=True)
class Labelled(Syntax):
    """`label: element`, or `label[index]: element`."""

    label: str
    label_span: Span
    index: Expression | None
    element: Element


Element: TypeAlias = Call | Group | Loop | Repeat | Optional | Merge | Labelled


@dataclass(frozen=True, slots=True)
class Chain(Syntax):
    """`doc` is that of a file's bare chain."""

    elements: tuple[Element, ...]
    doc: str = ""


# Declarations and statements


@dataclass(frozen=True, slots=True)
class Range(Syntax):
    """A domain `low..high`, both ends in it."""

    low: Expression
    high: Expression


@dataclass(frozen=True, slots=True)
class Param(Syntax):
    name: str
    name_span: Span
    default: Expression | None
    domain: Expression | Range | None
    doc: str


@dataclass(frozen=True, slots=True)
class Let(Syntax):
    name: str
    name_span: Span
    value: Expression
    doc: str


@dataclass(frozen=True, slots=True)
class Default(Syntax):
    """`default OPERATOR(name=value, …)`."""

    call: Call


@dataclass(frozen=True, slots=True)
class Value(Syntax):
    """`name = chain` in a body."""

    name: str
    name_span: Span
    chain: Chain


@dataclass(frozen=True, slots=True)
class Output(Syntax):
    name: str
    name_span: Span
    train: bool
    options: tuple[Argument, ...]
    chain: Chain
    doc: str


@dataclass(frozen=True, slots=True)
class Parameter(Syntax):
    """A parameter of a block or net."""

    name: str
    default: Expression | None


Statement: TypeAlias = "Let | Default | Value | Output | Chain"


@dataclass(frozen=True, slots=True)
class Block(Syntax):
    """`block name(parameters) = chain` or `{ statements }`; a net where `is_net`."""

    name: str
    name_span: Span
    parameters: tuple[Parameter, ...]
    body: tuple[Statement, ...]
    is_net: bool
    doc: str


@dataclass(frozen=True, slots=True)
class Use(Syntax):
    """`use "file.cnn" (names)`, or `use std.module (names)` where `is_std`."""

    target: str
    target_span: Span
    is_std: bool
    names: tuple[Name, ...]


@dataclass(frozen=True, slots=True)
class Limit(Syntax):
    """One line of a budget: `params <= 4.3e6`."""

    metric: str
    metric_span: Span
    op: str
    bound: Expression


@dataclass(frozen=True, slots=True)
class Budget(Syntax):
    limits: tuple[Limit, ...]


@dataclass(frozen=True, slots=True)
class Setting(Syntax):
    """One line of a training recipe: `batch = 256` or `optimizer = sgd(lr=0.1)`."""

    name: str
    name_span: Span
    value: Expression


@dataclass(frozen=True, slots=True)
class Train(Syntax):
    settings: tuple[Setting, ...]


Declaration: TypeAlias = "Param | Let | Default | Block | Output | Use | Budget | Train | Chain"


@dataclass(frozen=True, slots=True)
class Module(Syntax):
    """A parsed file."""

    source: Source
    declarations: tuple[Declaration, ...]
