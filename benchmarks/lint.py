"""What lint costs on top of check, warm: ResNet-152, and all nets of its file.

Both read, parse, expand and check; lint then runs its rules. Nothing is kept between rounds.

python -m benchmarks.lint [ROUNDS]
"""

from __future__ import annotations

import sys
from functools import partial
from pathlib import Path

from benchmarks._timing import interleaved, milliseconds, print_table
from cnnc.linted import linted
from cnnc.nets import nets
from cnnc.pipeline import Journey
from compiler.expansion.modules import read_source
from compiler.lint.rules import RULES

ROUNDS = 15
PATH = Path(__file__).parents[1] / "examples" / "resnet.cnn"
USUAL = [rule for rule in RULES if rule.usual]


def whole(net: str | None) -> Journey:
    return Journey(read_source(PATH, PATH.name), PATH, net, {})


def check(net: str | None) -> None:
    for each in nets(whole(net)):
        assert not each.checked.warnings


def lint(net: str | None) -> None:
    assert not linted(whole(net), USUAL).found


def main() -> None:
    rounds = int(sys.argv[1]) if len(sys.argv) > 1 else ROUNDS
    rows = []
    for name, net in (("ResNet152", "ResNet152"), ("all nets of resnet.cnn", None)):
        times = interleaved({"check": partial(check, net), "lint": partial(lint, net)}, rounds)
        checked, linted_ = (min(each) for each in times.values())
        ratio = f"{linted_ / checked:.2f}"
        rows.append((name, milliseconds(checked), milliseconds(linted_), ratio))
    print(f"{len(USUAL)} rules, {rounds} rounds, minima")
    print_table(("", "check, ms", "lint, ms", "lint / check"), rows)


if __name__ == "__main__":
    main()
