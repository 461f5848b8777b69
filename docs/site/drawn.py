"""Programs on made pages: what is drawn and what is emitted of them."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from textwrap import dedent

from cnnc.net import Net
from cnnc.pipeline import Backend


def drawing(net: Net) -> str:
    """Its volumes, as an SVG that follows its reader."""
    return str(net.draw(style="volumes", train=True))


def unfolded(net: Net) -> str:
    """Every layer of it as a box, with the volumes between them."""
    return str(net.draw(depth=9, train=True))


def emitted(net: Net, backend: Backend, train: bool) -> str:
    """What a module at -O1 does for the layers: constructor and `forward`, checks left out."""
    source = net.emit(backend, 1, train)
    lines = source.splitlines()
    tree = ast.parse(source)
    made = _net(tree)
    parts = []
    for method in made.body:
        if not isinstance(method, ast.FunctionDef):
            continue
        if method.name == "forward" or (backend == "torch" and method.name == "__init__"):
            parts.append(dedent("\n".join(_body(method, lines))))
    return "\n".join(part for part in parts if part) + "\n"


def kernels(net: Net) -> str:
    """The functions of a NumPy module at -O1 that its `forward` calls, and those they call."""
    source = net.emit("numpy", 1)
    tree = ast.parse(source)
    known = {each.name: each for each in tree.body if isinstance(each, ast.FunctionDef)}
    made = _net(tree)
    (forward,) = (
        each for each in made.body if isinstance(each, ast.FunctionDef) and each.name == "forward"
    )
    found: dict[str, ast.FunctionDef] = {}
    waiting: list[ast.AST] = [forward]
    while waiting:
        for name in _names(waiting.pop(0)):
            if name in known and name not in found:
                found[name] = known[name]
                waiting.append(known[name])
    return "\n\n\n".join(ast.get_source_segment(source, each) or "" for each in found.values())


def _net(module: ast.Module) -> ast.ClassDef:
    """That of `example.cnn`; beside it may stand classes that its layers use."""
    classes = (each for each in module.body if isinstance(each, ast.ClassDef))
    return next(each for each in classes if each.name == "Example")


def _names(node: ast.AST) -> Iterator[str]:
    return (each.id for each in ast.walk(node) if isinstance(each, ast.Name))


def _body(method: ast.FunctionDef, lines: list[str]) -> list[str]:
    """From behind the docstring on, with its comments."""
    first = method.body[0]
    assert first.end_lineno is not None and method.end_lineno is not None
    has_doc = ast.get_docstring(method, clean=False) is not None
    start = first.end_lineno if has_doc else first.lineno - 1
    left_out = ("super().__init__()", "check_input(", "self.apply(")
    return [
        line for line in lines[start : method.end_lineno] if not line.strip().startswith(left_out)
    ]
