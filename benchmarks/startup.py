"""Cold starts: the command line, each time a fresh process, beside `import torch`.

python -m benchmarks.startup [ROUNDS]
"""

from __future__ import annotations

import subprocess
import sys
from functools import partial
from pathlib import Path
from statistics import median

from benchmarks._timing import interleaved, milliseconds, print_table

ROOT = Path(__file__).parents[1]
ROUNDS = 7
NET = "examples/resnet.cnn:ResNet152"
IMPORT = "import torch"
COMMANDS = {
    IMPORT: ("-c", IMPORT),
    "check": ("-m", "cnnc", "check", NET),
    "report": ("-m", "cnnc", "report", NET),
    "report --format json": ("-m", "cnnc", "report", NET, "--format", "json"),
    "compile -b numpy": ("-m", "cnnc", "compile", NET, "-b", "numpy"),
    "compile -b torch": ("-m", "cnnc", "compile", NET, "-b", "torch"),
}


def run(*arguments: str) -> None:
    command = (sys.executable, *arguments)
    subprocess.run(command, cwd=ROOT, check=True, stdout=subprocess.DEVNULL)


def main() -> None:
    rounds = int(sys.argv[1]) if len(sys.argv) > 1 else ROUNDS
    actions = {name: partial(run, *arguments) for name, arguments in COMMANDS.items()}
    times = interleaved(actions, rounds)
    least, middle = min(times[IMPORT]), median(times[IMPORT])
    print(f"{NET}, {rounds} rounds")
    print_table(
        ("fresh process", "min, ms", "of torch's", "of check's", "median, ms", "of torch's"),
        [
            (
                name,
                milliseconds(min(each)),
                f"{min(each) / least:.2f}",
                f"{min(each) / min(times['check']):.2f}",
                milliseconds(median(each)),
                f"{median(each) / middle:.2f}",
            )
            for name, each in times.items()
        ],
    )


if __name__ == "__main__":
    main()
