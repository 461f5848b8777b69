"""Activations: functions of each value, in any shape."""

import math

import numpy as np

from backends.numpy.kernels.erf import erf
from backends.numpy.kernels.types import Array


def relu(x: Array) -> Array:
    """max(x, 0) (Nair and Hinton, 2010)."""
    result: Array = np.maximum(x, 0.0)
    return result


def relu6(x: Array) -> Array:
    """min(max(x, 0), 6) (Howard et al., "MobileNets", 2017)."""
    result: Array = np.maximum(x, 0.0)
    np.minimum(result, 6.0, out=result)
    return result


def leaky_relu(x: Array, slope: float) -> Array:
    """x where positive, slope * x elsewhere (Maas et al., 2013)."""
    return np.where(x > 0.0, x, x * slope)


def prelu(x: Array, slope: Array) -> Array:
    """leaky_relu of N x C or N x C x H x W with a learned slope a channel, C values, or one value.

    (He et al., "Delving Deep into Rectifiers", 2015.)
    """
    return np.where(x > 0.0, x, x * slope.reshape((-1,) + (1,) * (x.ndim - 2)))


def elu(x: Array, alpha: float) -> Array:
    """x where positive, alpha * (exp(x) - 1) elsewhere (Clevert et al., 2015)."""
    return np.where(x > 0.0, x, alpha * np.expm1(np.minimum(x, 0.0)))


def gelu(x: Array) -> Array:
    """x * Phi(x), Phi the normal distribution (Hendrycks and Gimpel, 2016), not its tanh form."""
    return 0.5 * x * (1.0 + erf(x * math.sqrt(0.5)))


def sigmoid(x: Array) -> Array:
    """1 / (1 + exp(-x)), written so that exp never overflows."""
    decay: Array = np.exp(-np.abs(x))
    above = 1.0 / (1.0 + decay)
    return np.where(x >= 0.0, above, decay * above)


def silu(x: Array) -> Array:
    """x * sigmoid(x), also called swish (Elfwing et al., 2017)."""
    return x * sigmoid(x)


def hardsigmoid(x: Array) -> Array:
    """min(max(x + 3, 0), 6) / 6, as torch.nn.functional.hardsigmoid."""
    return relu6(x + 3.0) / 6.0


def hardswish(x: Array) -> Array:
    """x * min(max(x + 3, 0), 6) / 6 (Howard et al., "Searching for MobileNetV3", 2019)."""
    return x * hardsigmoid(x)


def tanh(x: Array) -> Array:
    """The hyperbolic tangent."""
    result: Array = np.tanh(x)
    return result


def softplus(x: Array) -> Array:
    """log(1 + exp(x)), written so that exp never overflows."""
    result: Array = np.maximum(x, 0.0) + np.log1p(np.exp(-np.abs(x)))
    return result


def mish(x: Array) -> Array:
    """x * tanh(softplus(x)) (Misra, 2019)."""
    return x * tanh(softplus(x))
