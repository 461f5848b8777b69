"""The demo runs, and the reference that it compares with is torchvision's."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

import cnnc
from backends.numpy.kernels.image import read_input
from backends.numpy.kernels.weights import random_weights

ROOT = Path(__file__).parents[2]
PHOTOGRAPHS = ROOT / "examples" / "photographs"


@pytest.mark.slow
def test_demo_runs_without_torch() -> None:
    script = "import sys; sys.modules['torch'] = None; sys.argv = ['demo']; "
    script += (
        f"import runpy; runpy.run_path({str(ROOT / 'examples/demo.py')!r}, run_name='__main__')"
    )
    run = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, cwd=ROOT)
    assert run.returncode == 0, run.stderr
    for word in (
        "133,047,848 parameters",
        "resnet18_torch.py",
        "98.9% of 1,000",
        "What this shows",
    ):
        assert word in run.stdout


def test_the_reference_is_torchvisions() -> None:
    torch = pytest.importorskip("torch")
    models = pytest.importorskip("torchvision.models")
    graph = cnnc.load(ROOT / "examples" / "resnet.cnn:ResNet18").journey.graph
    model = models.resnet18().eval()
    state = {
        name: torch.from_numpy(array)
        for name, array in random_weights(graph.weight_shapes(), 0).items()
    }
    model.load_state_dict(state, strict=False)
    image = read_input(PHOTOGRAPHS / "chelsea.ppm", 3, 224, 224)
    with torch.inference_mode():
        expected = model(torch.from_numpy(image)).numpy()
    shipped = np.load(PHOTOGRAPHS / "resnet18_seed0.npy")
    assert np.abs(shipped - expected).max() <= 1e-5 * np.abs(expected).max()
