"""Weights: reading them, checking them, and making some up."""

import json
import os
import zipfile
from collections.abc import Mapping
from typing import Any

import numpy as np
from numpy.typing import NDArray

from backends.numpy.kernels.safetensors import read_safetensors
from backends.numpy.kernels.types import Array


def read_weights(path: str | os.PathLike[str]) -> tuple[dict[str, NDArray[Any]], dict[str, str]]:
    """Read the arrays and the metadata of a `.npz` or `.safetensors` file.

    Floats of any width become float32, other numbers stay as they are. Raises ValueError for a
    file that is not as its suffix says, FileNotFoundError where there is none.
    """
    suffix = os.path.splitext(path)[1].lower()
    if suffix == ".safetensors":
        return read_safetensors(path)
    if suffix == ".npz":
        return read_npz(path)
    raise ValueError(
        f"{os.fspath(path)}: weights are read from .npz and .safetensors, not {suffix!r}"
    )


def read_npz(path: str | os.PathLike[str]) -> tuple[dict[str, NDArray[Any]], dict[str, str]]:
    """Read a `.npz` file; its metadata is a JSON object, a string under the key __metadata__."""
    arrays: dict[str, NDArray[Any]] = {}
    metadata: Any = {}
    key = "not a .npz file"
    try:
        with zipfile.ZipFile(path), np.load(path, allow_pickle=False) as archive:
            for key in archive.files:
                array = archive[key]
                if key == "__metadata__":
                    metadata = json.loads(str(array))
                elif not isinstance(array, np.ndarray):
                    raise ValueError("not an array")
                else:
                    arrays[key] = array.astype(np.float32) if array.dtype.kind == "f" else array
    except FileNotFoundError:
        raise
    except Exception as error:  # zipfile, zlib and NumPy raise many kinds for a damaged file
        raise ValueError(f"{path}: {key}: {error}") from error
    if not isinstance(metadata, dict) or not all(
        isinstance(value, str) for value in metadata.values()
    ):
        raise ValueError(f"{path}: __metadata__ does not map strings to strings")
    return arrays, metadata


def check_weights(
    weights: Mapping[str, NDArray[Any]],
    shapes: Mapping[str, tuple[int, ...]],
    optional: tuple[str, ...] = (),
) -> dict[str, Array]:
    """Give just the weights that `shapes` names, contiguous and in float32.

    A key that `shapes` does not name is an error unless `optional` has it or a path that it lies
    under ("aux" or "aux." for "aux.fc.weight"). Raises ValueError that tells all that is wrong, in
    at most ten lines.
    """
    wrong = [f"{key}: missing" for key in shapes if key not in weights]
    for key, array in weights.items():
        if key not in shapes:
            if not any(key == name or key.startswith(name.rstrip(".") + ".") for name in optional):
                wrong.append(f"{key}: not a weight of this net")
        elif tuple(array.shape) != tuple(shapes[key]):
            wrong.append(f"{key}: has shape {tuple(array.shape)}, expected {tuple(shapes[key])}")
        elif array.dtype.kind != "f":
            wrong.append(f"{key}: holds {array.dtype}, expected float32")
    if wrong:
        more = [f"and {len(wrong) - 8} more"] if len(wrong) > 9 else []
        listed = wrong[:8] if more else wrong
        raise ValueError("\n  ".join(["these weights do not fit the net:", *listed, *more]))
    return {key: np.asarray(weights[key], np.float32, order="C") for key in shapes}


def random_weights(shapes: Mapping[str, tuple[int, ...]], seed: int) -> dict[str, Array]:
    """Make weights for tests and timing: the same for the same shapes and seed.

    Two dimensions and more: normal, variance 2 / fan-in (He et al., 2015). Batch norm gets a
    weight somewhat below 1, so that 150 layers with residuals do not explode, and statistics that
    matter.
    """
    generator = np.random.default_rng(seed)
    made: dict[str, Array] = {}
    for key, shape in shapes.items():
        if len(shape) > 1:
            spread = np.sqrt(2.0 / np.prod(shape[1:]))
            values = generator.normal(0.0, spread, shape)
        elif key.endswith(".running_var"):
            values = generator.uniform(0.5, 1.5, shape)
        elif key.endswith(".weight"):
            values = generator.uniform(0.5, 0.9, shape)
        else:
            values = generator.normal(0.0, 0.1, shape)
        made[key] = values.astype(np.float32)
    return made
