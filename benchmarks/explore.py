"""Members of a family that are counted in a second: here, in two processes, on a local Ray cluster.

python -m benchmarks.explore [MEMBERS]
"""

from __future__ import annotations

import importlib.util
import sys
from pathlib import Path
from time import perf_counter

from benchmarks._timing import print_table
from cnnc.exploring.members import Member
from cnnc.exploring.program import program
from cnnc.exploring.runner import walk
from cnnc.pipeline import Journey
from compiler.expansion.family import family
from compiler.expansion.modules import read_source

ROOT = Path(__file__).parents[1]
NET = "examples/mobilenet_v1.cnn"
MEMBERS = 1_600
WAYS: dict[str, tuple[int, str | None]] = {
    "one process": (1, None),
    "two processes": (2, None),
    "Ray, local, two processors": (2, "local"),
}


def main() -> None:
    """The time until the first members are there is that of starting; the rate is that of the
    whole walk."""
    members = int(sys.argv[1]) if len(sys.argv) > 1 else MEMBERS
    journey = Journey(read_source(ROOT / NET, NET), ROOT / NET, None, {})
    classes = f"1..{-(-members // 16)}"
    spanned = family(journey.tree, journey.path, None, {}, {"classes": classes}, members + 16)
    settings = [spanned.settings(at) for at in range(spanned.size)]
    print(f"{NET}, width x resolution x classes: {spanned.size:,} members")
    rows: list[tuple[str, ...]] = []
    first: list[Member] = []
    for name, (jobs, ray) in WAYS.items():
        if ray and importlib.util.find_spec("ray") is None:
            rows.append((name, "Ray is not installed", "", ""))
            continue
        begin = perf_counter()
        walked = walk(program(journey), settings, jobs, ray)
        found = [next(walked)]
        started = perf_counter() - begin
        found += walked
        took = perf_counter() - begin
        first = first or found
        if found != first:
            raise SystemExit(f"{name} counts other numbers")
        rows.append((name, f"{started:.2f}", f"{took:.2f}", f"{spanned.size / took:,.0f}"))
    print_table(("counted by", "first member, s", "all, s", "members a second"), rows)


if __name__ == "__main__":
    main()
