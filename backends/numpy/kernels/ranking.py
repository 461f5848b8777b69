"""What a net says of a photograph, in words."""

from collections.abc import Sequence

import numpy as np

from backends.numpy.kernels.types import Array


def ranked(probabilities: Array, labels: Sequence[str], top: int) -> list[tuple[str, float]]:
    """Give the highest of 1 x classes with their labels, or their numbers where there are none.

    Of equal ones the first comes first. Raises ValueError for a top below 1.
    """
    if top < 1:
        raise ValueError(f"top={top}: a number from 1 on")
    (each,) = probabilities
    order = np.argsort(-each, kind="stable")[:top]
    return [(labels[place] if labels else str(place), float(each[place])) for place in order]
