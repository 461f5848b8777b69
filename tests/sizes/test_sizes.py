"""Which sizes networks take, written out."""

from __future__ import annotations

from pathlib import Path

import pytest

import cnnc
from compiler.sizes import sizes
from tests.torch.build import Program, chain

EXAMPLES = Path(__file__).parents[2] / "examples"


def taken(text: str, size: str = "32x32x3") -> str:
    return str(cnnc.loads(f"net N = INPUT({size}) -> {text}").report().sizes)


PROGRAM_ALONE = {
    "FC before a pool": "CONV(4) -> FC(2)",
    "FLATTEN": "CONV(4) -> FLATTEN -> FC(2)",
    "RESHAPE": "RESHAPE(16x64x3) -> GAP -> FC(2)",
    "two sizes in a sum": "ADD{ ID | ADAPTIVE_AVGPOOL(32) }",
    "two sizes side by side": "CONCAT{ ID | GAP -> UPSAMPLE(32) }",
    "branches that grow apart": "CONCAT{ CROP(4) -> UPSAMPLE(2) | PAD(8) }",
    "a spread map of its own size": "ADD{ ID | POOL(32) }",
    "a spread map that is another way large": "ADD{ ID | CONV(3, 32, pad=0) }",
}


@pytest.mark.parametrize("why", PROGRAM_ALONE)
def test_the_programs_size_alone(why: str) -> None:
    assert taken(PROGRAM_ALONE[why]) == "None"


def test_a_period_that_is_too_long_to_look_at() -> None:
    strides = " -> ".join(["CONV(3, 1, stride=7)"] * 4)
    assert taken(strides, "4000x4000x3") == "height and width 1 or more"
    assert taken(f"{strides} -> CONV(3, 1, stride=7)", "20000x20000x3") == "None"


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("CONV(4)", "1 or more"),
        ("CONV(4, 7, pad=0)", "7 or more"),
        ("[CONV(4) -> POOL]*3 -> GAP -> FC(2)", "8 or more"),
        ("[CONV(4) -> POOL]*2 -> ADAPTIVE_AVGPOOL(7) -> FC(2)", "4 or more"),
        ("MUL{ ID | GAP -> CONV(in.C, 1) }", "1 or more"),
        ("POOL(2, round=ceil)", "2 or more"),
        ("POOL(2, round=strict)", "2 or more, multiples of 2"),
        ("POOL(7, stride=5, round=strict)", "7 or more, in steps of 5"),
        ("CONV(4, 2, stride=2, pad=0, round=ceil)", "2 or more, multiples of 2"),
        ("CONV(4, stride=2, pad=same)", "2 or more, multiples of 2"),
        ("CONCAT{ ID | POOL(4) -> TCONV(3, 4, 4) }", "4 or more, multiples of 4"),
        (
            "POOL -> CONCAT{ ID | POOL -> UPSAMPLE(2) }",
            "4 or more, 0 or 1 more than a multiple of 4",
        ),
        ("PAD(3, reflect)", "4 or more"),
        ("HOG", "16 or more"),
        ("INSTANCENORM", "2 or more"),
    ],
)
def test_height_and_width(text: str, expected: str) -> None:
    assert taken(text) == f"height and width {expected}"


def test_height_and_width_differ() -> None:
    assert taken("CONV(4, 1x5, pad=0)") == "height 1 or more; width 5 or more"
    cropped = "CONCAT{ CROP((1, 0, 0, 0)) -> POOL | POOL }"
    odd = "height 3 or more, in steps of 2; width 2 or more"
    assert taken(cropped, "33x32x3") == odd
    assert taken("INSTANCENORM", "1x32x3") == "height 1 or more; width 2 or more"


def test_what_rounding_leaves_out() -> None:
    found = cnnc.loads("INPUT(32x32x3) -> CONV(4) -> POOL -> POOL -> GAP -> FC(2)").report().sizes
    assert found is not None and found.whole is not None
    assert found.rounding == (
        "no window leaves rows or columns out at height and width 4 or more, multiples of 4"
    )
    program = "INPUT(33x32x3) -> CONCAT{ POOL | CROP((1, 0, 0, 0)) -> POOL }"
    never = cnnc.loads(program).report().sizes
    assert never is not None and never.rounding == (
        "some window leaves rows or columns out at each of them"
    )


@pytest.mark.parametrize(
    ("program", "expected"),
    [
        ("unet.cnn:UNet", "16 or more, multiples of 16"),
        ("unet.cnn:UNet2015", "188 or more, in steps of 16"),
        ("fcn.cnn", "32 or more, 0 to 7 more than a multiple of 32"),
        ("resnet.cnn:ResNet50", "1 or more"),
        ("vgg.cnn:VGG16", "32 or more"),
        ("alexnet.cnn:AlexNet", "63 or more"),
    ],
)
def test_examples(program: str, expected: str) -> None:
    """For AlexNet see torchvision's own complaint about images of 62x62."""
    net = cnnc.load(EXAMPLES / program)
    assert str(net.report().sizes) == f"height and width {expected}"
    assert net.report(stage="optimised").sizes == net.report().sizes == net.report(train=True).sizes


def test_torchvisions_alexnet_agrees() -> None:
    torch = pytest.importorskip("torch")
    model = pytest.importorskip("torchvision").models.alexnet().eval()
    with torch.inference_mode():
        assert model(torch.zeros(1, 3, 63, 63)).shape == (1, 1000)
        with pytest.raises(RuntimeError, match="too small"):
            model(torch.zeros(1, 3, 62, 63))


def test_several_inputs() -> None:
    program = Program()
    first, second = program.input(8, 8, 3), program.input(8, 8, 3)
    program.output(first).output(second, "other")
    assert sizes(program.graph) is None


def test_linear_in_the_size_of_the_graph() -> None:
    from compiler.ops.activation import Relu
    from compiler.ops.convolution import Conv
    from compiler.volume import Volume

    layers = [layer for _ in range(20_000) for layer in (Conv(3), Relu())]
    found = sizes(chain(Volume(8, 8, 3), *layers).graph)
    assert str(found) == "height and width 1 or more"


def test_what_would_take_too_long_is_given_up() -> None:
    pools = "[POOL]*12"
    assert taken(f"{pools} -> [RELU]*2000", "4096x4096x1") == "height and width 4096 or more"
    assert taken(f"{pools} -> [PAD(1)]*2000", "4096x4096x1") == "None"
