"""What the names of a file stand for, and which of them are read. Scopes only, no values."""

from __future__ import annotations

from contextlib import suppress
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Literal, TypeAlias

from compiler.expansion.names import optional_name
from compiler.expansion.problems import Problem
from compiler.lint.program import Program, operator
from dsl import syntax
from dsl.source import Span
from dsl.walk import parts

Kind: TypeAlias = Literal["param", "let", "block", "import", "net", "parameter", "value", "loop"]


@dataclass(eq=False, slots=True)
class Binding:
    """A name where it is declared. `hides`: one of an outer scope that cannot be read any more;
    `is_exempt`: it must be there whether it is read or not."""

    kind: Kind
    name: str
    span: Span
    part: syntax.Syntax
    hides: Binding | None = None
    is_read: bool = False
    is_exempt: bool = False

    @property
    def is_used(self) -> bool:
        return self.is_read or self.is_exempt


Scope: TypeAlias = dict[str, Binding]


@dataclass(slots=True)
class Bindings:
    """Every name of a file in the order of the source; `handed`: those of blocks that stand
    where a value does; `switches`: of optional elements."""

    all: list[Binding] = field(default_factory=list)
    handed: set[int] = field(default_factory=set)
    switches: set[str] = field(default_factory=set)


@lru_cache(maxsize=4)
def bindings(program: Program) -> Bindings:
    """The names of a file."""
    walk = _Walk()
    walk.file(program.tree)
    found = walk.found
    has_nets = any(each.kind == "net" for each in found.all) or any(
        isinstance(each, syntax.Chain) for each in program.tree.declarations
    )
    owners = {
        id(parameter): each
        for each in found.all
        if isinstance(each.part, syntax.Block)
        for parameter in each.part.parameters
    }
    for binding in found.all:
        owner = owners.get(id(binding.part))
        is_settable = binding.kind in ("param", "let") or (
            owner is not None and owner.kind == "net"
        )
        if binding.kind == "block":
            binding.is_exempt = not has_nets
        elif is_settable and binding.name in found.switches:
            binding.is_exempt = True
        elif is_settable and binding.name == "classes":
            binding.is_exempt = _takes_classes(program)
        elif owner is not None:
            binding.is_exempt = id(owner) in found.handed
    found.all.sort(key=lambda each: each.span.start)
    return found


def _takes_classes(program: Program) -> bool:
    """Whether there may be an FC without a number, which takes `classes`: here, or in a file that
    is used."""
    for part in program.parts:
        if isinstance(part, syntax.Use) and not part.is_std:
            return True
        if isinstance(part, syntax.Call) and operator(part) == "FC" and _is_open(part):
            return True
    return False


def _is_open(call: syntax.Call) -> bool:
    return not any(each.name in (None, "out") for each in call.args)


class _Walk:
    """Scopes are tuples of names, the innermost last."""

    def __init__(self) -> None:
        self.found = Bindings()

    def bind(
        self, kind: Kind, name: str, span: Span, part: syntax.Syntax, scopes: tuple[Scope, ...]
    ) -> None:
        hidden = next((each[name] for each in reversed(scopes[:-1]) if name in each), None)
        is_net = hidden is not None and hidden.kind == "net"  # which no expression can read
        binding = Binding(kind, name, span, part, None if is_net else hidden)
        self.found.all.append(binding)
        scopes[-1][name] = binding

    def file(self, tree: syntax.Module) -> None:
        scope: Scope = {}
        scopes = (scope,)
        for each in tree.declarations:
            match each:
                case syntax.Param():
                    self.bind("param", each.name, each.name_span, each, scopes)
                case syntax.Let():
                    self.bind("let", each.name, each.name_span, each, scopes)
                case syntax.Block():
                    kind: Kind = "net" if each.is_net else "block"
                    self.bind(kind, each.name, each.name_span, each, scopes)
                case syntax.Use():
                    for name in each.names:
                        self.bind("import", name.id, name.span, name, scopes)
        for each in tree.declarations:
            if isinstance(each, syntax.Block):
                self.block(each, scopes)
            elif not isinstance(each, syntax.Use):
                self.any(each, scopes)

    def block(self, block: syntax.Block, outer: tuple[Scope, ...]) -> None:
        scopes = (*outer, {})
        for parameter in block.parameters:
            if parameter.default is not None:
                self.any(parameter.default, scopes)
            start = parameter.span.start
            span = Span(parameter.span.source, start, start + len(parameter.name))
            self.bind("parameter", parameter.name, span, parameter, scopes)
        for statement in block.body:
            self.any(statement, scopes)
            if isinstance(statement, syntax.Let | syntax.Value):
                kind: Kind = "let" if isinstance(statement, syntax.Let) else "value"
                self.bind(kind, statement.name, statement.name_span, statement, scopes)

    def any(self, root: syntax.Syntax, scopes: tuple[Scope, ...]) -> None:
        stack = [(root, scopes)]
        while stack:
            item, around = stack.pop()
            match item:
                case syntax.Loop():
                    stack.append((item.iterable, around))
                    inner = (*around, {})
                    kind: Kind = "loop" if len(item.targets) == 1 else "value"
                    for target in item.targets:
                        self.bind(kind, target.id, target.span, target, inner)
                    stack.append((item.chain, inner))
                    continue
                case syntax.Name():
                    binding = self.read(item.id, around)
                    if binding is not None:
                        self.found.handed.add(id(binding))
                case syntax.Call():
                    self.read(item.name, around)
                case syntax.Labelled(element=syntax.Optional(condition=None)):
                    self.found.switches.add(item.label)
                case syntax.Optional(condition=None):
                    self.switch(item)
            stack += [(each, around) for each in reversed(parts(item))]

    def switch(self, element: syntax.Optional) -> None:
        with suppress(Problem):  # a group, whose label is its switch
            self.found.switches.add(optional_name(element))

    def read(self, name: str, scopes: tuple[Scope, ...]) -> Binding | None:
        binding = next((each[name] for each in reversed(scopes) if name in each), None)
        if binding is not None:
            binding.is_read = True
        return binding
