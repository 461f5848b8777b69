"""A PyTorch module in ONNX's form, run by onnxruntime and by onnx itself."""

from __future__ import annotations

import ctypes
import io
import os
import sys
import warnings
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, redirect_stdout
from importlib.util import find_spec
from typing import Any

from cnnc.benching.contender import Absent, Array, Maker, Run, reason
from cnnc.benching.pytorch import Build

REFERENCE_ROUNDS = 2


def onnxruntime_maker(build: Build, inputs: Sequence[Array], threads: int, whose: str) -> Maker:
    def make() -> Run:
        for package in ("torch", "onnx", "onnxruntime"):
            if find_spec(package) is None:
                raise Absent(f"{package} is not installed: pip install {package}")
        return _session(exported(build(), inputs), inputs, threads)

    return Maker("onnxruntime", f"{whose} PyTorch in onnxruntime", make, threads)


def reference_maker(build: Build, inputs: Sequence[Array], threads: int, whose: str) -> Maker:
    """NumPy that says what ONNX means, with no thought of speed: it sits most rounds out."""

    def make() -> Run:
        for package in ("torch", "onnx"):
            if find_spec(package) is None:
                raise Absent(f"{package} is not installed: pip install {package}")
        return _evaluator(exported(build(), inputs), inputs)

    what = f"{whose} PyTorch in onnx's ReferenceEvaluator"
    return Maker("onnx-reference", what, make, threads, most_rounds=REFERENCE_ROUNDS)


def exported(model: Any, inputs: Sequence[Array]) -> bytes:
    """An ONNX file. Raises Absent where PyTorch cannot write one."""
    import torch

    class Listed(torch.nn.Module):
        """Outputs in a tuple: those of ONNX have an order."""

        def __init__(self) -> None:
            super().__init__()
            self.model = model

        def forward(self, *values: Any) -> Any:
            result = self.model(*values)
            return tuple(result.values()) if isinstance(result, dict) else result

    file: Any = io.BytesIO()  # which it takes, though its types do not say so
    tensors = tuple(torch.from_numpy(each) for each in inputs)
    # The exporter that needs no further packages; it says of itself that it is the older one, and
    # that the checks of the inputs' sizes, which hold here, become constants.
    # Where it fails it prints the whole graph, where our result goes.
    with warnings.catch_warnings(), torch.no_grad(), unprinted():
        warnings.simplefilter("ignore")
        try:
            torch.onnx.export(Listed().eval(), tensors, file, dynamo=False)
        except Exception as error:  # an operator that ONNX lacks, and many others
            raise Absent(f"torch.onnx.export failed: {reason(error)}") from None
    content: bytes = file.getvalue()
    return content


@contextmanager
def unprinted() -> Iterator[None]:
    """Keeps from stdout what is printed there, by compiled code as well."""
    sys.stdout.flush()
    kept = os.dup(1)
    nowhere = os.open(os.devnull, os.O_WRONLY)
    os.dup2(nowhere, 1)
    try:
        with redirect_stdout(io.StringIO()):
            yield
    finally:
        if os.name == "posix":
            ctypes.CDLL(None).fflush(None)  # C's own buffers
        os.dup2(kept, 1)
        os.close(kept)
        os.close(nowhere)


def _session(model: bytes, inputs: Sequence[Array], threads: int) -> Run:
    """On the processor; threads wait for work only within a call, not into another's turn."""
    import onnxruntime

    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = threads
    options.inter_op_num_threads = 1
    options.log_severity_level = 3  # errors
    options.add_session_config_entry("session.force_spinning_stop", "1")
    try:
        session = onnxruntime.InferenceSession(
            model, sess_options=options, providers=["CPUExecutionProvider"]
        )
    except Exception as error:
        raise Absent(f"onnxruntime failed: {reason(error)}") from None
    names = [each.name for each in session.get_inputs()]
    values = dict(zip(names, inputs, strict=True))
    return lambda: session.run(None, values)


def _evaluator(model: bytes, inputs: Sequence[Array]) -> Run:
    import onnx
    from onnx.reference import ReferenceEvaluator

    evaluator = ReferenceEvaluator(onnx.load_model_from_string(model))
    values: dict[str, Any] = dict(zip(evaluator.input_names, inputs, strict=True))
    return lambda: evaluator.run(None, values)
