"""Memory for what lives between two calls of one lane."""

import numpy as np

from backends.numpy.kernels.types import Array

LEAST = 1 << 19  # floats; tiles are chosen to fit, so that parts are rarely made anew


class Scratch:
    """Floats of one lane, by the number of the part; the system gives memory as it is touched."""

    def __init__(self) -> None:
        self.parts: dict[int, Array] = {}

    def take(self, part: int, *shape: int) -> Array:
        """The beginning of a part, as an array of this shape; what it holds is of no use."""
        size = 1
        for length in shape:
            size *= length
        if part not in self.parts or self.parts[part].size < size:
            self.parts[part] = np.zeros(max(size, LEAST), np.float32)
        return self.parts[part][:size].reshape(shape)
