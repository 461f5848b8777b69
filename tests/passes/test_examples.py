"""The example networks: all passes together give what the program as written gives."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from _pytest.mark.structures import ParameterSet

import cnnc
from cnnc.verify import seeded_inputs, seeded_weights
from compiler.expansion.modules import read_source
from compiler.expansion.program import net_names
from dsl.parser import parse
from tests.fuzzing.comparing import BACKENDS, distance, outputs

EXAMPLES = sorted((Path(__file__).parents[2] / "examples").glob("*.cnn"))
# Values for a file that leaves them open.
SETTINGS: dict[str, dict[str, Any]] = {"pattern.cnn": {"N": 1, "M": 5, "K": 1}}
# Large, or much like others: compared when failures are searched for.
RARE = {
    "alexnet",
    "densenet",
    "fcn",
    "googlenet",
    "mobilenet_v1",
    "pattern",
    "unet",
    "vgg",
    "zfnet",
}
TOLERANCE = 1e-4  # of the largest value


def networks() -> list[ParameterSet]:
    """All of them; the first of each file, unless it is rare, in every run."""
    found = []
    for file in EXAMPLES:
        for index, name in enumerate(net_names(parse(read_source(file, file.name))) or [""]):
            rare = index > 0 or file.stem in RARE
            target = f"{file}:{name}" if name else str(file)
            marks = [pytest.mark.fuzz] if rare else []
            found.append(pytest.param(target, id=f"{file.stem}:{name}", marks=marks))
    return found


@pytest.mark.parametrize("target", networks())
def test_optimised_as_written(target: str) -> None:
    file = Path(target.partition(".cnn")[0]).name + ".cnn"
    net = cnnc.load(target, **SETTINGS.get(file, {}))
    weights, inputs = seeded_weights(net.journey, 1), seeded_inputs(net.journey, 2, 1)
    reference = outputs(net, "torch", 0, weights, inputs)
    for backend in BACKENDS:
        for name, value in outputs(net, backend, 2, weights, inputs).items():
            assert distance(value, reference[name]) < TOLERANCE, (backend, name)
