"""The wheel holds one package: dsl/ is shipped as cnnc.dsl, and so on."""

import ast
import shutil
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from hatchling.builders.hooks.plugin.interface import BuildHookInterface

INNER = ("dsl", "compiler", "backends")


class NestPackages(BuildHookInterface[Any]):
    """Fills the wheel with cnnc/ and, inside it, the packages that stand beside it in the tree."""

    def initialize(self, version: str, build_data: dict[str, Any]) -> None:
        if version == "editable":
            return
        self.folder = TemporaryDirectory()
        nest = Path(self.folder.name, "cnnc")
        junk = shutil.ignore_patterns("__pycache__")
        shutil.copytree(Path(self.root, "cnnc"), nest, ignore=junk)
        for name in INNER:
            shutil.copytree(Path(self.root, name), nest / name, ignore=junk)
        for path in nest.rglob("*.py"):
            path.write_bytes(nested(path.read_bytes(), str(path.relative_to(nest))))
        build_data["force_include"][str(nest)] = "cnnc"

    def finalize(self, version: str, build_data: dict[str, Any], artifact_path: str) -> None:
        if version != "editable":
            self.folder.cleanup()


def nested(source: bytes, path: str) -> bytes:
    """`from dsl.x import y` becomes `from cnnc.dsl.x import y`; nothing else is touched."""
    lines = source.splitlines(keepends=True)
    for node in ast.walk(ast.parse(source, path)):
        if isinstance(node, ast.Import) and any(inner(alias.name) for alias in node.names):
            raise ValueError(f"{path}:{node.lineno}: write 'from x import y' for {INNER}")
        if isinstance(node, ast.ImportFrom) and not node.level and inner(node.module or ""):
            line = lines[node.lineno - 1]
            before, after = line[: node.col_offset], line[node.col_offset :]
            lines[node.lineno - 1] = before + after.replace(b"from ", b"from cnnc.", 1)
    return b"".join(lines)


def inner(module: str) -> bool:
    return module.split(".")[0] in INNER
