"""The globals that a pickle of weights may name, each with the plain value that a call of it makes.

Everything else is refused by its name. Nothing here imports or calls what the name means.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Any

import numpy as np

from cnnc.weights.refusal import Refused
from cnnc.weights.stored import Array

# PyTorch's types: NumPy's, or for bfloat16 its 16 bits
DTYPES = {
    "float64": "<f8", "float32": "<f4", "float16": "<f2", "bfloat16": "<u2", "int64": "<i8",
    "int32": "<i4", "int16": "<i2", "int8": "<i1", "uint8": "<u1", "bool": "<u1",
}  # fmt: skip
STORAGES = {
    "DoubleStorage": "float64", "FloatStorage": "float32", "HalfStorage": "float16",
    "BFloat16Storage": "bfloat16", "LongStorage": "int64", "IntStorage": "int32",
    "ShortStorage": "int16", "CharStorage": "int8", "ByteStorage": "uint8",
    "BoolStorage": "bool", "UntypedStorage": "uint8",
}  # fmt: skip
DICTIONARIES = {"collections.OrderedDict", "builtins.dict", "__builtin__.dict"}
MADE = {
    "torch._utils._rebuild_tensor_v2",
    "torch._utils._rebuild_parameter",
    "torch.Size",
    "torch.device",
    "_codecs.encode",
}
NUMPY = {
    f"numpy.{core}.multiarray.{name}": name
    for core in ("core", "_core")
    for name in ("_reconstruct", "scalar")
} | {"numpy.dtype": "dtype", "numpy.ndarray": "ndarray"}


@dataclass(frozen=True, slots=True)
class Global:
    name: str


@dataclass(frozen=True, slots=True)
class Storage:
    """`data` of a legacy file follows later, under `key`."""

    dtype: str
    key: str
    count: int


@dataclass(frozen=True, slots=True)
class TensorView:
    storage: Storage
    offset: int
    size: tuple[int, ...]
    stride: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class NumpyType:
    dtype: np.dtype[Any]


class Unbuilt:
    """An array of NumPy before its state is known."""


def known(module: str, name: str) -> Global:
    """Raises Refused."""
    full = f"{module}.{name}"
    listed = full in DICTIONARIES or full in MADE or full in NUMPY
    if listed or (module == "torch" and (name in DTYPES or name in STORAGES)):
        return Global(full)
    if full == "torch.storage.UntypedStorage":
        return Global("torch.UntypedStorage")
    raise Refused(full)


def called(what: Global, arguments: tuple[Any, ...]) -> Any:
    """The value of a call. Raises ValueError where the arguments are not as they must be."""
    name = what.name
    if name in DICTIONARIES:
        return dict(*arguments)
    if name == "torch._utils._rebuild_tensor_v2":
        storage, offset, size, stride = arguments[:4]
        return _view(storage, offset, size, stride)
    if name == "torch._utils._rebuild_parameter":
        return arguments[0]
    if name == "torch.Size":
        return tuple(*arguments)
    if name == "torch.device":
        return arguments
    if name == "_codecs.encode" and arguments[1:] == ("latin1",):
        return str(arguments[0]).encode("latin1")
    if name == "numpy.dtype":
        return NumpyType(_simple(arguments[0]))
    if NUMPY.get(name) == "_reconstruct":
        return Unbuilt()
    if NUMPY.get(name) == "scalar":
        return np.frombuffer(arguments[1], arguments[0].dtype, 1)[0].item()
    raise ValueError(f"not a sound pickle: {name} is called with what it does not take")


def build(value: Any, state: Any) -> Any:
    """A value with its state. The state of a dictionary is its metadata, which nobody needs."""
    if type(value) is dict:
        return value
    if isinstance(value, NumpyType):
        order = state[1]
        if order not in ("<", ">", "|", "="):
            raise ValueError(f"byte order {order!r}")
        return NumpyType(value.dtype.newbyteorder(order))
    if isinstance(value, Unbuilt):
        return _array(state)
    raise ValueError(f"not a sound pickle: BUILD on {type(value).__name__}")


def _view(storage: Any, offset: Any, size: Any, stride: Any) -> TensorView:
    numbers = [offset, *size, *stride]
    if not isinstance(storage, Storage) or not all(
        type(each) is int and 0 <= each < 2**48 for each in numbers
    ):
        raise ValueError(f"a tensor of size {size}, stride {stride}, offset {offset}")
    if len(size) != len(stride) or len(size) > 32:
        raise ValueError(f"a tensor of size {size} and stride {stride}")
    return TensorView(storage, offset, tuple(size), tuple(stride))


def _simple(code: Any) -> np.dtype[Any]:
    """`f4` and the like; no objects, no records."""
    if not isinstance(code, str) or len(code) > 4 or code[:1] not in tuple("fiub"):
        raise ValueError(f"the NumPy type {code!r}")
    return np.dtype(code)


def _array(state: Any) -> Array:
    _, shape, kind, fortran, data = state
    if not isinstance(kind, NumpyType) or not isinstance(data, bytes):
        raise ValueError("an array of Python objects")
    if math.prod(shape) * kind.dtype.itemsize != len(data):
        raise ValueError(f"an array of shape {shape} in {len(data):,} bytes")
    return np.frombuffer(data, kind.dtype).reshape(shape, order="F" if fortran else "C")
