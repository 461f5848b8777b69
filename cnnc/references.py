"""Networks that this project did not write, given the program's weights by name."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray

from dsl.diagnostics import CnnError, Diagnostic, did_you_mean

Array = NDArray[np.float32]


def reference_outputs(
    against: str,
    weights: Mapping[str, Array],
    inputs: list[Array],
    shapes: list[tuple[int, ...]],
) -> list[Array]:
    """Outputs of `torchvision:NAME` or of an ONNX file.

    `shapes`: those of the program's outputs, the first of which must be the same. Raises CnnError
    E0603.
    """
    if against.startswith("torchvision:"):
        outputs = _torchvision(against.removeprefix("torchvision:"), weights, inputs)
    elif against.endswith(".onnx"):
        outputs = _onnx(Path(against), weights, inputs)
    else:
        raise _refused(f"cannot compare with {against!r}", "torchvision:NAME or MODEL.onnx")
    found = [each.shape for each in outputs]
    if found != shapes[: len(found)]:
        raise _refused(f"{against} returns {found}, and the program {shapes}", "")
    return outputs


def _torchvision(name: str, weights: Mapping[str, Array], inputs: list[Array]) -> list[Array]:
    try:
        from torchvision import models
    except ModuleNotFoundError:
        raise _refused("torchvision is not installed", "pip install torchvision") from None
    if name not in models.list_models(models):
        mend = did_you_mean(name, models.list_models(models))
        raise _refused(f"torchvision has no model {name!r}", mend)
    options: dict[str, Any] = {"init_weights": False} if name == "googlenet" else {}
    if name == "googlenet":
        options["aux_logits"] = any(key.startswith("aux") for key in weights)
    model = models.get_model(name, weights=None, **options).eval()
    state = {key: torch.from_numpy(array) for key, array in weights.items()}
    counters = {
        key: value
        for key, value in model.state_dict().items()
        if key.endswith("num_batches_tracked")
    }
    try:
        model.load_state_dict({**counters, **state})
    except RuntimeError as error:
        first = str(error).splitlines()[1:2]
        raise _refused(f"torchvision's {name} has other weights", "".join(first).strip()) from None
    with torch.inference_mode():
        result = model(*(torch.from_numpy(each) for each in inputs))
    return [result.numpy()]


def _onnx(path: Path, weights: Mapping[str, Array], inputs: list[Array]) -> list[Array]:
    try:
        import onnx
        import onnxruntime
        from onnx import numpy_helper
    except ModuleNotFoundError as error:
        raise _refused(f"{error.name} is not installed", f"pip install {error.name}") from None
    try:
        model = onnx.load(str(path))
    except Exception as error:
        raise _refused(f"cannot read {path}: {error}", "") from None
    fitted = set()
    for initializer in model.graph.initializer:
        array = weights.get(initializer.name)
        if array is not None and tuple(initializer.dims) == array.shape:
            initializer.CopyFrom(numpy_helper.from_array(array, initializer.name))
            fitted.add(initializer.name)
    missing = [name for name in weights if name not in fitted]
    if missing:
        some = ", ".join(missing[:5])
        title = f"the weights of {path.name} are not those of the program: {some}"
        raise _refused(title, "its initializers must carry the program's paths and shapes")
    try:
        session = onnxruntime.InferenceSession(
            model.SerializeToString(), providers=["CPUExecutionProvider"]
        )
        names = [each.name for each in session.get_inputs()]
        values = session.run(None, dict(zip(names, inputs, strict=True)))
    except Exception as error:  # onnxruntime has many kinds for what does not fit a model
        first = str(error).splitlines()[0]
        raise _refused(f"{path.name} does not run on the program's input: {first}", "") from None
    return [np.asarray(value) for value in values]


def _refused(title: str, mend: str) -> CnnError:
    return CnnError([Diagnostic("E0603", title, help=mend)])
