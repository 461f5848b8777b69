"""The arithmetic of a window that slides over a volume, shared by convolutions and pooling.

Dumoulin and Visin, A guide to convolution arithmetic for deep learning, 2016.
"""

from __future__ import annotations

from fractions import Fraction
from typing import Literal

from compiler.arguments import Padding, Rounding, Sides, Window
from compiler.op import Reach, ShapeError
from compiler.volume import Volume

Axis = Literal["height", "width"]


def extent(k: int, dilation: int) -> int:
    """How many inputs a dilated window spans."""
    return dilation * (k - 1) + 1


def sides(volume: Volume, k: Window, stride: Window, pad: Padding, dilation: Window) -> Sides:
    """The padding as (top, bottom, left, right).

    `half` is (k-1)*dilation/2 on each side. `same` is TensorFlow's: as much as makes the output
    ceil(input/stride), the odd row and column at the far end.
    """
    if isinstance(pad, tuple):
        return pad
    spans = [extent(size, step) for size, step in zip(k, dilation, strict=True)]
    if pad == "half":
        if any(span % 2 == 0 for span in spans):
            raise ShapeError(
                "E0305",
                f"pad=half needs an odd window, and this one spans {spans[0]}x{spans[1]}",
                "pad=same puts the odd row and column at the far end; or give the sides",
            )
        return spans[0] // 2, spans[0] // 2, spans[1] // 2, spans[1] // 2
    totals = [
        max(0, (-(-size // step) - 1) * step + span - size)
        for size, step, span in zip(volume.spatial, stride, spans, strict=True)
    ]
    near = [total // 2 for total in totals]
    return near[0], totals[0] - near[0], near[1], totals[1] - near[1]


def slide(
    volume: Volume, k: Window, stride: Window, pad: Padding, dilation: Window, round: Rounding
) -> tuple[int, int]:
    """Height and width of the output.

    Raises ShapeError: E0303 where the window is larger than its padded input, E0304 where a strict
    size is not whole, E0305 as `sides` does.
    """
    top, bottom, left, right = sides(volume, k, stride, pad, dilation)
    return (
        _along("height", volume, k[0], stride[0], (top, bottom), dilation[0], round),
        _along("width", volume, k[1], stride[1], (left, right), dilation[1], round),
    )


def _along(
    axis: Axis,
    volume: Volume,
    k: int,
    stride: int,
    pad: tuple[int, int],
    dilation: int,
    round: Rounding,
) -> int:
    near, far = pad
    size, other = volume.spatial if axis == "height" else reversed(volume.spatial)
    span = extent(k, dilation)
    room = size + near + far - span
    if room < 0:
        padded = f" ({size + near + far} with its padding)" if near + far else ""
        title = f"a window of {axis} {span} is larger than its input of {axis} {size}{padded}"
        raise ShapeError("E0303", title, _larger_input(axis, size, other, span - near - far))
    if round == "strict" and room % stride:
        exact = f"{room / stride + 1:g}"
        sum_ = f"({size} + {near + far} - {span}) / {stride} + 1 = {exact}"
        near_sizes = f"{axis} {size - room % stride} or {size + stride - room % stride} would fit"
        raise ShapeError("E0304", f"the output's {axis} is not whole: {sum_}", near_sizes)
    if round != "ceil":
        return room // stride + 1
    out = -(-room // stride) + 1
    return out - 1 if (out - 1) * stride >= size + near else out


def _larger_input(axis: Axis, size: int, other: int, wanted: int) -> str:
    if wanted <= 1:
        return ""
    if size == 1 and other == 1:
        return (
            "the volume has no height or width left: fewer or smaller strides and poolings before"
        )
    if size == 1:
        return (
            f"fewer or smaller strides and poolings before, or a window of {axis} 1; "
            "an INPUT is height x width x channels, such as 32x32x3"
        )
    return f"a smaller window, more padding, or an input of {axis} {wanted}"


def reaches(
    volume: Volume, k: Window, stride: Window, pad: Padding, dilation: Window
) -> tuple[Reach, Reach]:
    top, _, left, _ = sides(volume, k, stride, pad, dilation)
    return (
        Reach(extent(k[0], dilation[0]), Fraction(stride[0]), Fraction(top)),
        Reach(extent(k[1], dilation[1]), Fraction(stride[1]), Fraction(left)),
    )
