"""How emitted modules are written."""

from __future__ import annotations

import ast
import subprocess
import sys
import time
from pathlib import Path

import pytest

from backends.header import About
from backends.numpy.emit import emit
from backends.numpy.layout import literal
from compiler.check import CheckedGraph
from compiler.ops.activation import Relu
from compiler.ops.convolution import Conv
from compiler.ops.linear import Flatten
from compiler.ops.merge import Add, Concat
from compiler.ops.pooling import GlobalAvgPool
from compiler.volume import Volume
from tests.numpy_backend.cases import CASES
from tests.numpy_backend.nets import ABOUT, Build
from tests.numpy_backend.residual import residual

ROOT = Path(__file__).parents[2]


def tool(*command: str | Path, folder: Path) -> None:
    done = subprocess.run(
        [sys.executable, "-m", *command], cwd=folder, capture_output=True, text=True
    )
    assert done.returncode == 0, done.stdout + done.stderr


def long_names() -> CheckedGraph:
    """Paths and merges that fill lines in every way that `layout` knows."""
    build = Build(Volume(8, 8, 4), name="LongNames")
    values = [
        build.add(Conv(4, bias=index % 2 == 0), 0, path=f"{'block.' * index}conv{index}")
        for index in range(20)
    ]
    x = build.add(Concat(), *values, path="concat")
    y = build.add(Add(), *values, path="add")
    z = build.add(Add(), *values * 2, path="more")
    flat = build.add(Flatten(), build.add(GlobalAvgPool(), x))
    return build.checked(flat, y, z, names=("one", 'two"quoted\\', "three's"))


def sources() -> dict[str, str]:
    made = {
        "residual.py": emit(residual(), ABOUT),
        "beside.py": emit(residual("Beside"), ABOUT, weights_file='it\'s "beside".npz'),
        "two.py": emit(residual("Two", ("scores", "maps")), ABOUT),
        "long_names.py": emit(long_names(), ABOUT),
        "dropped.py": emit(residual(), About("a", {}, "1", {}, "", ("aux.weight", "aux.bias"))),
    }
    for op, cases in CASES.items():
        for index, case in enumerate(cases):
            build = Build(*case.volumes, name="One")
            flat = zip(build.inputs, case.volumes, strict=True)
            inputs = [build.add(Flatten(), node) if v.flat else node for node, v in flat]
            node = build.add(case.op, *inputs, path="layer.one", fold=case.fold)
            made[f"{op.__name__}_{index}.py"] = emit(build.checked(node), ABOUT)
    return made


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("emitted")
    for name, text in sources().items():
        folder.joinpath(name).write_text(text, "utf-8")
    return folder


def test_format_is_stable(folder: Path) -> None:
    tool("ruff", "format", "--isolated", "--line-length", "100", "--diff", ".", folder=folder)


def test_lint_is_clean(folder: Path) -> None:
    tool("ruff", "check", "--config", ROOT / "pyproject.toml", ".", folder=folder)


@pytest.mark.slow
def test_types_are_strict(folder: Path) -> None:
    files = sorted(path.name for path in folder.glob("*.py"))
    tool("mypy", "--strict", "--config-file=", "--cache-dir=.mypy", *files, folder=folder)


def test_text_is_the_same_each_time(tmp_path: Path) -> None:
    """In processes that order sets differently, too."""
    code = (
        "from tests.numpy_backend.test_text import sources\n"
        "print(''.join(text for _, text in sorted(sources().items())))"
    )
    texts = {
        subprocess.run(
            [sys.executable, "-c", code],
            cwd=ROOT,
            env={"PYTHONHASHSEED": str(seed), "PYTHONPATH": str(ROOT)},
            capture_output=True,
            check=True,
        ).stdout
        for seed in (1, 2)
    }
    assert len(texts) == 1


def test_no_trace_of_the_compiler(folder: Path) -> None:
    for path in folder.glob("*.py"):
        for node in ast.walk(ast.parse(path.read_text("utf-8"))):
            if isinstance(node, ast.Import | ast.ImportFrom):
                names = [each.name for each in node.names]
                modules = [node.module or ""] if isinstance(node, ast.ImportFrom) else names
                for module in modules:
                    root = module.split(".")[0]
                    assert root == "numpy" or root in sys.stdlib_module_names
            if isinstance(node, ast.Call) and isinstance(node.func, ast.Name):
                assert node.func.id not in ("exec", "eval", "compile", "__import__")


def test_only_what_is_used_is_copied() -> None:
    build = Build(Volume(4, 4, 3))
    text = emit(build.checked(build.add(Relu(), 0)), ABOUT)
    assert "def relu(" in text
    for name in ("conv2d", "fold_norms", "prepare_norms", "erf", "max_pool2d", "linear"):
        assert f"def {name}(" not in text


@pytest.mark.parametrize("fast", [False, True])
@pytest.mark.parametrize("weights_file", [None, "w.npz"])
def test_the_network_stands_before_its_library(fast: bool, weights_file: str | None) -> None:
    """Nothing above the library's line needs it while the module is imported."""
    text = emit(residual("Ahead"), ABOUT, fast=fast, weights_file=weights_file)
    lines = text.splitlines()
    line = next(number for number, each in enumerate(lines) if each.startswith("# The library"))
    head = "\n".join(lines[: line - 1])
    namespace: dict[str, object] = {"__name__": "first", "__file__": "first.py"}
    exec(compile(head, "first.py", "exec"), namespace)
    defined = [each for each in ast.parse(head).body if isinstance(each, ast.ClassDef)]
    assert [each.name for each in defined] == ["Ahead"]
    method = defined[0].body[1]
    assert isinstance(method, ast.FunctionDef)
    assert method.name == ("layers" if fast else "forward")
    last = ast.parse(text).body[-1]
    assert isinstance(last, ast.If) and ast.unparse(last.test) == "__name__ == '__main__'"


def test_a_layer_is_a_line_that_says_what_it_is() -> None:
    lines = emit(residual(), ABOUT).splitlines()
    assert "        x = relu(x)  # 1 RELU: N x 8 x 8 x 8" in lines
    stem = Conv(8, (3, 3), stride=(2, 2))
    assert f"        # conv1 {stem} + bn1: N x 8 x 8 x 8" in lines


def test_text_of_a_program_stays_text() -> None:
    hostile = '"""\nimport os\n# \\" {{ x }} {% raw %}\u2028\x00'
    about = About(hostile, {"p": hostile}, hostile, {"parameters": 1}, hostile, (hostile,))
    build = Build(Volume(4, 4, 3), name="import os; x")
    node = build.add(Conv(3), 0, path=hostile)
    text = emit(build.checked(node, node, names=(hostile, "b")), about, weights_file=hostile)
    tree = ast.parse(text)
    assert hostile in {each.value for each in ast.walk(tree) if isinstance(each, ast.Constant)}
    plain = ast.dump(ast.parse(emit(build.checked(node, node), ABOUT)))
    assert ast.dump(tree).count("Import(") == plain.count("Import(")


@pytest.mark.parametrize("text", ["a", "a'b", 'a"b', "\\", "\n\u2028\U0001f600\udc80", ""])
def test_literal(text: str) -> None:
    assert literal(text).isascii()
    assert ast.literal_eval(literal((text, 1e-5, None))) == (text, 1e-5, None)


def chain(layers: int) -> CheckedGraph:
    build = Build(Volume(4, 4, 2))
    node = 0
    for index in range(layers // 2):
        node = build.add(Relu(), build.add(Conv(2), node, path=f"a.{index}.conv"))
    return build.checked(node)


def test_time_is_linear() -> None:
    emit(chain(100), ABOUT)
    few, many = chain(2_000), chain(20_000)
    start = time.process_time()
    emit(few, ABOUT)
    middle = time.process_time()
    emit(many, ABOUT)
    assert time.process_time() - middle < 30 * (middle - start) + 1.0
