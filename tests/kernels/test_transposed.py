"""conv_transpose2d against PyTorch."""

import pytest

from backends.numpy.kernels.transposed import conv_transpose2d
from tests.kernels.compare import agree, noise

torch = pytest.importorskip("torch")

Pair = tuple[int, int]


@pytest.mark.parametrize("batch", [1, 3])
@pytest.mark.parametrize("biased", [True, False])
@pytest.mark.parametrize(
    ("channels", "outputs", "size", "kernel", "stride", "padding", "output_padding", "groups"),
    [
        (4, 6, (5, 6), (2, 2), (2, 2), (0, 0), (0, 0), 1),
        (4, 6, (5, 6), (3, 3), (2, 2), (1, 1), (1, 1), 1),
        (4, 6, (5, 6), (4, 4), (2, 2), (1, 1), (0, 0), 2),
        (4, 6, (1, 1), (4, 3), (1, 1), (0, 0), (0, 0), 1),
        (4, 4, (5, 3), (2, 3), (3, 2), (0, 1), (2, 0), 4),
        (4, 6, (5, 6), (1, 1), (3, 3), (0, 0), (2, 1), 1),
        (4, 8, (7, 5), (5, 3), (1, 2), (2, 0), (0, 1), 4),
    ],
)
def test_conv_transpose2d(
    batch: int,
    biased: bool,
    channels: int,
    outputs: int,
    size: Pair,
    kernel: Pair,
    stride: Pair,
    padding: Pair,
    output_padding: Pair,
    groups: int,
) -> None:
    x = noise(batch, channels, *size)
    weight = noise(channels, outputs // groups, *kernel, seed=1)
    bias = noise(outputs, seed=2) if biased else None
    theirs = torch.nn.functional.conv_transpose2d(
        torch.from_numpy(x),
        torch.from_numpy(weight),
        None if bias is None else torch.from_numpy(bias),
        stride=stride,
        padding=padding,
        output_padding=output_padding,
        groups=groups,
    )
    ours = conv_transpose2d(
        x,
        weight,
        bias,
        stride=stride,
        padding=padding,
        output_padding=output_padding,
        groups=groups,
    )
    agree(ours, theirs)


def test_strided_input() -> None:
    x = noise(2, 5, 4, 3).transpose(0, 3, 2, 1)
    weight = noise(3, 2, 3, 3)
    theirs = torch.nn.functional.conv_transpose2d(
        torch.from_numpy(x), torch.from_numpy(weight), stride=2
    )
    ours = conv_transpose2d(
        x, weight, None, stride=(2, 2), padding=(0, 0), output_padding=(0, 0), groups=1
    )
    agree(ours, theirs)
