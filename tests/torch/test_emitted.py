"""The source as its reader sees it: formatted, linted, typed, standalone, always the same."""

from __future__ import annotations

import ast
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest

import cnnc
from backends.torch.copied import RESERVED, helpers
from compiler.ops.activation import Relu
from compiler.ops.arrangement import Crop, Pad, PixelShuffle, Shuffle, Slice, Upsample
from compiler.ops.convolution import Conv
from compiler.ops.image import Hog, Normalize
from compiler.ops.linear import Flatten, FullyConnected
from compiler.ops.merge import Add, Concat
from compiler.ops.normalisation import BatchNorm, GroupNorm, InstanceNorm, LayerNorm, Scale
from compiler.ops.pooling import AvgPool, MaxPool, MinPool
from compiler.ops.regularisation import DropPath
from compiler.volume import Volume
from tests.torch.build import Program, chain, import_text, noise

SMALL = Volume(8, 8, 3)
EXAMPLES = ["googlenet.cnn:GoogLeNet", "mobilenet_v2.cnn", "resnet.cnn:ResNet50", "vgg.cnn:VGG11"]


def wide_merge() -> Program:
    program = Program("Wide")
    source = program.input(8, 8, 3)
    nodes = [program.add(Conv(3), source, path=f"conv{number}") for number in range(40)]
    both = program.add(Concat(), *nodes), program.add(Add(), *nodes)
    return program.output(both[0], "first").output(both[1], "second")


def long_names() -> Program:
    label = "a_label_that_is_rather_long_and_says_much_about_its_layer"
    uneven = Conv(3, (3, 3), (1, 1), (0, 1, 0, 1))
    return chain(
        SMALL,
        (label, Conv(3)),
        (f"s.{label}.{label}", Conv(3)),
        (f"t.0.{label}", uneven),
        (f"t.0.{label}2", Relu()),
        (f"t.{label}.x", BatchNorm()),
        (f"3.{label}.0", Conv(3, (3, 3), (2, 2), (1, 0, 0, 1), groups=3, bias=False)),
        (f"3.{label}.1", Relu()),
        (f"u.{label}.{label}.0", Conv(3)),
        (f"u.{label}.{label}.1", Relu()),
        (f"3.{2 * label}.{2 * label}.{2 * label}", Conv(3)),
        (f"t2.0.{2 * label}", Conv(3)),
        (f"t2.1.{2 * label}", Relu()),
        ("class", Conv(3, (3, 3), (1, 2), dilation=(2, 1), groups=3, bias=False)),
    )


def two_inputs() -> Program:
    program = Program("two inputs")
    left, right = (program.input(8, 8, 3, path=path) for path in ("relu", "x"))
    node = program.add(Conv(3), program.add(Add(), left, right), path="conv")
    head = program.add(FullyConnected(3), node, path="aux")
    return program.output(node).output(head, "aux", train=True)


def pools() -> Program:
    return chain(
        SMALL,
        MinPool((3, 3), (2, 2), (0, 1, 1, 2)),
        AvgPool((3, 3), (1, 1), (0, 1, 1, 2), count_pad=False),
        MaxPool((3, 3), (1, 1), (2, 2, 2, 2)),
    )


def arranged() -> Program:
    many = tuple(0.01 * number for number in range(40))
    return chain(
        SMALL,
        Normalize((0.5, 0.4, 0.3), (0.25,)),
        Pad((1, 2, 0, 3), "reflect"),
        Crop((1, 2, 0, 3)),
        Conv(48),
        ("s.norm", LayerNorm()),
        ("s.scale", Scale(1e-6)),
        ("s.drop", DropPath(0.1)),
        Slice(0, 40),
        ("many", Normalize(many, (0.5,))),
        GroupNorm(8),
        InstanceNorm(),
        Shuffle(2),
        Upsample((2, 3), "bilinear"),
        ("t.conv", Conv(36)),
        ("t.upsample", Upsample()),
        ("t.pixels", PixelShuffle(3)),
        ("t.hog", Hog((4, 2), (2, 1), 7)),
        Flatten(),
        LayerNorm(affine=False),
    )


def hostile() -> Program:
    return chain(SMALL, ("conv", Conv(3)))


PROGRAMS = [wide_merge, long_names, two_inputs, pools, arranged]
ABOUT: Mapping[str, Any] = {
    "source": 'a "b" """\n\\N{DIGIT} \u2028\x1b.cnn' + 150 * "x",
    "params": {"width": 1.5, "text": '"""\\', "list": list(range(60))},
    "doc": 'Ends in a quote"\n\n"""\n\\N{DIGIT} \\\n\n    """ + exit(1)\n\n' + 40 * "a word ",
    "totals": {"parameters": 12345},
}


def sources() -> dict[str, str]:
    texts = {build.__name__: build().source(train=train) for build in PROGRAMS for train in (True,)}
    texts["hostile"] = hostile().source(weights="a\"'\n.pt", **ABOUT)
    for target in EXAMPLES:
        net = cnnc.load(f"examples/{target}")
        texts |= {
            f"{net.name}_trained": net.emit("torch", train=True),
            f"{net.name}_plain": net.emit("torch", level=0),
            f"{net.name}_folded": net.emit("torch"),
        }
    return texts


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("emitted")
    for name, text in sources().items():
        (path / f"{name}.py").write_text(text)
    return path


def tool(folder: Path, *command: str) -> None:
    done = subprocess.run(
        [sys.executable, "-m", *command], cwd=folder, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stdout + done.stderr


def test_formatted(folder: Path) -> None:
    tool(folder, "ruff", "format", "--isolated", "--diff", "--line-length", "100", ".")


def test_linted(folder: Path) -> None:
    tool(folder, "ruff", "check", "--isolated", ".")
    rules = "B,E,F,I,RUF,SIM,UP"
    width = ("--line-length", "100", "--select", rules, "--ignore", "E501")
    tool(folder, "ruff", "check", "--isolated", *width, ".")


@pytest.mark.slow
def test_typed(folder: Path) -> None:
    tool(folder, "mypy", "--strict", "--cache-dir", str(folder / ".cache"), ".")


def test_no_line_is_too_long(folder: Path) -> None:
    for path in folder.glob("*.py"):
        if path.stem not in ("hostile", "long_names"):
            assert max(map(len, path.read_text().splitlines())) <= 100, path


def test_standalone(folder: Path) -> None:
    for path in folder.glob("*.py"):
        for node in ast.walk(ast.parse(path.read_text())):
            modules = [alias.name for alias in node.names] if isinstance(node, ast.Import) else []
            modules += [node.module or ""] if isinstance(node, ast.ImportFrom) else []
            for module in modules:
                name = module.partition(".")[0]
                assert name in {"torch", "numpy"} or name in sys.stdlib_module_names
        top = [node for node in ast.parse(path.read_text()).body if isinstance(node, ast.Import)]
        assert all(alias.name != "numpy" for node in top for alias in node.names)


def test_the_same_every_time() -> None:
    assert sources() == sources()


def test_hostile_text_stays_text() -> None:
    module = import_text(hostile().source(weights="a\"'\n.pt", **ABOUT))
    docs = str(module.__doc__) + str(module.Tested.__doc__)
    assert '"""' in docs
    assert "\\N{DIGIT}" in docs
    assert "\x1b" not in docs
    assert module.WEIGHTS.name == "a\"'\n.pt"


@pytest.mark.parametrize(
    "name", ["__import__", "class", "None", "Tensor", "fold", "torch", "3", ""]
)
def test_names_of_networks(name: str) -> None:
    program = hostile()
    program.graph.name = name
    module = import_text(program.source())
    (public,) = module.__all__
    assert not public.startswith("_")
    assert getattr(module, public)()(noise(1, 3, 8, 8)).shape == (1, 3, 8, 8)


def test_no_class_can_take_a_name_of_the_module() -> None:
    from backends.identifiers import class_name

    for name in (*helpers(), *RESERVED, "BinaryIO", "NamedTuple", "Sequence"):
        assert class_name(name) not in {*helpers(), *RESERVED}
