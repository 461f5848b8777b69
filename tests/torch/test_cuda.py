"""What only a card can show; the rest of the tests run on the CPU."""

from __future__ import annotations

from pathlib import Path

import pytest
import torch

import cnnc

EXAMPLES = Path(__file__).parents[2] / "examples"
NETS = ("resnet.cnn:ResNet18", "googlenet.cnn:GoogLeNet", "mobilenet_v2.cnn")
CARD = pytest.mark.skipif(not torch.cuda.is_available(), reason="no CUDA device on this machine")


@pytest.mark.gpu
@CARD
@pytest.mark.parametrize("target", NETS)
def test_the_same_on_the_card(target: str) -> None:
    """In float32 proper: TF32 rounds factors to 10 bits."""
    torch.backends.cuda.matmul.allow_tf32 = False
    torch.backends.cudnn.allow_tf32 = False
    torch.manual_seed(0)
    model = cnnc.load(EXAMPLES / target).build("torch")
    x = torch.randn(2, 3, 224, 224)
    with torch.inference_mode():
        expected = model(x)
        found = model.to("cuda")(x.to("cuda")).cpu()
    assert (found - expected).abs().max() <= 1e-4 * expected.abs().max()
