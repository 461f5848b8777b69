"""Blocks of a program are classes of the module, told by their own parameters."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import pytest
import torch
from torch import nn

import cnnc
from backends.torch.emit import emit
from dsl.diagnostics import CnnError
from tests.torch.build import difference, import_text, noise, randomise

EXAMPLES = Path(__file__).parents[2] / "examples"
RESIDUAL = """
block unit(planes, stride = 1) =
  ADD{ conv1: CONV(planes, 3, stride=stride) -> RELU -> conv2: CONV(planes, 3)
     | short: [CONV(planes, 1, stride=stride)] if stride != 1 or in.C != planes else ID } -> RELU
"""


def source(text: str, train: bool = True) -> str:
    return cnnc.loads(text).emit("torch", level=0, train=train)


def built(text: str) -> Any:
    """The network in evaluation mode, with random weights."""
    module = import_text(source(text))
    net = getattr(module, module.__all__[0])().eval()
    randomise(net)
    return net


def flat(text: str) -> Any:
    """The same network as one class."""
    journey = cnnc.loads(text).journey
    module = import_text(emit(journey.checked, journey.about(train=True), train=True))
    return getattr(module, module.__all__[0])().eval()


def agree(text: str, *shape: int) -> Any:
    """Both take the other's state dictionary and give the same; the structured one comes back."""
    ours, plain = built(text), flat(text)
    assert list(ours.state_dict()) == list(plain.state_dict())
    plain.load_state_dict(ours.state_dict())
    x = noise(2, *shape)
    assert torch.equal(ours(x), plain(x))
    return ours


def test_a_block_is_a_class_that_is_called_with_its_arguments() -> None:
    text = RESIDUAL + "net N = INPUT(8x8x3) -> [unit(4)]*2 -> unit(8, stride=2)"
    net = agree(text, 3, 8, 8)
    code = source(text)
    assert "def __init__(self, in_channels: int, planes: int, stride: int = 1) -> None:" in code
    assert "Unit(3, 4)" in code and "Unit(4, 8, stride=2)" in code
    assert code.count("class Unit") == 1
    assert {type(each).__name__ for each in net.children()} == {"Unit"}


def test_what_a_condition_decides_is_an_attribute_or_none() -> None:
    text = RESIDUAL + "net N = INPUT(8x8x3) -> l: [unit(3) -> unit(3) -> unit(4)]"
    net = agree(text, 3, 8, 8)
    code = source(text)
    assert "        if planes != 3:\n            self.short = nn.Sequential(" in code
    assert "        if self.short is not None:\n            x = self.short(x)" in code
    assert net.l[0].short is None and isinstance(net.l[2].short, nn.Sequential)


def test_a_condition_that_no_expression_tells_is_a_parameter() -> None:
    """Which activation a block was given is no number."""
    text = """
    block unit(out, act = RELU) = CONV(out, 3, pad=1) -> BN -> act
    net N = INPUT(8x8x3) -> unit(4) -> unit(5, act=ID) -> unit(6)
    """
    agree(text, 3, 8, 8)
    code = source(text)
    assert "with_relu: bool = True" in code and "Unit(4, 5, with_relu=False)" in code


def test_other_operators_make_another_class() -> None:
    text = """
    block unit(out, act) = CONV(out, 3) -> act
    net N = INPUT(8x8x3) -> unit(4, RELU) -> unit(5, SILU) -> unit(6, RELU)
    """
    agree(text, 3, 8, 8)
    code = source(text)
    assert "class Unit(nn.Sequential)" in code and "class Unit2(nn.Sequential)" in code


def test_a_merge_that_is_not_always_there() -> None:
    text = """
    block unit(out, stride = 1) {
      let inner = in.C * 2
      ADD{ c: [CONV(inner, 1)?(out > 3) -> CONV(out, 3, stride=stride)]
         | ID if stride == 1 and in.C == out }
    }
    net N = INPUT(8x8x3) -> unit(3) -> unit(4) -> unit(4) -> unit(4, 2)
    """
    agree(text, 3, 8, 8)
    code = source(text)
    assert "self.residual = stride == 1 and in_channels == out" in code
    assert "        if self.residual:\n            y = y + x\n        return y" in code
    assert "        if out > 3:\n            layers.append(" in code


@pytest.mark.parametrize("count", [1, 5])
def test_a_block_that_repeats_a_part_is_a_loop(count: int) -> None:
    text = f"""
    block layer(k) = CONCAT{{ ID | conv: CONV(k, 3) }}
    block dense(n, k) = [layer[i]: layer(k) for i in range(1, n + 1)]
    net N = INPUT(4x4x3) -> a: dense(2, 4) -> b: dense({count}, 4) -> c: dense(3, 5)
    """
    net = agree(text, 3, 4, 4)
    code = source(text)
    assert "class Dense(nn.Sequential)" in code
    assert 'self.add_module(f"layer{i + 1}", Layer(in_channels + k * i, k))' in code
    assert [len(each) for each in net.children()] == [2, count, 3]


def test_equal_parts_in_a_row_are_made_in_a_loop() -> None:
    text = RESIDUAL + "net N = INPUT(8x8x3) -> l: [unit(4) -> [unit(4)]*5]"
    agree(text, 3, 8, 8)
    assert "*[Unit(4) for _ in range(5)],  # N x 4 x 8 x 8" in source(text)


def test_rows_that_no_class_says_more_shortly_stand_where_they_are() -> None:
    text = """
    block unit(out, p) = conv: CONV(out, 3) -> DROP_PATH(p)
    block stage(out, n, first) = [unit(out, (first + i) ** 2 / 100) for i in range(n)]
    net N = INPUT(8x8x3) -> stage(4, 2, 0) -> stage(5, 3, 2)
    """
    agree(text, 3, 8, 8)
    code = source(text)
    assert "class Stage" not in code and "Unit(5, 5, 0.09)" in code


def test_numbers_of_functions_become_modules() -> None:
    text = """
    block unit(out, k) = c: CONV(out, 3) -> AVGPOOL(k, stride=1, pad=k // 2)
    net N = INPUT(8x8x3) -> unit(4, 3) -> unit(5, 5)
    """
    net = agree(text, 3, 8, 8)
    assert "self.avg_pool2d = nn.AvgPool2d(kernel_size=k, stride=1, padding=k // 2)" in source(text)
    assert [each.avg_pool2d.kernel_size for each in net.children()] == [3, 5]


def test_what_is_looked_into_is_no_class() -> None:
    """A value of a block that is read outside of it: its layers stand in the network itself."""
    text = """
    block two() = a: CONV(4, 3) -> b: CONV(4, 3)
    net N {
      x = INPUT(8x8x3) -> t: two()
      output side (train) = x -> s: CONV(2, 1)
      x -> ADD{ ID | u: two() } -> RELU
    }
    """
    net = built(text)
    assert "class Two(nn.Module)" in source(text) and set(net.train()(noise(1, 3, 8, 8)))


def test_a_labelled_fork_is_a_class_of_its_label() -> None:
    text = """
    net N = INPUT(8x8x3)
      -> fork1: [ADD{ a: CONV(4, 3) | b: CONV(4, 1) } -> RELU]
      -> fork2: [ADD{ a: CONV(5, 3) | b: CONV(5, 1) } -> RELU]
    """
    agree(text, 3, 8, 8)
    code = source(text)
    assert code.count("class Fork") == 1 and "self.fork2 = Fork(4, 5)" in code


@pytest.mark.parametrize(
    "name", ["list", "nn", "torch", "path", "true", "conv", "N", "scale", "layers", "mapping"]
)
def test_no_class_takes_a_name_that_is_in_use(name: str) -> None:
    text = f"""
    block {name if name != "true" else "true_"}(out) = a: CONV(out, 3) -> SCALE -> RELU
    net N = INPUT(8x8x3) -> x1: {name if name != "true" else "true_"}(4)
    """
    try:
        cnnc.loads(text)
    except CnnError:
        pytest.skip("no block of a program can be called so")
    agree(text, 3, 8, 8)


@pytest.mark.parametrize("name", ["self", "in_channels", "layers", "i", "lambda", "class"])
def test_no_parameter_takes_a_name_that_is_in_use(name: str) -> None:
    text = f"""
    block unit({name}) = a: CONV({name}, 3) -> RELU
    net N = INPUT(8x8x3) -> unit(4) -> unit(5)
    """
    agree(text, 3, 8, 8)


def test_layers_that_nothing_reads_keep_their_weights() -> None:
    text = """
    block unit(c) = a: CONV(c, 3)
    net N {
      x = INPUT(8x8x3)
      y = x -> RELU -> dead: [unit(4) -> CONV(4, 1)]
      x -> unit(4)
    }
    """
    assert {key.split(".")[0] for key in built(text).state_dict()} == {"dead", "3"}


def test_labelled_layers_that_no_chain_calls_are_a_dict() -> None:
    text = """
    net N = INPUT(8x8x3)
      -> fuse: ADD{ a: CONV(4, 3) | b: CONV(4, 1) } -> RELU -> out: [conv: CONV(2, 1)]
    """
    net = agree(text, 3, 8, 8)
    code = source(text)
    assert 'self.out = nn.ModuleDict({"conv": nn.Conv2d(4, 2, kernel_size=1)})' in code
    assert {type(each) for each in net.children()} >= {nn.ModuleDict}


def test_what_torch_types_is_returned_as_it_is_computed() -> None:
    """A module's result is Any to strict type checkers, a function's is a tensor."""
    text = """
    block unit(out) = MUL{ a: CONV(out, 3) | b: CONV(out, 1) }
    block flatter(out) = a: CONV(out, 3) -> FLATTEN
    net N = INPUT(8x8x3) -> u: unit(4) -> c: CONV(2, 3) -> RELU -> flatter(5)
    """
    agree(text, 3, 8, 8)
    code = source(text)
    assert "        y: torch.Tensor = self.a(x)" in code and "        x = self.b(x)" in code
    assert "        return y * x" in code and "        return torch.flatten(x, 1)" in code
    assert "        return x\n" in code.partition("class N")[2]
    ended = source("net N = INPUT(8x8x3) -> c: CONV(2, 3) -> RELU")
    assert "        return F.relu(self.c(x), inplace=True)  # N x 2 x 8 x 8\n" in ended


SKIPS = """
block up(skip, out) {
  upsampled = up: TCONV(out)
  CONCAT{ skip | upsampled } -> conv: CONV(out, 3) -> RELU
}
"""


def test_values_that_a_block_is_given_are_arguments_of_forward() -> None:
    text = (
        SKIPS
        + """
    net N {
      a = INPUT(8x8x3) -> CONV(4, 3)
      b = a -> POOL2 -> CONV(8, 3)
      b -> POOL2 -> CONV(16, 3) -> up1: up(b, 8) -> up2: up(a, 4)
    }
    """
    )
    net = agree(text, 3, 8, 8)
    code = source(text)
    assert code.count("class Up") == 1 and "self.up1 = Up(16, 8)" in code
    assert "def forward(self, x: torch.Tensor, skip: torch.Tensor) -> torch.Tensor:" in code
    assert type(net.up1) is type(net.up2)


def test_channels_of_a_value_that_no_parameter_tells_are_a_parameter() -> None:
    text = (
        SKIPS
        + """
    net N {
      a = INPUT(8x8x3) -> CONV(5, 3)
      b = a -> POOL2 -> CONV(7, 3)
      b -> POOL2 -> CONV(16, 3) -> up(b, 8) -> up(a, 4)
    }
    """
    )
    agree(text, 3, 8, 8)
    code = source(text)
    assert "def __init__(self, in_channels: int, skip_channels: int, out: int) -> None:" in code
    assert "Up(16, 7, 8)" in code and "Up(8, 5, 4)" in code


def test_a_block_of_values_alone() -> None:
    """Nothing flows in but what it is given, by the net or another block, or twice the same."""
    text = """
    block both(left, right, out) = ADD{ left -> a: CONV(out, 3) | right -> b: CONV(out, 1) }
    block outer(x, torch, out) {
      c = torch -> CONV(3, 3)
      d = both(x, c, out)
      both(d, x, out)
    }
    net N {
      a = INPUT(8x8x3)
      b = a -> CONV(3, 3)
      c = o1: outer(b, a, 4)
      d = o2: outer(b, a, 5)
      e = p: both(d, d, 3)
      both(e, c, 2)
    }
    """
    agree(text, 3, 8, 8)
    code = source(text)
    assert "def forward(self, left: torch.Tensor, right: torch.Tensor) -> torch.Tensor:" in code


def test_a_block_with_values_at_the_head_of_a_labelled_row() -> None:
    text = (
        SKIPS
        + """
    net N {
      a = INPUT(8x8x3) -> CONV(5, 3)
      a -> POOL2 -> CONV(7, 3) -> decoder: [up(a, 4) -> CONV(2, 3) -> RELU]
    }
    """
    )
    agree(text, 3, 8, 8)
    assert "Up(" in source(text)


def test_values_have_the_names_that_the_program_gives_them() -> None:
    text = """
    block unit(out) {
      y = a: CONV(out, 3) -> RELU
      branch1 = y -> b: CONV(out, 1)
      relu = y -> c: CONV(out, 1) -> BN -> RELU
      torch = y -> row: [CONV(out, 3) -> BN]
      ADD{ branch1 | relu | torch | y }
    }
    net N {
      image = INPUT(8x8x3)
      x = image -> u: unit(4)
      wide = x -> POOL2 -> row: [CONV(8, 3) -> RELU]
      self = wide -> v: unit(8)
      again = self
      print = again -> TCONV(4)
      output aux (train) = wide -> GAP -> FC(2)
      aux_ = CONCAT{ x | print }
      aux_ -> CONV(2, 3)
    }
    """
    agree(text, 3, 8, 8)
    code = source(text)
    assert "        wide = self.row(branch1)" in code and "self.v(wide)" in code
    assert (
        "        y = F.relu(self.a(x), inplace=True)" in code and "        relu = F.relu(" in code
    )
    assert "print =" not in code and "torch =" not in code, "names in use are left to others"


def test_a_value_that_is_returned_has_its_type() -> None:
    text = "net N {\n scores = INPUT(8x8x3) -> head: CONV(2, 3)\n scores\n}"
    agree(text, 3, 8, 8)
    assert "        scores: torch.Tensor = self.head(x)" in source(text)


def test_crops_of_different_sizes_are_one_class() -> None:
    text = """
    block cut(border, out) = CROP(border) -> c: CONV(out, 3) -> PAD(border + 1)
    net N = INPUT(12x12x3) -> a: cut(1, 4) -> b: cut(2, 5)
    """
    net = agree(text, 3, 12, 12)
    code = source(text)
    assert "self.crop = nn.ZeroPad2d(-border)" in code and "nn.ZeroPad2d(border + 1)" in code
    assert type(net.a) is type(net.b)


NETS = [
    f"{file.name}:{name}"
    for file in sorted(EXAMPLES.glob("*.cnn"))
    for name in re.findall(r"^net (\w+)", file.read_text(encoding="utf-8"), re.MULTILINE)
]


@pytest.mark.parametrize("target", NETS)
def test_examples_are_the_same_flat_and_structured(target: str) -> None:
    """Every layer of every example, with the weights of the one in the other."""
    journey = cnnc.load(f"{EXAMPLES}/{target}").journey
    about = journey.about(train=True)
    made, values = [], []
    for structured in (True, False):
        code = emit(journey.checked, about, train=True, structured=structured)
        values += re.findall(r"value_bytes=(\d[\d_]*)", code)
        module = import_text(code)
        with torch.device("meta"):
            made.append(getattr(module, module.__all__[0])())
    ours, plain = ({k: v.shape for k, v in each.state_dict().items()} for each in made)
    assert list(ours.items()) == list(plain.items())
    assert len(set(values)) == 1, "values that are held at once lie inside of blocks, too"


SAME = [
    "resnet.cnn:ResNet18",
    "mobilenet_v2.cnn:MobileNetV2",
    "shufflenet_v2.cnn:ShuffleNetV2_x0_5",
]


@pytest.mark.parametrize("target", SAME)
def test_structured_and_flat_give_the_same(target: str) -> None:
    journey = cnnc.load(f"{EXAMPLES}/{target}").journey
    about = journey.about(train=True)
    results, state = [], None
    for structured in (True, False):
        module = import_text(emit(journey.checked, about, train=True, structured=structured))
        net = getattr(module, module.__all__[0])().eval()
        state = net.state_dict() if state is None else state
        net.load_state_dict(state)
        with torch.no_grad():
            results.append(net(noise(1, 3, 96, 96)))
    assert difference(*results) == 0.0
