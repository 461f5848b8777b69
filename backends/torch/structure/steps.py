"""The steps of a layer in a class, with the constructor's names where its uses have numbers."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import partial, reduce

from backends.torch.arranged import share
from backends.torch.network import Network
from backends.torch.printing import Call, Expr, Keyword, inline
from backends.torch.site import Step, Steps
from backends.torch.structure.align import Aligned
from backends.torch.structure.part import Part
from backends.torch.structure.symbols import Symbols
from backends.torch.structure.trees import Const, Tree, Unknown, binary, put
from compiler.graph import Call as BlockCall
from compiler.op import Signature
from compiler.ops import SIGNATURES
from compiler.ops.arrangement import Slice
from dsl import syntax

# Arguments of torch.nn that say how many channels flow in, and those that operators call otherwise.
CHANNELS = frozenset({"in_channels", "in_features", "num_features", "num_channels", "channels"})
FIELDS = {
    "out_channels": "out",
    "out_features": "out",
    "kernel_size": "k",
    "padding": "pad",
    "output_padding": "out_pad",
    "negative_slope": "slope",
    "num_groups": "groups",
    "scale_factor": "factor",
}


@dataclass
class Unifier:
    """Makes the steps of one class. `taken`: how each part within is made; `leaving`: the channels
    that leave it, told by its class's parameters. `channels`: those that leave each layer.
    `renamed`: layers that are modules for their numbers alone, and how they are called then."""

    aligned: Aligned
    networks: Mapping[str, Network]
    symbols: Symbols
    taken: Mapping[str, Call]
    leaving: Mapping[str, Tree]
    channels: dict[int, Tree] = field(default_factory=dict)
    renamed: dict[int, str] = field(default_factory=dict)

    def steps(self, layer: int) -> Steps:
        """Raises Unknown where the uses differ by more than numbers."""
        found = [
            None if use is None else self._of(self.networks[body.path], use)
            for body, use in zip(self.aligned.bodies, self.aligned.uses[layer], strict=True)
        ]
        known = [each for each in found if each is not None]
        if len({len(each) for each in known}) != 1:
            raise Unknown
        rows = [[each[index] if each else None for each in found] for index in range(len(known[0]))]
        count = len(self.aligned.full.graph.inputs(layer))
        steps = tuple(
            self._step(layer, row, 1 if index else count) for index, row in enumerate(rows)
        )
        self._flows(layer, [step.module for step in steps if step.module])
        return steps

    def _of(self, network: Network, node: int) -> Steps:
        payload = network.graph[node]
        if isinstance(payload.op, Part):
            return (Step(self.taken[payload.op.path], None),)
        return network.steps[node]

    def _step(self, layer: int, row: Sequence[Step | None], count: int) -> Step:
        steps = [each for each in row if each is not None]
        first = steps[0]
        shape = first.shape if all(each.shape == first.shape for each in steps) else None
        if len({each.name for each in steps}) != 1:
            raise Unknown
        inputs = [f"x{number}" for number in range(count)]
        functions = {inline(each.function(*inputs)) for each in steps if each.function}
        is_held = any(each.function is None for each in steps)
        module = self._module(layer, [each.module if each else None for each in row])
        if not is_held and len(functions) > 1 and (part := self._slice(layer)):
            return Step(None, part, first.name, shape)
        if is_held or len(functions) > 1:
            if module is None or (is_held and functions):
                raise Unknown
            if not is_held:
                is_crop = self.aligned.full.graph[layer].op.name == "CROP"
                self.renamed[layer] = "crop" if is_crop else _snake(module.func)
            return Step(module, None, first.name, shape)
        return Step(module, first.function, first.name, shape)

    def _slice(self, layer: int) -> Callable[..., Expr] | None:
        sites = []
        for body, use in zip(self.aligned.bodies, self.aligned.uses[layer], strict=True):
            op = None if use is None else body.graph[use].op
            if use is not None and isinstance(op, Slice):
                sites.append((op, body.graph.input_shapes(use)[0].c))
        return share(sites) if sites else None

    def _module(self, layer: int, row: Sequence[Call | None]) -> Call | None:
        calls = [each for each in row if each is not None]
        if not calls:
            return None
        if len({each.func for each in calls}) != 1 or len({len(each.args) for each in calls}) != 1:
            raise Unknown
        made: list[str | Keyword] = []
        for index, first in enumerate(calls[0].args):
            column = [each.args[index] if each else None for each in row]
            if not isinstance(first, Keyword):
                if any(each is not None and each != first for each in column):
                    raise Unknown
                made.append(inline(first))
                continue
            values = []
            for each in column:
                if each is not None and (not isinstance(each, Keyword) or each.name != first.name):
                    raise Unknown
                values.append(None if each is None else single(each.value))
            found = self.symbols.use(self._tree(layer, first.name, values, made))
            shown = found.value if isinstance(found, Const) else found
            made.append(replace(first, value=shown, default=single(first.default)))
        return Call(calls[0].func, tuple(made))

    def _tree(
        self, layer: int, name: str, values: Sequence[object], before: Sequence[object]
    ) -> Tree:
        """What all uses give as an argument: the program's own expression where it can be said."""
        known = [each for each in values if each is not None]
        is_same = all(type(each) is type(known[0]) and each == known[0] for each in known)
        if is_same and len(known) == len(values):
            return Const(known[0])
        for tree in self._candidates(layer, name, before):
            if self.symbols.agrees(tree, values):
                return tree
        return Const(known[0]) if is_same else self.symbols.ask(name, values)

    def _candidates(self, layer: int, name: str, before: Sequence[object]) -> list[Tree]:
        flow = self.flow(layer)
        found: list[Tree] = []
        if flow is not None and name in CHANNELS:
            found.append(flow)
        op = self.aligned.full.graph[layer].op.name
        written = "sides" if op in ("PAD", "CROP") else FIELDS.get(name, name)
        for expression in self.written(layer, written):
            try:
                tree = self.symbols.tree(expression, flow)
            except Unknown:
                continue
            found.append(binary("-", Const(0), tree) if op == "CROP" else tree)
        kernel = next(
            (each.value for each in before if isinstance(each, Keyword) and "kernel" in each.name),
            None,
        )
        if name == "padding" and isinstance(kernel, Tree):
            found.append(binary("//", kernel, Const(2)))
        if flow is not None and name in ("groups", "out_channels"):
            found.append(flow)
        if name.endswith("_channels"):
            inputs = self.aligned.full.graph.inputs(layer)
            found += [self.channels[each] for each in inputs if each in self.channels]
        return found

    def flow(self, layer: int) -> Tree | None:
        """The channels of what flows in first, where they are known."""
        inputs = self.aligned.full.graph.inputs(layer)
        return self.channels.get(inputs[0]) if inputs else None

    def written(self, layer: int, name: str) -> list[syntax.Expression]:
        """The program's expression for an argument, where this block itself has it."""
        payload = self.aligned.full.graph[layer]
        if isinstance(payload.op, Part):
            calls = [each for each in payload.calls if each.scope == payload.op.path]
            return _handed_on(calls, name)
        call = payload.written
        signature: Signature | None = SIGNATURES.get(call.name) if call else None
        inner = payload.calls[-1].scope if payload.calls else ""
        if call is None or signature is None or inner != self.aligned.full.path:
            return []
        return _argument(call, tuple(signature.kinds), name)

    def _flows(self, layer: int, modules: Sequence[Call]) -> None:
        """Works out the channels that leave a layer."""
        payloads = self.aligned.payloads(layer)
        actual = [None if each is None else each.shape.c for each in payloads]
        for tree in self._leaving(layer, modules):
            if self.symbols.agrees(tree, actual):
                self.channels[layer] = tree
                return
        known = {each for each in actual if each is not None}
        if len(known) == 1:
            self.channels[layer] = Const(known.pop())

    def _leaving(self, layer: int, modules: Sequence[Call]) -> Iterator[Tree]:
        graph = self.aligned.full.graph
        op = graph[layer].op
        flows = [self.channels.get(each) for each in graph.inputs(layer)]
        known = [each for each in flows if each is not None]
        if op.name == "CONCAT" and len(known) == len(flows):
            yield reduce(partial(binary, "+"), known)
        for module in modules:
            given = {each.name: tree(each) for each in module.args if isinstance(each, Keyword)}
            if isinstance(op, Part) and op.path in self.leaving:
                yield put(self.leaving[op.path], given)
            yield from (given[name] for name in ("out_channels", "out_features") if name in given)
        if op.name == "SLICE":
            yield from self._width(layer, flows[0])
        yield from known

    def _width(self, layer: int, flow: Tree | None) -> Iterator[Tree]:
        ends = [self.written(layer, name) for name in ("from", "to")]
        if all(ends):
            try:
                first, last = (self.symbols.tree(each[0], flow) for each in ends)
            except Unknown:
                return
            yield binary("-", last, first)


def tree(keyword: Keyword) -> Tree:
    value = keyword.value
    return value if isinstance(value, Tree) else Const(value)


def _handed_on(calls: Sequence[BlockCall], name: str) -> list[syntax.Expression]:
    """An argument of the innermost of some calls that are each other's whole body, as the outermost
    was given it."""
    found: list[syntax.Expression] = []
    for call in reversed(calls):
        if call.declared is None or call.written is None:
            return []
        names = tuple(each.name for each in call.declared.parameters)
        found = _argument(call.written, names, name)
        if call is calls[0]:
            break
        if not found or not isinstance(found[0], syntax.Name):
            return []
        name = found[0].id
    return found


def _argument(call: syntax.Call, names: Sequence[str], wanted: str) -> list[syntax.Expression]:
    for position, argument in enumerate(call.args):
        name = argument.name
        if name is None and position < len(names):
            name = names[position]
        if name == wanted:
            return [argument.value]
    return []


def _snake(module: str) -> str:
    """`nn.AvgPool2d` as `avg_pool2d`."""
    name = module.rpartition(".")[2]
    return re.sub(r"(?<=[a-z0-9])(?=[A-Z])", "_", name).lower()


def single(value: object) -> object:
    """A pair of equal numbers as one."""
    if isinstance(value, tuple) and len(value) == 2 and value[0] == value[1]:
        return value[0]
    return value
