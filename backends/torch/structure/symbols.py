"""The numbers of a block's uses, told by its parameters where they can be."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from backends.identifiers import identifier
from backends.torch.structure.trees import (
    OPERATORS,
    Const,
    Name,
    Not,
    Tree,
    Unknown,
    binary,
    choice,
    names,
    value,
)
from compiler.graph import Call
from dsl import syntax

ENTRY = "in_channels"
# Functions that give one of their arguments for most numbers.
NEARLY = frozenset({"make_divisible", "int", "round", "floor", "ceil", "max", "min"})


@dataclass(frozen=True, slots=True)
class Parameter:
    """Of a class: `values` for each use. `default`: None where it must be given. `is_asked`: the
    block has no such parameter."""

    name: str
    values: tuple[object, ...]
    default: object = None
    is_asked: bool = False


@dataclass
class Symbols:
    """The names that a class's constructor has, with their values for each use.

    `lets`: local names and what they are. A name that the program has no number for is asked of
    the caller.
    """

    count: int
    reserved: frozenset[str]
    calls: tuple[Call | None, ...]
    values: list[dict[str, object]] = field(default_factory=list)
    parameters: dict[str, Parameter] = field(default_factory=dict)
    lets: dict[str, Tree] = field(default_factory=dict)
    used: set[str] = field(default_factory=set)
    incoming: Tree | None = None
    entered: list[str] = field(default_factory=lambda: [ENTRY])

    def __post_init__(self) -> None:
        self.values = [{} for _ in range(self.count)]

    def enter(self, channels: Sequence[int], name: str = "") -> Tree:
        """The channels of what flows into the block, or of a value that it is given by a name: then
        what has as many is as good."""
        if not name:
            self.incoming = self._declare(ENTRY, list(channels))
            return self.incoming
        for tree in self._known():
            if self.agrees(tree, channels):
                return tree
        known = {*self.parameters, *self._declared()}
        wanted = identifier(f"{name}_channels", {*self.reserved, *known})
        self.entered.append(wanted)
        return self._declare(wanted, list(channels))

    def _known(self) -> Iterator[Tree]:
        """The block's own parameters that are numbers, and what flows in."""
        declared = self.calls[0].declared if self.calls[0] else None
        for parameter in declared.parameters if declared else ():
            try:
                yield self.name(parameter.name)
            except Unknown:
                continue
        if self.incoming is not None:
            yield self.incoming

    def agrees(self, tree: Tree, wanted: Sequence[object]) -> bool:
        """Whether the tree has these values; None fits anything."""
        try:
            return all(
                each is None or (type(got) is type(each) and got == each)
                for each, got in zip(wanted, (value(tree, own) for own in self.values), strict=True)
            )
        except Unknown:
            return False

    def use(self, tree: Tree) -> Tree:
        """The tree, whose names the constructor will need."""
        for name in names(tree):
            if name not in self.used:
                self.used.add(name)
                if name in self.lets:
                    self.use(self.lets[name])
        return tree

    def ask(self, wanted: str, values: Sequence[object], default: object = None) -> Tree:
        """A parameter of the class that the block does not have."""
        kept = tuple(values)
        for known in self.parameters.values():
            if known.values == kept and known.name.startswith(wanted):
                return Name(known.name)
        name, number = identifier(wanted, self.reserved), 1
        while name in self.parameters or name in self.lets:
            number += 1
            name = f"{identifier(wanted, self.reserved)}{number}"
        return self._declare(name, list(values), default, is_asked=True)

    def _declare(
        self, name: str, values: list[object], default: object = None, is_asked: bool = False
    ) -> Tree:
        """A constant where all uses agree."""
        known = [each for each in values if each is not None]
        if known and all(type(each) is type(known[0]) and each == known[0] for each in known):
            return Const(known[0])
        filled = [known[0] if each is None and known else each for each in values]
        for own, each in zip(self.values, filled, strict=True):
            own[name] = each
        self.parameters[name] = Parameter(name, tuple(filled), default, is_asked)
        return Name(name)

    def tree(self, expression: syntax.Expression, incoming: Tree | None) -> Tree:
        """An expression of the block as one of the constructor. Raises Unknown."""
        match expression:
            case syntax.Constant(value=constant):
                return Const(constant)
            case syntax.Name():
                return self.name(expression.id)
            case syntax.Attribute(value=syntax.Incoming(), name="C") if incoming is not None:
                return incoming
            case syntax.Unary() if expression.op == "not":
                return Not(self.tree(expression.operand, incoming))
            case syntax.Unary() if expression.op == "-":
                return binary("-", Const(0), self.tree(expression.operand, incoming))
            case syntax.Binary() | syntax.Logic() if expression.op in OPERATORS:
                left, right = expression.left, expression.right
                return binary(expression.op, self.tree(left, incoming), self.tree(right, incoming))
            case syntax.Conditional():
                parts = (expression.then, expression.condition, expression.otherwise)
                return choice(*(self.tree(each, incoming) for each in parts))
            case syntax.FunctionCall(name=function) if function in NEARLY:
                return self._nearly(expression, incoming)
        raise Unknown

    def _nearly(self, call: syntax.FunctionCall, incoming: Tree | None) -> Tree:
        """The argument that a function gives back where it changes nothing; the caller compares."""
        trees = [self.tree(argument.value, incoming) for argument in call.args]
        return next((tree for tree in trees if not isinstance(tree, Const)), Const(None))

    def name(self, word: str) -> Tree:
        """What a name of the block is here: a parameter, a local name, a constant."""
        own = [call.names.get(word) if call else None for call in self.calls]
        if any(not isinstance(each, int | float) for each in own):
            raise Unknown(word)
        name = identifier(word, self.reserved)
        if name in self.parameters or name in self.lets:
            return Name(name)
        declared = next(call.declared for call in self.calls if call)
        parameters = declared.parameters if declared else ()
        for parameter in parameters:
            if parameter.name == word:
                return self._declare(name, own, _default(parameter))
        return self._let(word, name, own, declared)

    def _let(
        self, word: str, name: str, values: list[object], declared: syntax.Block | None
    ) -> Tree:
        for statement in declared.body if declared else ():
            if isinstance(statement, syntax.Let) and statement.name == word:
                try:
                    tree = self.tree(statement.value, self.incoming)
                except Unknown:
                    return self._declare(name, values)
                if isinstance(tree, Const | Name) or not self.agrees(tree, values):
                    return tree if self.agrees(tree, values) else self._declare(name, values)
                for own, each in zip(self.values, values, strict=True):
                    own[name] = each
                self.lets[name] = tree
                return Name(name)
        raise Unknown(word)

    def needed(self) -> Iterator[Parameter]:
        """The parameters in the order of the signature: what must be given first."""
        order = [*self.entered, *self._declared(), *self.parameters]
        found = [self.parameters[name] for name in dict.fromkeys(order) if name in self.parameters]
        found = [each for each in found if each.name in self.used]
        yield from (each for each in found if each.default is None)
        yield from (each for each in found if each.default is not None)

    def _declared(self) -> Iterator[str]:
        for call in self.calls:
            for parameter in call.declared.parameters if call and call.declared else ():
                yield identifier(parameter.name, self.reserved)

    def definitions(self) -> Mapping[str, Tree]:
        return {name: tree for name, tree in self.lets.items() if name in self.used}


def _default(parameter: syntax.Parameter) -> object:
    default = parameter.default
    is_plain = isinstance(default, syntax.Constant) and not isinstance(default.value, str)
    return default.value if is_plain and isinstance(default, syntax.Constant) else None
