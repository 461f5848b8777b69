"""Free names and optional elements: what a program leaves to be set from outside.

Found in the tree before anything is expanded, so that all that are missing are named at once.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Literal, TypeAlias

from compiler.arguments import Kind
from compiler.expansion.aliases import PYTHON_CONSTANTS, meant_layer
from compiler.expansion.declarations import refuse_unknown_arguments
from compiler.expansion.functions import FUNCTIONS
from compiler.expansion.modules import File, all_files, library
from compiler.expansion.problems import Problem, Reporter, problem
from compiler.expansion.values import BlockValue, Scope
from compiler.ops import SIGNATURES, WORDS
from dsl import syntax
from dsl.builder import shorthand
from dsl.source import Span


@dataclass(slots=True)
class Open:
    """Names without a value (with every place where they stand), and yes/no choices.

    `known` are the names that were in reach of a free one, `hints` what an argument takes whose
    value it is. `blocks` are, by their ids, the blocks that were reached, each with those that it
    names.
    """

    free: dict[str, list[Span]] = field(default_factory=dict)
    optional: dict[str, Span] = field(default_factory=dict)
    known: dict[str, set[str]] = field(default_factory=dict)
    hints: dict[str, str] = field(default_factory=dict)
    blocks: dict[int, set[int]] = field(default_factory=dict)

    def is_recursive(self, block: syntax.Block) -> bool:
        """Whether a block names itself, directly or through others."""
        seen: set[int] = set()
        waiting = [id(block)]
        while waiting:
            named = self.blocks.get(waiting.pop(), set()) - seen
            seen |= named
            waiting += named
        return id(block) in seen


def short_form(name: str, span: Span) -> syntax.Call | None:
    """`CONV3` as a call of its operator; None where that is no operator's short form."""
    short = shorthand(span.source, name, span.start)
    is_own = name in SIGNATURES or short is None or short.name not in SIGNATURES
    return None if is_own else short


def unknown_layer(name: str, span: Span, known: Iterable[str]) -> Problem:
    mend = meant_layer(name, [*SIGNATURES, *known])
    if name in library():
        mend = f"the library has one: use std.{library()[name]} ({name})"
    return problem("E0201", f"there is no layer `{name}`", span, help=mend)


def optional_name(element: syntax.Optional) -> str:
    """The param that switches one without a label: after its operator. Raises Problem E0223."""
    inner = element.element
    while isinstance(inner, syntax.Repeat):
        inner = inner.element
    if isinstance(inner, syntax.Merge):
        return inner.name.lower()
    if isinstance(inner, syntax.Call):
        short = short_form(inner.name, inner.name_span)
        return (inner.name if short is None else short.name).lower()
    title = "an optional group needs a label, after which its param is called"
    raise problem("E0223", title, element.span, help="such as `head: [a -> b]?`")


def open_names(net: BlockValue, root: File) -> Open:
    """What the net and everything that it reaches leave open."""
    return _Walk(root).run(net)


Told: TypeAlias = Literal["all", "blocks", "nothing"]
"""Of what a net never names."""


def check_unreached(root: File, reached: Open, reporter: Reporter, told: Told) -> None:
    """Reports E0201 and E0203 in the file's blocks and nets that the chosen net never names: what
    is wrong there whatever their arguments are."""
    if told == "nothing":
        return
    walk = _Walk(root, reporter)
    blocks = [each for each in root.scope.names.values() if isinstance(each, BlockValue)]
    for value in blocks:
        is_asked = told == "all" or not value.block.is_net
        if is_asked and value.home is root.scope and id(value.block) not in reached.blocks:
            walk.open.blocks[id(value.block)] = set()
            try:
                walk.block(value.block, value.home)
            except Problem as found:
                reporter.add(found.diagnostic)


class _Walk:
    """Gathers what is open. With a reporter it also reports names that cannot be."""

    def __init__(self, root: File, reporter: Reporter | None = None) -> None:
        self.open = Open()
        self.reporter = reporter
        self.files = {id(file.scope): file for file in all_files(root)}
        self.named: set[int] = set()
        self.waiting: list[tuple[syntax.Block | syntax.Expression, Scope]] = []

    def run(self, net: BlockValue) -> Open:
        self.reach(net)
        for file in self.files.values():
            self.waiting += [(let.value, file.scope) for let in file.lets.values()]
            values = (param.default for param in file.params.values())
            self.waiting += [(value, file.scope) for value in values if value is not None]
        while self.waiting:
            item, home = self.waiting.pop()
            if isinstance(item, syntax.Block):
                self.block(item, home)
            else:
                self.named = set()
                self.expression(item, set(), home)
        return self.open

    def reach(self, value: BlockValue) -> None:
        """A block that is named: it is walked once, as are the defaults in force there."""
        self.named.add(id(value.block))
        if id(value.block) in self.open.blocks:
            return
        self.open.blocks[id(value.block)] = set()
        self.waiting.append((value.block, value.home))
        for defaults in value.defaults.values():
            for default in defaults.values():
                self.expression(default.expression, set(), default.scope)

    def block(self, block: syntax.Block, home: Scope) -> None:
        self.named = self.open.blocks[id(block)]
        bound: set[str] = set()
        for parameter in block.parameters:
            if parameter.default is not None:
                self.expression(parameter.default, bound, home)
            bound.add(parameter.name)
        for statement in block.body:
            match statement:
                case syntax.Let():
                    self.expression(statement.value, bound, home)
                    bound.add(statement.name)
                case syntax.Default(call=call):
                    self.call_arguments(call, bound, home)
                case syntax.Value():
                    self.chain(statement.chain, bound, home)
                    bound.add(statement.name)
                case syntax.Output():
                    for option in statement.options:
                        if option.name is not None:
                            self.expression(option.value, bound, home)
                    self.chain(statement.chain, bound, home)
                case syntax.Chain():
                    self.chain(statement, bound, home)

    def chain(self, chain: syntax.Chain, bound: set[str], home: Scope) -> None:
        for element in chain.elements:
            self.element(element, bound, home)

    def element(self, element: syntax.Element, bound: set[str], home: Scope) -> None:
        match element:
            case syntax.Call():
                self.mention(element.name, element.name_span, bound, home, is_call=True)
                self.call_arguments(element, bound, home)
            case syntax.Group(chain=chain):
                self.chain(chain, bound, home)
            case syntax.Loop():
                self.expression(element.iterable, bound, home)
                inner = bound | {target.id for target in element.targets}
                self.chain(element.chain, inner, home)
            case syntax.Repeat():
                self.expression(element.count, bound, home)
                self.element(element.element, bound, home)
            case syntax.Optional(condition=None):
                self.open.optional.setdefault(optional_name(element), element.span)
                self.element(element.element, bound, home)
            case syntax.Optional(condition=test, element=inner):
                self.expression(test, bound, home)
                self.element(inner, bound, home)
            case syntax.Merge():
                for branch in element.branches:
                    self.chain(branch.chain, bound, home)
                    if branch.condition is not None:
                        self.expression(branch.condition, bound, home)
                    if branch.otherwise is not None:
                        self.chain(branch.otherwise, bound, home)
            case syntax.Labelled():
                if element.index is not None:
                    self.expression(element.index, bound, home)
                labelled = element.element
                if isinstance(labelled, syntax.Optional) and labelled.condition is None:
                    self.open.optional.setdefault(element.label, element.span)
                    labelled = labelled.element
                self.element(labelled, bound, home)

    def call_arguments(self, call: syntax.Call, bound: set[str], home: Scope) -> None:
        kinds = SIGNATURES[call.name].kinds if call.name in SIGNATURES else dict[str, Kind]()
        if self.reporter is not None:
            self.check_arguments(call, bound, home, self.reporter)
        for position, argument in enumerate(call.args):
            self.expression(argument.value, bound, home)
            if isinstance(argument.value, syntax.Name) and position < len(kinds):
                self.hint(argument.value.id, argument.name or list(kinds)[position], kinds)

    def check_arguments(
        self, call: syntax.Call, bound: set[str], home: Scope, reporter: Reporter
    ) -> None:
        called = None if call.name in bound else home.names.get(call.name)
        if isinstance(called, BlockValue):
            names = [each.name for each in called.block.parameters]
        elif call.name in SIGNATURES:
            names = [*SIGNATURES[call.name].kinds]
        else:
            return
        try:
            refuse_unknown_arguments(call.name, call.args, names)
        except Problem as found:
            reporter.add(found.diagnostic)

    def hint(self, name: str, word: str, kinds: Mapping[str, Kind]) -> None:
        """What an argument takes, where more than numbers: its value may be a word misspelt."""
        kind = kinds.get(word)
        if kind is None or not (kind.words or word == "volume"):
            return
        self.open.hints.setdefault(name, f"`{word}` takes {kind.expects}")
        if name in self.open.known:
            self.open.known[name].update(kind.words)

    def expression(self, root: object, bound: set[str], home: Scope) -> None:
        stack = [root]
        while stack:
            item = stack.pop()
            if isinstance(item, syntax.Name):
                self.mention(item.id, item.span, bound, home)
            elif isinstance(item, syntax.Syntax):
                stack.extend(_children(item))

    def mention(
        self, name: str, span: Span, bound: set[str], home: Scope, is_call: bool = False
    ) -> None:
        if name in bound or name == "input":
            return
        file = self.files.get(id(home))
        value = home.names.get(name)
        if isinstance(value, BlockValue):
            self.reach(value)
        declared = file is not None and (name in file.lets or name in file.params)
        if declared and file is not None and name not in file.lets:
            if file.params[name].default is None:
                self.open.free.setdefault(name, []).append(span)
            return
        is_known = value is not None or declared or name in SIGNATURES
        is_layer = is_known or name in self.open.free or short_form(name, span) is not None
        if self.reporter is not None and is_call and not is_layer:
            self.reporter.add(unknown_layer(name, span, [*bound, *home.known()]).diagnostic)
        if is_call or is_known or name in WORDS or name in FUNCTIONS or name in PYTHON_CONSTANTS:
            return
        self.open.free.setdefault(name, []).append(span)
        self.open.known.setdefault(name, set()).update(bound, home.names)
        if file is not None:
            self.open.known[name].update(file.params, file.lets)


def _children(item: syntax.Syntax) -> Iterator[object]:
    match item:
        case syntax.Attribute(value=value):
            yield value
        case syntax.Index(value=value, index=index):
            yield from (index, value)
        case syntax.Sequence(items=items):
            yield from reversed(items)
        case syntax.Unary(operand=operand):
            yield operand
        case syntax.Binary(left=left, right=right) | syntax.Logic(left=left, right=right):
            yield from (right, left)
        case syntax.Conditional():
            yield from (item.otherwise, item.condition, item.then)
        case syntax.FunctionCall(args=args):
            yield from (argument.value for argument in reversed(args))
