"""A block's class, ready to print."""

from __future__ import annotations

import re
import textwrap
from collections.abc import Iterator
from dataclasses import dataclass

from backends.header import plain
from backends.torch import constructor, forward
from backends.torch.containers import containers, row
from backends.torch.copied import RESERVED, helpers
from backends.torch.printing import Call, Keyword, inline, laid_out, shortest
from backends.torch.structure.classes import BlockClass
from backends.torch.structure.loops import INDEX, Loop
from backends.torch.structure.symbols import Parameter
from backends.torch.structure.trees import Tree, names, text
from backends.values import name_values


@dataclass(frozen=True)
class BlockView:
    """Texts and lines. An nn.Sequential has no `forward` of its own."""

    name: str
    base: str
    doc: tuple[str, ...]
    signature: tuple[str, ...]
    constructor: tuple[str, ...]
    forward: tuple[str, ...]


def view(block: BlockClass) -> BlockView:
    """Raises CnnError where PyTorch cannot have a module of a program's name."""
    whole = None if block.loop else row(block.network)
    made = [f"        {name} = {text(tree)}" for name, tree in block.lets.items()]
    base = "nn.Module" if block.loop is None and whole is None else "nn.Sequential"
    steps: tuple[str, ...] = ()
    if block.loop:
        made += _loop(block.loop)
    elif whole is not None:
        made += constructor.row(whole, block.network)
    else:
        made.insert(0, "        super().__init__()")
        made += [f"        self.{name} = {text(tree)}" for name, tree in block.flags.items()]
        made += constructor.lines(containers(block.network).attributes, block.network)
        steps = tuple(_forward(block))
    return BlockView(
        name=block.name,
        base=base,
        doc=tuple(_doc(block)),
        signature=tuple(_signature(block)),
        constructor=tuple(made),
        forward=steps,
    )


def _loop(loop: Loop) -> Iterator[str]:
    count = text(loop.count)
    if not loop.label and not loop.first:
        trees = [each.value for each in loop.module.args if isinstance(each, Keyword)]
        varies = any(INDEX in names(tree) for tree in trees if isinstance(tree, Tree))
        each = f"{inline(loop.module)} for {INDEX if varies else '_'} in range({count})"
        yield from laid_out(8, "", Call("super().__init__", (f"*[{each}]",)))
        return
    yield "        super().__init__()"
    yield f"        for {INDEX} in range({count}):"
    number = f"{{{INDEX} + {loop.first}}}" if loop.first else f"{{{INDEX}}}"
    label = f'f"{loop.label}{number}"'
    yield from laid_out(12, "", Call("self.add_module", (label, loop.module)))


def _doc(block: BlockClass) -> list[str]:
    """The program's own words, the first sentence on a line of its own where it fits one."""
    words = plain(" ".join(block.doc.split()))
    first, *rest = re.split(r"(?<=[^\W\d_)]\.) (?=[A-Z])", words, maxsplit=1)
    if not rest or len(first) > 92:
        return textwrap.wrap(words, 92)
    return [first, "", *textwrap.wrap(rest[0], 92)]


def _signature(block: BlockClass) -> Iterator[str]:
    parameters = ("self", *map(_parameter, block.parameters))
    return iter(laid_out(4, "def ", Call("__init__", parameters), " -> None:"))


def _parameter(parameter: Parameter) -> str:
    kinds = dict.fromkeys(_kind(each) for each in parameter.values)
    annotated = f"{parameter.name}: {' | '.join(kinds)}"
    if parameter.default is None:
        return annotated
    return f"{annotated} = {shortest(parameter.default)}"


def _kind(value: object) -> str:
    return "tuple[int, int]" if isinstance(value, tuple) else type(value).__name__


def _forward(block: BlockClass) -> Iterator[str]:
    network, arguments = block.network, tuple(block.inputs.values())
    holders = containers(network)
    end = network.graph.outputs[0].node
    scope = block.aligned.full.path
    called = _short(name_values(network.graph, (*RESERVED, *helpers()), block.inputs, scope))
    if network.instead.get(end) and len(network.readers[network.instead[end]]) == 1:
        called[end] = called[network.instead[end]]
    made = forward.statements(network, holders, called)
    taken = ("self", *(f"{name}: torch.Tensor" for name in arguments))
    yield from laid_out(4, "def ", Call("forward", taken), " -> torch.Tensor:")
    yield from forward.lines(made, called[end], arguments)


def _short(called: dict[int, str]) -> dict[int, str]:
    """One branch alone needs no number."""
    if {"branch2", "y"} & {*called.values()}:
        return called
    return {node: "y" if name == "branch1" else name for node, name in called.items()}
