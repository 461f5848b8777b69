"""Activations: value by value, the volume unchanged."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from compiler.arguments import number
from compiler.op import Keeps, Op, Weight
from compiler.volume import Volume


class Activation(Op):
    """What all activations have in common."""

    in_place: ClassVar[bool] = True
    keeps: ClassVar[Keeps] = "input"


@dataclass(frozen=True)
class Relu(Activation):
    """max(x, 0)."""

    name: ClassVar[str] = "RELU"
    keeps: ClassVar[Keeps] = "output"


@dataclass(frozen=True)
class Relu6(Activation):
    """min(max(x, 0), 6) (Howard et al., MobileNets, 2017)."""

    name: ClassVar[str] = "RELU6"


@dataclass(frozen=True)
class LeakyRelu(Activation):
    """x where it is positive, slope * x elsewhere."""

    name: ClassVar[str] = "LEAKY_RELU"
    slope: float = number(0.01)


@dataclass(frozen=True)
class Prelu(Activation):
    """A leaky ReLU with a learned slope for each channel (He et al., 2015)."""

    name: ClassVar[str] = "PRELU"

    def weights(self, inputs: tuple[Volume, ...]) -> tuple[Weight, ...]:
        return (Weight("weight", (inputs[0].c,), "weight"),)


@dataclass(frozen=True)
class Elu(Activation):
    """x where it is positive, alpha * (exp(x) - 1) elsewhere (Clevert et al., 2015)."""

    name: ClassVar[str] = "ELU"
    alpha: float = number(1.0)


@dataclass(frozen=True)
class Gelu(Activation):
    """x * Phi(x), exact (Hendrycks and Gimpel, 2016)."""

    name: ClassVar[str] = "GELU"


@dataclass(frozen=True)
class Silu(Activation):
    """x * sigmoid(x)."""

    name: ClassVar[str] = "SILU"


@dataclass(frozen=True)
class HardSwish(Activation):
    """x * min(max(x + 3, 0), 6) / 6 (Howard et al., MobileNetV3, 2019)."""

    name: ClassVar[str] = "HARDSWISH"


@dataclass(frozen=True)
class HardSigmoid(Activation):
    """min(max(x + 3, 0), 6) / 6."""

    name: ClassVar[str] = "HARDSIGMOID"


@dataclass(frozen=True)
class Sigmoid(Activation):
    """1 / (1 + exp(-x))."""

    name: ClassVar[str] = "SIGMOID"
    keeps: ClassVar[Keeps] = "output"


@dataclass(frozen=True)
class Tanh(Activation):
    """The hyperbolic tangent."""

    name: ClassVar[str] = "TANH"
    keeps: ClassVar[Keeps] = "output"


@dataclass(frozen=True)
class Softplus(Activation):
    """log(1 + exp(x))."""

    name: ClassVar[str] = "SOFTPLUS"


@dataclass(frozen=True)
class Mish(Activation):
    """x * tanh(softplus(x)) (Misra, 2019)."""

    name: ClassVar[str] = "MISH"


@dataclass(frozen=True)
class Softmax(Activation):
    """exp(x) over its sum, along the channels at each position."""

    name: ClassVar[str] = "SOFTMAX"
    keeps: ClassVar[Keeps] = "output"


@dataclass(frozen=True)
class LogSoftmax(Activation):
    """The logarithm of SOFTMAX."""

    name: ClassVar[str] = "LOG_SOFTMAX"
    keeps: ClassVar[Keeps] = "output"
