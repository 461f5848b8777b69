"""Where there are no threads and no processes: a system like Pyodide's, and Pyodide itself.

The npm package `pyodide` has Python compiled to WebAssembly, and not its NumPy, which comes from
Pyodide's own servers alone. So the scores are compared in CPython without what Pyodide lacks; in
Pyodide itself it is shown that all else that a bundle uses is there, and the scores where
CNNC_PYODIDE names a folder with the whole distribution, of which numpy is a part.
"""

from __future__ import annotations

import ast
import json
import os
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from tests.bundle.making import DIGITS, NUMERALS, TRAINED, bundle, digits, labels, net_class

ROOT = Path(__file__).parents[2]
HERE = Path(__file__).parent
PACKAGE = ROOT / "build" / "pyodide" / "node_modules" / "pyodide"  # `make pyodide`
WHOLE = os.environ.get("CNNC_PYODIDE", "")
NAMES = ("digits", "single")
COUNT = 40
# What Pyodide lacks, or answers otherwise, before the script is run.
LIMITED = """
import os, runpy, sys, threading
import _thread
allowed = sys.stdlib_module_names | {"numpy", "digits", "single"}
missing = {"_multiprocessing", "_posixsubprocess", "subprocess", "multiprocessing", "threadpoolctl"}
class Refuse:
    def find_spec(self, name, path=None, target=None):
        if name.split(".")[0] in missing or name.split(".")[0] not in allowed:
            raise ModuleNotFoundError(f"No module named {name!r}", name=name)
import numpy
sys.meta_path.insert(0, Refuse())
for name in ("threadpoolctl", "subprocess", "multiprocessing"):
    sys.modules.pop(name, None)
def refused(*args, **kwargs):
    raise RuntimeError("can't start new thread")
threading.Thread.start = _thread.start_new_thread = refused
if hasattr(threading, "_start_new_thread"):
    threading._start_new_thread = refused
def no_processes(*args):
    raise OSError(52, "Function not implemented")
os.fork = os.posix_spawn = os.pipe = no_processes
os.cpu_count = lambda: CORES
for name in ("sched_getaffinity", "process_cpu_count"):
    if hasattr(os, name):
        delattr(os, name)
sys.argv = sys.argv[1:]
runpy.run_path(sys.argv[0], run_name="__main__")
"""


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("browser")
    named = labels(folder / "labels.txt")
    bundle(DIGITS, TRAINED, folder / "digits.py", "--labels", named)
    bundle(DIGITS, TRAINED, folder / "single.py", "--labels", named, "--single")
    images, _ = digits()
    np.save(folder / "images.npy", images[::25][:COUNT])
    return folder


def check(text: str, folder: Path, name: str) -> None:
    """The scores of a whole system, to what rounding the order of sums may change."""
    found: dict[str, Any] = json.loads(text)
    net = net_class(folder / f"{name}.py").load()
    images = np.load(folder / "images.npy")
    expected = net(images[:, np.newaxis].astype(np.float32) / np.float32(255))
    assert np.abs(np.array(found["scores"]) - expected).max() <= 1e-5 * np.abs(expected).max()
    assert found["named"] == [NUMERALS[each] for each in expected.argmax(axis=1)]
    assert found["pickled"] and found["lanes"] == 1 and len(found["named"]) == COUNT


@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize("cores", [None, 1])
def test_without_threads_and_processes(cores: int | None, name: str, folder: Path) -> None:
    text = LIMITED.replace("CORES", str(cores))
    command = [sys.executable, "-I", "-c", text, str(HERE / "scored.py"), str(folder), name]
    done = subprocess.run(command, capture_output=True, text=True, timeout=300)
    assert (done.returncode, done.stderr) == (0, "")
    check(done.stdout, folder, name)


def test_what_is_lacking_is_lacking(folder: Path, tmp_path: Path) -> None:
    """Else the test above would show nothing: two lanes do need threads."""
    script = tmp_path / "two.py"
    script.write_text(
        f"import sys; sys.path.insert(0, {str(folder)!r})\n"
        "import numpy as np, digits\n"
        "digits.Digits.load(lanes=2)(np.zeros((1, 1, 28, 28), np.float32))\n"
    )
    text = LIMITED.replace("CORES", "1")
    command = [sys.executable, "-I", "-c", text, str(script)]
    done = subprocess.run(command, capture_output=True, text=True, timeout=300)
    assert done.returncode == 1 and "can't start new thread" in done.stderr


def in_pyodide(package: Path, folder: Path, script: Path, *args: str, packages: str = "") -> str:
    node = shutil.which("node")
    if node is None or not (package / "pyodide.mjs").exists():
        pytest.skip(f"needs node, and Pyodide in {package}: `make pyodide` (npm) puts it there")
    command = [node, str(HERE / "pyodide.mjs"), str(package), str(folder), str(script), packages]
    done = subprocess.run([*command, *args], capture_output=True, text=True, timeout=300)
    assert done.returncode == 0, done.stderr[-2000:]
    return done.stdout


def test_pyodide_has_what_a_bundle_uses_of_the_system(folder: Path, tmp_path: Path) -> None:
    """Its Python reads the source; each module but NumPy is there; files are mapped; one lane."""
    source = (folder / "digits.py").read_text("utf-8")
    lines = [
        each
        for each in source.splitlines()
        if each.startswith(("import ", "from ")) and "numpy" not in each
    ]
    assert any("mmap" in each for each in lines)
    (lanes,) = (
        ast.get_source_segment(source, node) or ""
        for node in ast.parse(source).body
        if isinstance(node, ast.FunctionDef) and node.name == "usual_lanes"
    )
    script = tmp_path / "uses.py"
    script.write_text(
        "\n".join(
            [
                *lines,
                lanes,
                "compile(open('/folder/digits.py').read(), 'digits.py', 'exec')",
                "with open('/folder/digits.safetensors', 'rb') as file:",
                "    mapped = mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ)",
                "    assert mapped[:] == file.read()",
                "private = mmap.MAP_PRIVATE | mmap.MAP_ANONYMOUS",
                "memory = mmap.mmap(-1, 100_000, flags=private)",
                "assert bytes(memory) == bytes(100_000)",
                "with threading.Lock():",
                "    print(sys.platform, usual_lanes())",
                "try:",
                "    threading.Thread(target=print).start()",
                "except RuntimeError as error:",
                "    print(error)",
            ]
        ),
        "utf-8",
    )
    found = in_pyodide(PACKAGE, folder, script)
    assert found == "emscripten 1\ncan't start new thread\n"


@pytest.mark.parametrize("name", NAMES)
def test_scores_in_pyodide(name: str, folder: Path) -> None:
    if not WHOLE:
        pytest.skip("CNNC_PYODIDE names no folder with Pyodide's whole distribution, with NumPy")
    script = HERE / "scored.py"
    check(in_pyodide(Path(WHOLE), folder, script, "/folder", name, packages="numpy"), folder, name)
