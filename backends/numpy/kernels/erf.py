"""The error function, which NumPy does not have."""

import numpy as np

from backends.numpy.kernels.types import Array


def erf(x: Array) -> Array:
    """Approximate erf within 5e-7, in any shape.

    Abramowitz and Stegun, "Handbook of Mathematical Functions", formula 7.1.26.
    """
    size = np.abs(x)
    step = 1.0 / (1.0 + 0.3275911 * size)
    series = 1.061405429 * step - 1.453152027
    for coefficient in (1.421413741, -0.284496736, 0.254829592):
        series *= step
        series += coefficient
    result: Array = np.copysign(1.0 - series * step * np.exp(-size * size), x)
    return result
