"""What flows into a part: its own input first, then values that its block was given, by name."""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping

from backends.identifiers import Names, identifier
from backends.torch.copied import RESERVED, helpers
from compiler.expansion.values import Flow
from compiler.graph import Call, Graph, Node

IN = ""  # what flows in has no name of its own
ENTRY = "->"  # before the name of what flows in, a path that no layer can have


def opened_by(payload: Node, scope: str) -> Call | None:
    """The innermost call that opened the scope of a layer: the block whose layers stand there."""
    calls = [each for each in payload.calls if each.scope == scope and each.declared]
    return calls[-1] if calls else None


def inputs(entries: Collection[int], call: Call | None) -> Mapping[int, str] | None:
    """The block's parameter for each node that a part reads, in the order of its arguments.

    None where several are read and more than one of them is no argument of the block.
    """
    if len(entries) == 1:
        return dict.fromkeys(entries, IN)
    named: dict[int, str] = {}
    for parameter in call.declared.parameters if call and call.declared else ():
        given = call.names.get(parameter.name) if call else None
        if isinstance(given, Flow) and given.node in entries:
            named.setdefault(given.node, parameter.name)
    others = [node for node in entries if node not in named]
    return {**dict.fromkeys(others, IN), **named} if len(others) < 2 else None


def named(graph: Graph) -> Mapping[int, str]:
    """The arguments of a part's `forward`, by its sources: `x` first, then what the block calls the
    others."""
    taken, found = Names(), dict[int, str]()
    sources = graph.sources()
    for source in sources:
        name = graph[source].path.removeprefix(ENTRY)
        if name == IN or len(sources) == 1:
            found[source] = taken.take("x")
            continue
        name = identifier(name, (*RESERVED, *helpers()))
        found[source] = taken.take(f"{name}_" if re.fullmatch(r"x|y|branch\d+", name) else name)
    return found
