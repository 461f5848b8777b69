"""A graph as text, one layer a line: what `--stop-after` prints and the tests of passes compare.

conv1     = CONV(64, 7, stride=2, bias=false)(input)   # 112x112x64
"""

from __future__ import annotations

from compiler.graph import Graph, Node


def dump(graph: Graph) -> str:
    """Layers in the order in which they can be computed; ends with a newline."""
    rows = [_row(graph, number) for number in graph]
    left = max((len(name) for name, _, _ in rows), default=0)
    right = max((len(call) for _, call, _ in rows), default=0)
    lines = [f"{name:<{left}} = {call:<{right}}  # {volume}" for name, call, volume in rows]
    lines += [
        f"output {output.name}: {graph[output.node].path}"
        + (f" (train, weight={output.weight:g})" if output.train else "")
        for output in graph.outputs
    ]
    return "\n".join(lines) + "\n"


def _row(graph: Graph, number: int) -> tuple[str, str, str]:
    node = graph[number]
    inputs = ", ".join(graph[source].path for source in graph.inputs(number))
    return (
        node.path,
        f"{node.op} <- {inputs}{_folded(node)}" if inputs else str(node.op),
        str(node.shape),
    )


def _folded(node: Node) -> str:
    if node.fold is None:
        return ""
    fold, last = node.fold, node.fold.first + node.shape.c - 1
    if fold.before:
        return f" folded {fold.path} before it"
    part = f", channels {fold.first} to {last}" if fold.volume else ""
    return f" folded {fold.path}{part}"
