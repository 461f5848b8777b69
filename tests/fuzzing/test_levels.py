"""2,000 random graphs: the generated NumPy, unoptimised, optimised, and in its fast form."""

from __future__ import annotations

from itertools import count, islice
from random import Random

import numpy as np
import pytest

import cnnc
from cnnc.verify import seeded_inputs, seeded_weights
from tests.fuzzing.building import working
from tests.fuzzing.comparing import LEVELS, TOLERANCE, distance, exact, outputs, within

RUNS, EACH = 20, 100
BATCHES = (1, 2, 3)  # lanes share an image, take one each, and one takes more
ROUNDED = TOLERANCE / 20  # beyond, single precision has nothing to say


@pytest.mark.fuzz
@pytest.mark.parametrize("run", range(RUNS))
def test_levels_agree_on_random_graphs(run: int) -> None:
    """Programs whose values single precision cannot tell are passed over, and not counted."""
    seeds = count(100_000 * (run + 1))
    agreed = (seed for seed in seeds if levels_agree(working(Random(seed))))
    assert len(list(islice(agreed, EACH))) == EACH


def levels_agree(text: str) -> bool:
    """False where values are too large, or rounding moves them too far. Each level is compared
    with the unoptimised one, and that with PyTorch in double precision."""
    net = cnnc.loads(text, "random.cnn")
    weights = seeded_weights(net.journey, 1)
    for batch in BATCHES:
        inputs = seeded_inputs(net.journey, batch, 2)
        reference = exact(net, weights, inputs)
        with np.errstate(all="ignore"):
            made = {level: outputs(net, "numpy", level, weights, inputs) for level in LEVELS}
        for name, wanted in reference.items():
            if not within(wanted) or not distance(made[0][name], wanted) < ROUNDED:
                return False
            for level in LEVELS:
                ours = made[level][name]
                assert ours.shape == wanted.shape, (level, name, batch, text)
                difference = distance(ours, made[0][name])
                assert difference < TOLERANCE, (level, name, batch, difference, text)
    return True
