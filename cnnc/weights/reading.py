"""A weights file, by its suffix."""

from __future__ import annotations

from pathlib import Path

from cnnc.weights.arrays import read_npz, read_safetensors_file
from cnnc.weights.stored import Stored, damaged, refused

CHECKPOINTS = (".pth", ".pt", ".bin", ".ckpt")
SUFFIXES = (".safetensors", ".npz", *CHECKPOINTS, ".h5", ".hdf5", ".keras", ".onnx")


def read_stored(path: Path, inside: str | None = None) -> Stored:
    """`inside`: where in a PyTorch checkpoint the weights are.

    Raises CnnError E0501, E0602, E0901 to E0904.
    """
    suffix = path.suffix.lower()
    if not path.is_file():
        reason = "it is a folder" if path.is_dir() else "No such file or directory"
        raise refused("E0501", path, f"cannot read weights: {reason}")
    if suffix == ".safetensors":
        return read_safetensors_file(path)
    if suffix == ".npz":
        return read_npz(path)
    if suffix in CHECKPOINTS:
        from cnnc.weights.torch_files import read_torch

        return read_torch(path, inside)
    if suffix in (".h5", ".hdf5", ".keras"):
        from cnnc.weights.keras_files import read_keras

        return read_keras(path)
    if suffix == ".onnx":
        from cnnc.weights.onnx_files import read_onnx

        return read_onnx(path)
    raise damaged(path, f"{suffix or 'no suffix'}; known are {', '.join(SUFFIXES)}")
