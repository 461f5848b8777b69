"""The errors that an operator can raise, read from its source."""

from __future__ import annotations

import ast
import inspect
import sys
from textwrap import dedent

from compiler.op import Op, signature

GENERAL = ("E0203", "E0204", "E0205", "E0307", "E0308")  # of every operator
# Where the expansion, not the operator, looks.
KINDS = {"none": ("E0309",), "one": (), "merge": ("E0310",)}


def codes(op: type[Op]) -> tuple[str, ...]:
    """Of its volumes and arguments, those of every operator left out."""
    found = set(KINDS[op.inputs])
    seen: set[object] = set()
    waiting: list[object] = [op.shape]
    while waiting:
        function = waiting.pop()
        if function in seen or not inspect.isfunction(function):
            continue
        seen.add(function)
        module = vars(sys.modules[function.__module__])
        for node in ast.walk(ast.parse(dedent(inspect.getsource(function)))):
            if isinstance(node, ast.Constant) and isinstance(node.value, str):
                found |= {node.value} if node.value[:2] == "E0" and len(node.value) == 5 else set()
            elif isinstance(node, ast.Name):
                waiting.append(module.get(node.id))
            elif isinstance(node, ast.Attribute) and not node.attr.startswith("__"):
                waiting.append(getattr(op, node.attr, None))
    sign = signature(op)
    found |= {"E0301"} if sign.kinds else set()
    found |= {"E0206"} if sign.required else set()
    return tuple(sorted(found))
