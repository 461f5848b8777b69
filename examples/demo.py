"""`make demo`: what cnnc does, on a real photograph and real digits, without torch."""

from __future__ import annotations

import importlib.util
import shlex
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

ROOT = Path(__file__).resolve().parent.parent
OUT = ROOT / "build" / "demo"
PHOTOGRAPH = ROOT / "examples" / "photographs" / "chelsea.ppm"
REFERENCE = ROOT / "examples" / "photographs" / "resnet18_seed0.npy"
DIGITS = ROOT / "examples" / "weights" / "digits_held_out.npz"
SHADES = np.array(list(" .:-=+*#%@"))


def say(text: str) -> None:
    print(f"\n{text}\n", flush=True)


def cnnc(*args: str) -> str:
    """Runs the command line as a user would, and returns what it printed."""
    print(f"$ cnnc {shlex.join(args)}", flush=True)
    command = [sys.executable, "-m", "cnnc", *args]
    return subprocess.run(command, cwd=ROOT, check=True, text=True, stdout=subprocess.PIPE).stdout


def module_from(path: Path) -> Any:
    spec = importlib.util.spec_from_file_location(path.stem, path)
    assert spec is not None and spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    sys.modules[path.stem] = module
    spec.loader.exec_module(module)
    return module


def drawn(images: NDArray[np.uint8], captions: list[str]) -> str:
    """Digits side by side, without their empty borders; a character is two pixels high."""
    shown = images[:, 4:24, 4:24].reshape(len(images), 10, 2, 20).mean(axis=2)
    characters = SHADES[(shown * (len(SHADES) / 256)).astype(int)]
    lines = ["".join("".join(row) for row in rows) for rows in characters.transpose(1, 0, 2)]
    return "\n".join([*lines, "".join(caption.center(20) for caption in captions)])


def classify_digits() -> None:
    """The one network here that was trained: on digits that it has not seen."""
    weights = "examples/weights/digits.safetensors"
    cnnc("compile", "examples/digits.cnn", "-b", "numpy", "-o", "build/demo/digits_numpy.py")
    net = module_from(OUT / "digits_numpy.py").Digits.load(ROOT / weights)
    with np.load(DIGITS) as held_out:
        images, labels = held_out["images"], held_out["labels"]
    begin = time.perf_counter()
    scores = net(images[:, None].astype(np.float32) / np.float32(255))
    seconds = time.perf_counter() - begin
    answers = scores.argmax(axis=1)
    right = answers == labels
    for title, chosen in (
        ("right", np.flatnonzero(right)[:4]),
        ("wrong", np.flatnonzero(~right)[:4]),
    ):
        captions = [f"{title}: {answers[each]}" for each in chosen]
        if title == "wrong":
            captions = [f"says {answers[each]}, is {labels[each]}" for each in chosen]
        print(drawn(images[chosen], captions), "\n")
    print(f"  {right.mean():.1%} of {len(labels):,} digits that it has not seen, {seconds:.1f} s")
    if right.mean() < 0.98:
        raise SystemExit("the weights and the network do not fit")


def main() -> None:
    OUT.mkdir(parents=True, exist_ok=True)
    say("1. Every network of a file is checked: volumes, branches, names.")
    print(cnnc("check", "examples/resnet.cnn"), end="")

    say("2. The line of the CS231n notes, with N=2 M=5 K=2 and nothing else, is VGG-13.")
    line = (ROOT / "examples" / "pattern.cnn").read_text(encoding="utf-8").splitlines()[-1]
    print(f"   {line}\n")
    settings = [each for name in ("N=2", "M=5", "K=2") for each in ("--set", name)]
    print(cnnc("report", "examples/pattern.cnn", *settings), end="")

    say("3. ResNet-18 becomes two standalone programs, one for NumPy and one for PyTorch.")
    for backend in ("numpy", "torch"):
        target = OUT / f"resnet18_{backend}.py"
        where = str(target.relative_to(ROOT))
        cnnc("compile", "examples/resnet.cnn:ResNet18", "-b", backend, "-o", where)
        lines = len(target.read_text(encoding="utf-8").splitlines())
        print(f"  {where}: {lines} lines")

    say("4. The NumPy one looks at a photograph (examples/photographs/chelsea.ppm, a cat).")
    module = module_from(OUT / "resnet18_numpy.py")
    net = module.ResNet18.random(0)
    image = module.read_input(str(PHOTOGRAPH), 3, 224, 224)
    output = net(image)
    seconds = []
    for _ in range(5):
        begin = time.perf_counter()
        net(image)
        seconds.append(time.perf_counter() - begin)
    reference = np.load(REFERENCE)
    difference = float(np.abs(output - reference).max() / np.abs(reference).max())
    print(f"  input  1 x 3 x 224 x 224, output {' x '.join(map(str, output.shape))}")
    print(f"  {1000 * min(seconds):.0f} ms for one image, in NumPy alone")
    print(f"  largest difference from torchvision's own ResNet-18: {difference:.1e} (relative)")
    if not difference < 1e-4:
        raise SystemExit("the outputs do not agree")

    say("5. A network that was trained, examples/digits.cnn, reads handwriting in NumPy alone.")
    classify_digits()

    say(
        "What this shows: a text of a few lines was checked, counted and turned into source code\n"
        "that runs where there is no torch. ResNet-18 had made-up weights (seed 0), so its 1000\n"
        "numbers say nothing of cats; but torchvision's ResNet-18, given the same weights and the\n"
        "same photograph, gave the same 1000 numbers. The weights of the digits were learned by\n"
        "the PyTorch program of the same text. All programs are in build/demo/: read them."
    )


if __name__ == "__main__":
    main()
