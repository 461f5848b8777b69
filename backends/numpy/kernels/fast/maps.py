"""Where the values of a layer lie, and which of them a lane computes."""

from dataclasses import dataclass
from typing import NamedTuple

from backends.numpy.kernels.types import Array


@dataclass(frozen=True, slots=True)
class Maps:
    """N images of height x width x channels, channels side by side, inside a buffer with a halo.

    buffer is N x (top + height + bottom) x (left + width + right) x C, C at least channels: a
    branch of a concatenation is a slice of channels, from `channel` on. halo is (top, bottom, left,
    right): the rows and columns of zeros around the images, which padded windows read.
    """

    buffer: Array
    halo: tuple[int, int, int, int]
    channel: int
    channels: int

    @property
    def height(self) -> int:
        return int(self.buffer.shape[1]) - self.halo[0] - self.halo[1]

    @property
    def width(self) -> int:
        return int(self.buffer.shape[2]) - self.halo[2] - self.halo[3]

    @property
    def inner(self) -> Array:
        """The images, without the halo: N x height x width x channels."""
        return self.around(0, 0)[:, : self.height, : self.width]

    def around(self, top: int, left: int) -> Array:
        """From `top` rows above and `left` columns before the images to the end of the buffer."""
        rows, columns = self.halo[0] - top, self.halo[2] - left
        assert rows >= 0 and columns >= 0, "the halo is too narrow"
        return self.buffer[:, rows:, columns:, self.channel : self.channel + self.channels]


class Share(NamedTuple):
    """The part of a layer's values that one lane computes: half-open ranges of each axis."""

    images: tuple[int, int]
    rows: tuple[int, int]
    channels: tuple[int, int]
