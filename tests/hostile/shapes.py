"""A program whose every text is chosen, and the shape of the code that comes of it."""

from __future__ import annotations

import ast
from dataclasses import dataclass

import cnnc
from cnnc.pipeline import Backend
from compiler.optimise import Level

PROGRAM = """\
## {doc}
net {net}({param} = 2) {{
  let text = {string}
  {value} = INPUT(8x8x3) -> {label}: [{inner}: CONV(4) -> BN -> RELU]
  output {output} (train, weight=0.5) = {value} -> {other}: GAP
  {value} -> {last}[{param}]: FC({param})
}}
param {free} = {string}
"""


@dataclass(frozen=True, slots=True)
class Words:
    """What a program may choose freely."""

    net: str = "Quiet"
    label: str = "first"
    inner: str = "inner"
    value: str = "kept"
    output: str = "other"
    other: str = "second"
    last: str = "third"
    param: str = "size"
    free: str = "unused"
    doc: str = "A network."
    string: str = "text"
    file: str = "quiet.cnn"

    def load(self) -> cnnc.Net:
        """The network. Raises CnnError where a word cannot be what it is meant to be."""
        escaped = self.string.replace("\\", "\\\\").replace('"', '\\"')
        string = '"' + escaped.replace("\n", "\\n") + '"'
        lines = self.doc.replace("\r", "\n").split("\n")
        text = PROGRAM.format(
            **{name: getattr(self, name) for name in self.__slots__} | {"string": string},
        ).replace(f"## {self.doc}", "\n".join(f"## {line}" for line in lines))
        return cnnc.loads(text, self.file)


INNOCENT = Words()
EMISSIONS: tuple[tuple[Backend, Level, bool, str | None], ...] = (
    *(("numpy", level, False, None) for level in (0, 1, 2)),
    *(("torch", level, False, None) for level in (0, 1, 2)),
    ("torch", 0, True, None),
    ("numpy", 2, False, "weights.safetensors"),
    ("torch", 2, False, "weights.safetensors"),
)


@dataclass(frozen=True, slots=True)
class Shape:
    """A module's tree without its identifiers and literals, and these apart."""

    tree: str
    names: frozenset[str]
    texts: frozenset[str]
    numbers: tuple[str, ...]


def shape(source: str) -> Shape:
    blanked = _Blanked()
    tree = blanked.visit(_Attributes().visit(ast.parse(source)))
    dumped = ast.dump(tree)
    return Shape(
        dumped,
        frozenset(blanked.names),
        frozenset(blanked.texts),
        tuple(sorted(blanked.numbers)),
    )


class _Attributes(ast.NodeTransformer):
    """Labels that are Python's keywords are set and read in another way than as attributes."""

    def visit_Expr(self, node: ast.Expr) -> ast.AST:
        match self.generic_visit(node):
            case ast.Expr(
                ast.Call(ast.Attribute(owner, "add_module"), [ast.Constant(str(name)), value], [])
            ):
                return ast.Assign([ast.Attribute(owner, name, ast.Store())], value)
        return node

    def visit_Call(self, node: ast.Call) -> ast.AST:
        match self.generic_visit(node):
            case ast.Call(ast.Attribute(owner, "get_submodule"), [ast.Constant(str(name))], []):
                return ast.Attribute(owner, name, ast.Load())
        return node


class _Blanked(ast.NodeTransformer):
    """Takes identifiers and literals out of a tree."""

    def __init__(self) -> None:
        self.names: list[str] = []
        self.texts: list[str] = []
        self.numbers: list[str] = []

    def generic_visit(self, node: ast.AST) -> ast.AST:
        for field in ("id", "attr", "arg", "name", "asname", "module"):
            value = getattr(node, field, None)
            if isinstance(value, str):
                self.names.append(value)
                setattr(node, field, "_")
        if isinstance(node, ast.Constant):
            kept = self.texts if isinstance(node.value, str) else self.numbers
            kept.append(node.value if isinstance(node.value, str) else repr(node.value))
            node.value = type(node.value).__name__
        return super().generic_visit(node)
