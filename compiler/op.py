"""What an operator is: one frozen dataclass, whose fields are its arguments."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import MISSING, dataclass, fields
from fractions import Fraction
from typing import Any, ClassVar, Literal, TypeAlias

from compiler.arguments import Kind, written
from compiler.volume import Volume

Keeps: TypeAlias = Literal["nothing", "input", "output"]

POSITIONAL = ("k", "to")  # besides the first, the arguments that are written without their names


class ShapeError(Exception):
    """The volumes do not fit the operator.

    `at_inputs`: the diagnostic shows the volume of each input in its own place.
    """

    def __init__(self, code: str, title: str, help: str = "", at_inputs: bool = False) -> None:
        super().__init__(title)
        self.code = code
        self.title = title
        self.help = help
        self.at_inputs = at_inputs


@dataclass(frozen=True, slots=True)
class Weight:
    """An array that a layer owns: PyTorch's name and layout."""

    name: str
    shape: tuple[int, ...]
    role: Literal["weight", "bias", "normalisation", "buffer"]

    @property
    def size(self) -> int:
        size = 1
        for length in self.shape:
            size *= length
        return size


@dataclass(frozen=True, slots=True)
class Kept:
    """What PyTorch's autograd keeps of a layer for the backward pass, beyond parameters.

    `inputs`: the arguments whose values are kept; `output`: the layer's own value is. Of what only
    the layer knows: `values` for each image, `indices` for each image (int64), `constants`, values
    whatever the batch is. `side_by_side`: an argument that is part of another value, as a SLICE
    is, is copied first, and the copy is kept.
    """

    inputs: tuple[int, ...] = ()
    output: bool = False
    side_by_side: bool = False
    values: int = 0
    indices: int = 0
    constants: int = 0


@dataclass(frozen=True, slots=True)
class Reach:
    """How far one output value sees along one axis: `size` inputs from `i * stride - near` on."""

    size: int
    stride: Fraction
    near: Fraction


@dataclass(frozen=True, slots=True)
class Place:
    """What a sketch default may depend on: the volume that flows in, the network's first input, the
    number of classes, and whether this is the last layer with weights before an output."""

    incoming: Volume | None
    input: Volume | None
    classes: int
    is_head: bool


@dataclass(frozen=True)
class Op:
    """The base of all operators. The order of the fields is that of positional arguments."""

    name: ClassVar[str]
    aliases: ClassVar[tuple[str, ...]] = ()
    inputs: ClassVar[Literal["none", "one", "merge"]] = "one"
    identity_at_inference: ClassVar[bool] = False
    sees_everything: ClassVar[bool] = False
    in_place: ClassVar[bool] = False  # needs no memory of its own: the notes' table leaves it out
    is_view: ClassVar[bool] = False  # the values that flow in, as another volume
    accumulates: ClassVar[bool] = False  # may be computed where one of its inputs lies
    keeps: ClassVar[Keeps] = "nothing"  # see `kept`

    @classmethod
    def sketch(cls, given: Mapping[str, Any], place: Place) -> dict[str, Any]:
        """The arguments that a sketch leaves out, by the notes' rules of thumb."""
        return {}

    def usual(self) -> Mapping[str, Any]:
        """Values that need not be written because they follow from other arguments."""
        return {}

    def shape(self, inputs: tuple[Volume, ...]) -> Volume:
        """The output volume; raises ShapeError where the inputs do not fit."""
        return inputs[0]

    def is_identity(self, inputs: tuple[Volume, ...]) -> bool:
        """Whether values of this size pass unchanged, as through an adaptive pool of their size."""
        return False

    def weights(self, inputs: tuple[Volume, ...]) -> tuple[Weight, ...]:
        return ()

    def macs(self, inputs: tuple[Volume, ...], output: Volume) -> int:
        """Multiply-accumulates for one image; convolutions and FC only, as papers count."""
        return 0

    def reach(self, inputs: tuple[Volume, ...]) -> tuple[Reach, Reach] | None:
        """Along height and width; None where each output sees the one input at its place."""
        return None

    def kept(self, inputs: tuple[Volume, ...], output: Volume, learns: tuple[bool, ...]) -> Kept:
        """What training keeps (PyTorch's tools/autograd/derivatives.yaml, on the CPU).

        `learns`: into which inputs a gradient flows; it does into one, or into weights here.
        """
        return Kept(inputs=(0,) if self.keeps == "input" else (), output=self.keeps == "output")

    def passes_on(self, inputs: tuple[Volume, ...]) -> bool:
        """Whether training hands on the very value that flows in, or a view of a part of it."""
        return self.is_view

    def __str__(self) -> str:
        """As a program would write it, e.g. `CONV(64, 7, stride=2)`, usual values left out."""
        usual = self.usual()
        shown = []
        positional = True
        for index, each in enumerate(fields(self)):
            value = getattr(self, each.name)
            positional = positional and (index == 0 or each.name in POSITIONAL)
            if value == usual.get(each.name, each.default):
                positional = False
                continue
            name = argument(each.name)
            shown.append(written(value) if positional else f"{name}={written(value)}")
        return f"{self.name}({', '.join(shown)})" if shown else self.name


@dataclass(frozen=True, slots=True)
class Signature:
    """An operator, what its arguments accept in positional order, and which must be given."""

    op: type[Op]
    kinds: Mapping[str, Kind]
    required: tuple[str, ...]

    def make(self, values: Mapping[str, Any]) -> Op:
        """The operator with arguments of these names, as the language has them."""
        names = {argument(each.name): each.name for each in fields(self.op)}
        return self.op(**{names[name]: value for name, value in values.items()})


def signature(op: type[Op]) -> Signature:
    kinds = {argument(each.name): each.metadata["kind"] for each in fields(op)}
    required = tuple(argument(each.name) for each in fields(op) if each.default is MISSING)
    return Signature(op, kinds, required)


def argument(field: str) -> str:
    """The argument that a field stands for: a word of Python's, such as `from`, is `from_`."""
    return field.removesuffix("_")
