"""The statements of `forward`."""

from __future__ import annotations

import keyword
import re
from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from itertools import groupby

from backends.header import batch
from backends.torch.containers import Containers, Sequence
from backends.torch.network import ACTIVATIONS, CONVOLUTIONS, MAKERS, Absence, Network
from backends.torch.printing import Call, Expr, Joined, fits, inline, laid_out, literal
from backends.torch.site import lifted
from compiler.volume import Volume

# Functions that give tensors to type checkers; modules give Any.
TYPED = ("F.", "torch.", "-F.")
# What may stand around the call of another layer, and which.
JOINED = {
    **dict.fromkeys(ACTIVATIONS, MAKERS),
    "BN": CONVOLUTIONS,
}


@dataclass(frozen=True, slots=True)
class Statement:
    """`target = expr`, the value of a node; `training`: not at inference. `volume`: None where it
    is not always the same. `absent`: the layer is not always there; then `instead` is the value."""

    target: str
    expr: Expr
    volume: Volume | None
    node: int
    training: bool = False
    absent: Absence | None = None
    instead: str = ""

    @property
    def guard(self) -> str:
        """The condition under which the statement stands."""
        if self.absent and self.instead == self.target:
            return self.absent.test
        return "self.training" if self.training else ""

    @property
    def either(self) -> Expr:
        """The expression, or the value instead of it."""
        if self.absent is None or self.guard:
            return self.expr
        return f"{inline(self.expr)} if {self.absent.test} else {self.instead}"

    @property
    def indent(self) -> int:
        return 12 if self.guard else 8

    @property
    def comment(self) -> str:
        return f"  # {batch(self.volume)}" if self.volume else ""

    @property
    def line(self) -> str:
        return f"{self.target} = {inline(self.expr)}{self.comment}"


def statements(network: Network, holders: Containers, names: Mapping[int, str]) -> list[Statement]:
    """One statement a layer or sequence, in order; an activation joins what it follows."""
    result: list[Statement] = []
    for node in network.order:
        if node in holders.sequences:
            result += _sequence(network, holders.sequences[node], node, names)
        elif network.is_computed(node) and node not in holders.inside:
            made = _layer(network, node, names)
            joined = _joined(network, holders, node, result[-1], names) if result else None
            result[len(result) - 1 if joined else len(result) :] = [joined] if joined else made
    return result


def _sequence(
    network: Network, sequence: Sequence, node: int, names: Mapping[int, str]
) -> Iterator[Statement]:
    (source,) = network.graph.inputs(node)
    name, training, arg = names[sequence.last], node in network.training, names[source]
    entry, volume = sequence.entry, network.graph[sequence.last].shape
    if entry and entry.name == "flat" and entry.shape:
        yield Statement(name, Call("torch.flatten", (arg, "1")), entry.shape, node, training)
        arg = name
    call = Call(access(sequence.path), (lifted(arg) if entry and entry.name == "lift" else arg,))
    absent = network.absence(sequence.nodes)
    shown = None if sequence.last in network.varied else volume
    yield Statement(name, call, shown, sequence.last, training, absent, arg)


def _layer(network: Network, node: int, names: Mapping[int, str]) -> list[Statement]:
    graph, steps = network.graph, network.steps[node]
    name, training = names[node], node in network.training
    shape = None if node in network.varied else graph[node].shape
    absent = network.absent.get(node)
    instead = names[network.instead[node]] if absent else ""
    args: tuple[Expr, ...] = tuple(names[each] for each in graph.inputs(node))
    made = []
    for step in steps:
        expr = step.function(*args) if step.function else Call(access(graph[node].path), args)
        args = (expr,)
        if step.name == "flat" and step is not steps[-1] and step.shape:
            made.append(Statement(name, expr, step.shape, node, training))
            args = (name,)
    if args and args != (name,):
        made.append(Statement(name, args[0], shape, node, training, absent, instead))
    return made


def _joined(
    network: Network, holders: Containers, node: int, before: Statement, names: Mapping[int, str]
) -> Statement | None:
    """`F.relu(self.bn1(self.conv1(x)))`, where it fits on a line."""
    graph, (step, *others) = network.graph, network.steps[node] or (None,)
    if step is None or others or before.node in holders.inside:
        return None
    if graph[before.node].op.name not in JOINED.get(graph[node].op.name, ()):
        return None
    if not network.only_feeds(before.node, node):
        return None
    if before.absent != network.absent.get(node):
        return None
    module = access(graph[node].path)
    expr = step.function(before.expr) if step.function else Call(module, (before.expr,))
    volume = None if node in network.varied else graph[node].shape
    joined = replace(before, target=names[node], expr=expr, volume=volume, node=node)
    return joined if fits(joined.indent, joined.line) else None


def access(path: str) -> str:
    """The module at a path, as an expression."""
    root, *labels = path.split(".")
    if not is_attribute(root):
        return f"self.get_submodule({literal(path)})"
    return f"self.{root}" + "".join(f"[{literal(label)}]" for label in labels)


def is_attribute(label: str) -> bool:
    """Whether `self.label` can be written; a class mangles names with two leading underscores."""
    return label.isidentifier() and not keyword.iskeyword(label) and not label.startswith("__")


def lines(
    made: list[Statement], result: str, arguments: Collection[str], *, returns: bool = True
) -> Iterator[str]:
    """The text. `result`: the variable whose type is Tensor, as what is returned needs; `returns`:
    it is, by the last line. What torch types is returned as it is computed; a module gives Any, and
    strict type checkers want a variable with a type for that."""
    tensors = _tensors(made, arguments)
    *before, last = made or (None,)
    if returns and last and last.target == result and not last.guard:
        needed = {_variable(each) for each in _sources(last)}
        if needed <= {*tensors, *(each.target for each in before)}:
            yield from _assigned(before, needed - tensors)
            yield from laid_out(8, "return ", last.either, last.comment)
            return
    yield from _assigned(made, {result} - tensors)
    if returns:
        yield f"        return {result}"


def _assigned(made: Iterable[Statement], untyped: Collection[str]) -> Iterator[str]:
    """`untyped`: variables that get a type where they are first assigned."""
    waiting = set(untyped)
    for guard, group in groupby(made, lambda statement: statement.guard):
        if guard:
            yield f"        if {guard}:"
        for each in group:
            kind = ": torch.Tensor" if each.target in waiting else ""
            waiting.discard(each.target)
            yield from laid_out(each.indent, f"{each.target}{kind} = ", each.either, each.comment)


def _tensors(made: Iterable[Statement], arguments: Collection[str]) -> set[str]:
    """The variables that are tensors to a type checker: without a type of its own, a variable is
    what is assigned last."""
    tensors, untyped = set(arguments), set[str]()
    for each in made:
        if each.target in arguments:
            continue
        if all(_variable(part) in tensors for part in _sources(each)):
            tensors.add(each.target)
        else:
            untyped.add(each.target)
    return tensors - untyped


def _sources(statement: Statement) -> Iterator[str]:
    """What must be a tensor for the value to be one; nothing where torch says that it is."""
    if statement.absent and not statement.guard:
        yield statement.instead
    match statement.expr:
        case Joined(operands=operands):
            yield from operands
        case Call(func=text) | str(text) if "." in text and not text.startswith(TYPED):
            yield text
        case str(text):
            yield text


def _variable(expression: str) -> str:
    """What a slice or a method is taken of."""
    return re.split(r"[\[.]", expression, maxsplit=1)[0]
