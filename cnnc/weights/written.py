"""Arrays as the bytes of a safetensors file, the same from run to run."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

import numpy as np
from numpy.typing import NDArray

ALIGNMENT = 64  # of the first array in the file: a line of the cache


def safetensors(arrays: Mapping[str, NDArray[np.float32]], metadata: Mapping[str, str]) -> bytes:
    """As https://github.com/huggingface/safetensors has the format, for float32 alone.

    The package's own `save` puts the metadata in an order that changes from run to run.
    """
    header: dict[str, Any] = {"__metadata__": dict(metadata)}
    parts: list[bytes] = []
    end = 0
    for key, array in arrays.items():
        if array.dtype != np.float32:
            raise TypeError(f"{key} holds {array.dtype}, not float32")
        start, end = end, end + array.nbytes
        header[key] = {"dtype": "F32", "shape": list(array.shape), "data_offsets": [start, end]}
        parts.append(array.astype("<f4", copy=False).tobytes())
    told = json.dumps(header, separators=(",", ":")).encode()
    told += b" " * (-(len(told) + 8) % ALIGNMENT)
    return b"".join((len(told).to_bytes(8, "little"), told, *parts))
