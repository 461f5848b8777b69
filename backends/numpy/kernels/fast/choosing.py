"""What a convolution will take on this machine, by which its tiles and blocks are chosen.

The model and its constants were fitted to one core of a Sapphire Rapids at 150 GFLOP/s, with
OpenBLAS 0.3.31; `python -m benchmarks.kernels` measures them on another. Where they are wrong the
choice is slower and the results are the same.
"""

from collections.abc import Iterator, Sequence
from functools import partial
from typing import NamedTuple

from backends.numpy.kernels.fast.products import SMALL, rows_of_products

CALL = 6e-6  # seconds that a call of NumPy costs while another lane calls it too
PRODUCT = 0.15e-6  # seconds that each small product costs beside its arithmetic
BANDWIDTH = 26e9  # bytes of weights a second, from memory
MOVED = 0.16e-9  # seconds for each value that is copied in long runs,
SCATTERED = 0.4e-9  # and in runs of fewer than 64
PASSED = 0.26e-9  # seconds for each value of a pass over a tile
SHORT = 3.0  # times PASSED where the pixels of a row do not lie side by side
CACHE = 1_600_000  # bytes of a tile that stay in the second cache
FIRST = 40_960  # bytes of a block of weights that stay in the first
COLUMNS_HELD = 2 << 20  # values of a tile's windows, at most
# Seconds to transform a square's values, and its results, for each channel, by its side + 2.
TRANSFORMS = {4: (9e-9, 5e-9), 6: (17e-9, 13e-9)}


class Work(NamedTuple):
    """A lane's part of a convolution: so many pixels of `width` in a row, columns of `depth`.

    copies: windows are copied into columns; run: values that lie side by side in a window;
    passes: what is done to each value after the products; apart: its pixels do not lie side by
    side, so that a pass goes pixel by pixel.
    """

    pixels: int
    width: int
    depth: int
    channels: int
    copies: bool
    run: int
    passes: int
    splits: tuple[int, ...] = (1,)
    apart: bool = False


class Choice(NamedTuple):
    """Pixels of a tile, rows and columns of the small products, parts of the depth."""

    tile: int
    rows: int
    block: int
    parts: int


class Recipe(NamedTuple):
    """How a convolution is done, where the model is not asked: the side of the squares, 0 for
    columns, what lanes divide, and the numbers of a Choice, or of Squares."""

    square: int
    axis: str
    numbers: tuple[int, ...]


def choose(work: Work, recipe: Recipe | None = None) -> Choice:
    """The quickest by the model, or what comes nearest to a recipe."""
    if recipe is not None:
        return min(choices(work), key=partial(apart_from, recipe))
    return min(choices(work), key=lambda choice: seconds(work, choice))


def apart_from(recipe: Recipe, numbers: Sequence[int]) -> list[int]:
    """How far a choice is from a recipe, which was made for another lane's part, perhaps."""
    return [abs(ours - asked) for ours, asked in zip(numbers, recipe.numbers, strict=False)]


def choices(work: Work) -> Iterator[Choice]:
    """What may be worth a trial."""
    blocks = [each for each in (16, 32, 48, 64, 96, 128) if work.channels % each == 0]
    wanted = {min(work.pixels, each) for each in (196, 448, 1024, 2048, 4096, work.pixels)}
    tiles = sorted(max(each, work.width) for each in wanted)
    if work.copies:
        # Where every tile of copies is too large, a row is: nothing less is a tile.
        tiles = [each for each in tiles if each * work.depth <= COLUMNS_HELD] or [work.width]
    for tile in tiles:
        for parts in work.splits:
            for block in {*blocks, work.channels}:
                rows = rows_of_products(tile, work.depth // parts, block)
                yield Choice(tile, rows, block, parts)


def seconds(work: Work, choice: Choice) -> float:
    """The time of a lane's part."""
    tile, rows, block, parts = choice
    values = work.pixels * work.channels
    depth = work.depth // parts
    flops = 2 * values * work.depth
    time = flops / (1e9 * rate(rows, depth, block))
    large = tile * (work.depth + work.channels) * 4 > CACHE
    if work.copies:
        each = MOVED if work.run >= 64 else SCATTERED
        time += work.pixels * work.depth * each * (1.6 if large else 1.0)
    if parts > 1:
        time += (parts + 1) * values * PASSED * 0.7
    short = SHORT if work.apart else 1.0
    outside = 1.5 if tile * work.channels * 4 > CACHE else 1.0
    time += values * PASSED * work.passes * short * outside
    count = -(-work.pixels // tile)
    time += count * (2 + work.copies + work.passes + (parts > 1)) * CALL
    time += work.pixels / rows * (work.channels / block) * parts * PRODUCT
    return time + 4 * work.depth * work.channels / BANDWIDTH


def rate(rows: int, depth: int, block: int) -> float:
    """GFLOP/s of one core that multiplies rows x depth by depth x block."""
    if rows * depth * block > SMALL:
        return 150 * rows / (rows + 20) * min(1.0, 0.45 + block / 128)
    narrow = 0.62 if block < 32 else 0.93 if block < 64 else 1.0
    wide = 1.0 if depth * block * 4 <= FIRST else 0.68
    return 165 * rows / (rows + 6) * narrow * wide * (1.0 if block % 16 == 0 else 0.6)


class Squares(NamedTuple):
    """Squares of a tile, and columns of the small products."""

    number: int
    block: int


def square_choices(squares: int, wide: int, inputs: int, outputs: int, side: int) -> list[Squares]:
    """What may be worth a trial for so many squares, `wide` in a row, of side x side values."""
    blocks = [each for each in (32, 64, 96, 128) if outputs % each == 0] or [outputs]
    numbers = {max(wide, min(squares, each)) for each in (16, 28, 49, 64, 98, 128, 196)}
    most = (6 << 20) // (4 * side * side * max(inputs, outputs))
    tiles = sorted(each for each in numbers if each <= max(wide, most)) or [wide]
    return [Squares(number, block) for number in tiles for block in blocks]


def squares_seconds(
    squares: int, inputs: int, outputs: int, side: int, passes: int, choice: Squares
) -> float:
    """The time of a lane's part by Winograd's algorithm."""
    number, block = min(choice.number, squares), choice.block
    places = side * side
    bytes_of_tile = places * number * (inputs + max(inputs, outputs)) * 4
    large = bytes_of_tile > CACHE * 1.1
    into, out = TRANSFORMS[side]
    results = (side - 2) ** 2 * passes * 0.2e-9
    time = squares * (inputs * into + outputs * (out + results)) * (1.25 if large else 1.0)
    flops = 2 * places * squares * inputs * outputs
    time += flops / (1e9 * rate(number, inputs, block)) * (1.1 if large else 1.0)
    count = -(-squares // number)
    time += count * (8 + 2 * passes) * CALL
    time += count * places * (outputs / block) * PRODUCT
    return time + 4 * places * inputs * outputs / BANDWIDTH
