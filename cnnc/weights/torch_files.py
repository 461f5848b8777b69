"""`.pth` and `.pt`, without PyTorch: zip files (since 1.6) and what was before them.

Formats: torch/serialization.py, `_save` and `_legacy_save`.
"""

from __future__ import annotations

import io
import zipfile
from collections.abc import Callable
from mmap import ACCESS_READ, mmap
from pathlib import Path
from typing import Any, Literal, TypeAlias

import numpy as np

from cnnc.weights.archive import member, opened
from cnnc.weights.checkpoints import state_dictionary
from cnnc.weights.globals import DTYPES, STORAGES, Global, Storage, TensorView
from cnnc.weights.pickled import Machine
from cnnc.weights.refusal import Refused
from cnnc.weights.stored import Array, Stored, damaged, plain_part, refused, widened
from dsl.diagnostics import CnnError

MAGIC = 0x1950A86A20F9469CFC6C
Order: TypeAlias = Literal["<", ">"]
Load = Callable[[Storage], Array]


def read_torch(path: Path, inside: str | None) -> Stored:
    """`inside`: where in a checkpoint the weights are. Raises CnnError E0501, E0901 to E0904."""
    try:
        if zipfile.is_zipfile(path):
            with opened(path) as archive:
                return _zipped(archive, path, inside)
        # What is mapped is read as far as it goes, whatever lengths a pickle claims.
        with open(path, "rb") as file, mmap(file.fileno(), 0, access=ACCESS_READ) as data:
            return _legacy(data, path, inside)
    except OSError as error:
        raise refused("E0501", path, f"cannot read weights: {error.strerror}") from None
    except Refused as error:
        title = f"the pickle names {error}, which weights have no use for"
        mend = "save the state dictionary alone: torch.save(model.state_dict(), PATH)"
        note = "nothing of it was run"
        raise refused("E0902", path, title, mend, (note,)) from None
    except (ValueError, zipfile.BadZipFile) as error:
        raise damaged(path, str(error)) from None


def _zipped(archive: zipfile.ZipFile, path: Path, inside: str | None) -> Stored:
    names = [name for name in archive.namelist() if name.endswith("/data.pkl")]
    if len(names) != 1:
        raise damaged(path, "no zip file of PyTorch: there is no data.pkl in it")
    root = names[0].removesuffix("data.pkl")
    order: Order = "<"
    if f"{root}byteorder" in archive.namelist():
        order = "<" if member(archive, f"{root}byteorder", path) == b"little" else ">"
    found: dict[str, bytes] = {}

    def load(storage: Storage) -> Array:
        if storage.key not in found:
            found[storage.key] = member(archive, f"{root}data/{storage.key}", path)
        return _storage(found[storage.key], storage, order)

    value = Machine(_persistent).read(io.BytesIO(member(archive, names[0], path)))
    return _stored(path, "PyTorch zip", value, inside, load)


def _legacy(file: Any, path: Path, inside: str | None) -> Stored:
    if Machine().read(file) != MAGIC:
        raise damaged(path, "no file of PyTorch")
    protocol, system = Machine().read(file), Machine().read(file)
    if protocol != 1001 or not isinstance(system, dict):
        raise damaged(path, f"protocol {protocol} of PyTorch's files")
    order: Order = "<" if system.get("little_endian", True) else ">"
    storages: dict[str, Storage] = {}

    def persistent(identity: Any) -> Storage:
        storage = _persistent(identity)
        return storages.setdefault(storage.key, storage)

    value = Machine(persistent).read(file)
    data: dict[str, bytes] = {}
    for key in Machine().read(file):
        if key not in storages:
            raise damaged(path, "a storage that no tensor has", str(key))
        count = int.from_bytes(file.read(8), "little" if order == "<" else "big")
        storage = storages[key]
        if count != storage.count:
            raise damaged(path, f"{count:,} values, and its tensors say {storage.count:,}", key)
        needed = count * np.dtype(DTYPES[storage.dtype]).itemsize
        data[key] = file.read(min(needed, path.stat().st_size))

    def load(storage: Storage) -> Array:
        return _storage(data.get(storage.key, b""), storage, order)

    return _stored(path, "PyTorch legacy", value, inside, load)


def _persistent(identity: Any) -> Storage:
    """('storage', type, key, device, count) and, in legacy files, a view that must be None."""
    if not isinstance(identity, tuple) or identity[:1] != ("storage",) or len(identity) < 5:
        raise ValueError("a persistent id that is no storage")
    kind, key, count = identity[1], identity[2], identity[4]
    if not isinstance(kind, Global) or type(count) is not int or not 0 <= count < 2**48:
        raise ValueError(f"a storage of {count!r} values")
    if identity[5:6] not in ((), (None,)):
        raise ValueError("a storage that is a view of another, as PyTorch wrote before 0.4")
    name = kind.name.removeprefix("torch.")
    if name not in STORAGES or not isinstance(key, str):
        raise ValueError(f"the storage {key!r} of {name}")
    return Storage(STORAGES[name], key, count)


def _storage(data: bytes, storage: Storage, order: Order) -> Array:
    dtype = np.dtype(DTYPES[storage.dtype])
    if len(data) != storage.count * dtype.itemsize:
        raise ValueError(
            f"storage {storage.key}: {storage.count:,} values of {storage.dtype} take "
            f"{storage.count * dtype.itemsize:,} bytes, and there are {len(data):,}"
        )
    return np.frombuffer(data, dtype.newbyteorder(order))


def _stored(path: Path, form: str, value: Any, inside: str | None, load: Load) -> Stored:
    state, notes = state_dictionary(value, inside, path)
    parts = []
    for key, held in state.items():
        if isinstance(held, TensorView):
            try:
                array, dtype = _tensor(held, load(held.storage)), held.storage.dtype
            except ValueError as error:
                raise damaged(path, str(error), key) from None
            except CnnError as error:
                raise damaged(path, error.diagnostics[0].title, key) from None
        else:
            array, dtype = held, str(held.dtype)
        parts.append(plain_part(key, array, dtype))
    return Stored(path, form, tuple(parts), notes=notes)


def _tensor(view: TensorView, data: Array) -> Array:
    """Raises ValueError where it reaches beyond its storage, or repeats what is there."""
    count = int(np.prod(view.size, dtype=object))
    last = view.offset + sum(
        (size - 1) * stride for size, stride in zip(view.size, view.stride, strict=True)
    )
    if count and last >= len(data):
        raise ValueError(f"{view.size} reaches value {last:,} of a storage of {len(data):,}")
    if count > len(data):
        raise ValueError(f"{view.size} has more values than its storage, {len(data):,}")
    if not count:
        return np.zeros(view.size, data.dtype)
    strides = [stride * data.itemsize for stride in view.stride]
    array = np.lib.stride_tricks.as_strided(data[view.offset :], view.size, strides)
    return widened(array) if view.storage.dtype == "bfloat16" else array
