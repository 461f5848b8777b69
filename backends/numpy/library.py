"""What can be copied into a module: each function, class and constant of this backend's files."""

from __future__ import annotations

import ast
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from dsl.diagnostics import CompilerBug

# In the order in which they stand in a module; first what others use.
FILES = (
    "kernels/types.py",
    "kernels/pad.py",
    "kernels/windows.py",
    "kernels/depthwise.py",
    "kernels/convolution.py",
    "kernels/transposed.py",
    "kernels/pooled.py",
    "kernels/pooling.py",
    "kernels/global_pooling.py",
    "kernels/adaptive.py",
    "kernels/linear.py",
    "kernels/normalisation.py",
    "kernels/grouped_norm.py",
    "kernels/lrn.py",
    "kernels/erf.py",
    "kernels/activations.py",
    "kernels/softmax.py",
    "kernels/arrangement.py",
    "kernels/hog.py",
    "runtime/merging.py",
    "kernels/folding.py",
    "runtime/norms.py",
    "kernels/fast/calls.py",
    "kernels/fast/maps.py",
    "kernels/fast/scratch.py",
    "kernels/fast/tiles.py",
    "kernels/fast/finishing.py",
    "kernels/fast/products.py",
    "kernels/fast/choosing.py",
    "kernels/fast/columns.py",
    "kernels/fast/transforms.py",
    "kernels/fast/winograd.py",
    "kernels/fast/depthwise.py",
    "kernels/fast/pools.py",
    "kernels/fast/dense.py",
    "kernels/fast/elementwise.py",
    "kernels/fast/norms.py",
    "runtime/buffers.py",
    "runtime/store.py",
    "runtime/packed.py",
    "runtime/planner.py",
    "layers/geometry.py",
    "layers/sharing.py",
    "layers/convolution.py",
    "layers/depthwise.py",
    "layers/pooling.py",
    "layers/dense.py",
    "layers/elementwise.py",
    "runtime/whole.py",
    "runtime/feeding.py",
    "runtime/blas.py",
    "runtime/lanes.py",
    "runtime/forked.py",
    "runtime/trials.py",
    "runtime/tuning.py",
    "runtime/plan.py",
    "runtime/engine.py",
    "runtime/checking.py",
    "kernels/weights.py",
    "kernels/safetensors.py",
    "kernels/mapped.py",
    "kernels/image.py",
    "kernels/resampling.py",
    "kernels/preparing.py",
    "kernels/ranking.py",
    "runtime/command.py",
)
FOLDER = Path(__file__).parent


@dataclass(frozen=True, slots=True)
class Import:
    """`from module import name`, or `import module`; perhaps `as` another name."""

    module: str
    name: str = ""
    alias: str = ""

    @property
    def binds(self) -> str:
        return self.alias or self.name or self.module


@dataclass(frozen=True, slots=True)
class Definition:
    """`uses`: names from these files that its source needs; `imports`: those from others."""

    name: str
    file: str
    line: int
    source: str
    uses: frozenset[str]
    imports: frozenset[Import]


@cache
def definitions() -> Mapping[str, Definition]:
    """All that can be copied, by name, in the order of FILES."""
    found: dict[str, Definition] = {}
    for file in FILES:
        for definition in read(file, (FOLDER / file).read_text("utf-8")):
            earlier = found.setdefault(definition.name, definition)
            if earlier is not definition:
                raise CompilerBug(f"{earlier.name} is defined in {earlier.file} and in {file}")
    return found


@cache
def title(file: str) -> str:
    """The first line of a file's docstring."""
    docstring = ast.get_docstring(ast.parse((FOLDER / file).read_text("utf-8"))) or file
    return docstring.splitlines()[0].rstrip(".")


def read(file: str, text: str) -> Iterator[Definition]:
    """The definitions of a file. Raises CompilerBug for a statement that cannot be copied."""
    lines = text.splitlines(keepends=True)
    tree = ast.parse(text, file)
    imports = {each.binds: each for node in tree.body for each in _imported(node)}
    named = [(name, node) for node in tree.body if (name := _defined(file, node))]
    inside = {name for name, _ in named}
    inside |= {each.binds for each in imports.values() if _ours(each.module)}
    for name, node in named:
        names = {each.id for each in ast.walk(node) if isinstance(each, ast.Name)}
        outside = (imports[each] for each in names - inside if each in imports)
        start = min([node.lineno, *(each.lineno for each in _decorators(node))]) - 1
        while start and lines[start - 1].startswith("#"):
            start -= 1
        source = "".join(lines[start : node.end_lineno]).rstrip("\n")
        uses = frozenset((names & inside) - {name})
        yield Definition(name, file, node.lineno, source, uses, frozenset(outside))


def _imported(node: ast.stmt) -> Iterator[Import]:
    if isinstance(node, ast.Import):
        for alias in node.names:
            yield Import(alias.name, alias=alias.asname or "")
    if isinstance(node, ast.ImportFrom):
        for alias in node.names:
            if _ours(node.module or "") and alias.asname:
                raise CompilerBug(f"{node.module}: what is copied keeps its name, {alias.name}")
            yield Import(node.module or "", alias.name, alias.asname or "")


def _ours(module: str) -> bool:
    """Whether a module is one of FILES, in the source tree or inside the installed package."""
    return "backends.numpy." in module


def _defined(file: str, node: ast.stmt) -> str:
    match node:
        case ast.FunctionDef(name=name) | ast.ClassDef(name=name):
            return name
        case ast.Assign(targets=[ast.Name(id=name)]) | ast.AnnAssign(target=ast.Name(id=name)):
            return name
        case ast.Import() | ast.ImportFrom() | ast.Expr(value=ast.Constant()):
            return ""
    raise CompilerBug(f"{file}:{node.lineno}: only definitions can be copied")


def _decorators(node: ast.stmt) -> list[ast.expr]:
    return node.decorator_list if isinstance(node, ast.FunctionDef | ast.ClassDef) else []
