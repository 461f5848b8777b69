"""What ships differs from what is tested by the build hook, so the wheel is built and used."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from hatch_build import INNER, nested

ROOT = Path(__file__).parents[2]
TREE_PACKAGES = ("cnnc", *INNER)


def run(*command: str | Path, folder: Path) -> str:
    """Stdout of a command that knows nothing of this repository's Python path."""
    env = {name: value for name, value in os.environ.items() if not name.startswith("PYTHON")}
    done = subprocess.run(command, cwd=folder, env=env, capture_output=True, text=True)
    assert done.returncode == 0, f"{command}\n{done.stdout}\n{done.stderr}"
    return done.stdout


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("wheel")


@pytest.fixture(scope="module")
def python(folder: Path) -> Path:
    """A clean environment's Python, with the wheel and its core dependencies in it."""
    build = (sys.executable, "-m", "build", "--wheel", "--no-isolation", "--outdir", folder)
    run(*build, ROOT, folder=folder)
    (wheel,) = folder.glob("*.whl")
    run(sys.executable, "-m", "venv", folder / "venv", folder=folder)
    python = folder / "venv" / "bin" / "python"
    run(python, "-m", "pip", "install", "--quiet", wheel, folder=folder)
    return python


@pytest.fixture(scope="module")
def site_packages(python: Path, folder: Path) -> Path:
    where = "import sysconfig; print(sysconfig.get_path('purelib'))"
    return Path(run(python, "-c", where, folder=folder).strip())


@pytest.mark.slow
def test_site_packages_gets_one_name(site_packages: Path) -> None:
    assert (site_packages / "cnnc" / "__init__.py").is_file()
    assert [name for name in INNER if list(site_packages.glob(f"{name}*"))] == []
    assert list(site_packages.glob("torch*")) == []


@pytest.mark.slow
def test_every_file_is_shipped(site_packages: Path) -> None:
    tree = {
        path.relative_to(ROOT / "cnnc" if package == "cnnc" else ROOT)
        for package in TREE_PACKAGES
        for path in (ROOT / package).rglob("*")
        if path.is_file() and "__pycache__" not in path.parts
    }
    shipped = {
        path.relative_to(site_packages / "cnnc")
        for path in (site_packages / "cnnc").rglob("*")
        if path.is_file() and "__pycache__" not in path.parts
    }
    assert shipped == tree


@pytest.mark.slow
def test_an_example_compiles_and_runs(python: Path, folder: Path) -> None:
    cnnc = python.with_name("cnnc")
    example = ROOT / "examples" / "resnet.cnn"
    run(cnnc, "check", example, folder=folder)
    run(
        *(cnnc, "compile", f"{example}:ResNet18", "-b", "numpy", "-o", "resnet18_numpy.py"),
        folder=folder,
    )
    run(python, "-c", "from resnet18_numpy import ResNet18", folder=folder)
    assert "--random" in run(python, "resnet18_numpy.py", "--help", folder=folder)


@pytest.mark.parametrize(
    ("source", "shipped"),
    [
        ("from dsl import parse\n", "from cnnc.dsl import parse\n"),
        ("if x:\n    from dsl.a import b\n", "if x:\n    from cnnc.dsl.a import b\n"),
        ("from backends import (\n    a,\n)\n", "from cnnc.backends import (\n    a,\n)\n"),
        ('"""Text\nfrom compiler to you."""\n', '"""Text\nfrom compiler to you."""\n'),
        ("from .dsl import a\n", "from .dsl import a\n"),
        ("from dslr import a\nimport numpy\n", "from dslr import a\nimport numpy\n"),
    ],
)
def test_import_lines_are_nested(source: str, shipped: str) -> None:
    assert nested(source.encode(), "x.py").decode() == shipped


def test_a_bare_import_is_refused() -> None:
    with pytest.raises(ValueError, match=r"x\.py:2: write 'from x import y'"):
        nested(b"import ast\nimport dsl.parser\n", "x.py")
