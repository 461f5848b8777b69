"""How checking and reporting grow with the number of layers.

python -m benchmarks.scale [LAYERS ...]
"""

from __future__ import annotations

import gc
import resource
import sys
from time import perf_counter

from benchmarks._timing import print_table
from cnnc.pipeline import Journey
from dsl.source import Source

SIZES = (1_000, 3_000, 10_000, 30_000, 100_000)
# For each program the layers of one repetition, and the text in which `{n}` is their number.
PROGRAMS = {
    "plain": (100, "INPUT(32x32x8) -> [[[CONV(8) -> RELU]*5]*10]*{n}"),
    "residual": (40, "INPUT(32x32x8) -> [[ADD{ CONV(8) -> BN -> RELU | ID }]*8]*{n}"),
}


def program(kind: str, layers: int) -> Journey:
    """A net of at least so many layers."""
    repeated, text = PROGRAMS[kind]
    source = Source(f"{kind}.cnn", text.replace("{n}", str(-(-layers // repeated))))
    return Journey(source, None, None, {}, max_layers=2 * layers)


def main() -> None:
    sizes = tuple(map(int, sys.argv[1:])) or SIZES
    rows = []
    program("plain", 1_000).report()  # builds the parser
    for kind in PROGRAMS:
        for size in sizes:
            gc.collect()
            journey = program(kind, size)
            start = perf_counter()
            layers = len(journey.checked.graph)
            checked = perf_counter()
            journey.report()
            reported = perf_counter()
            rows.append(
                (
                    kind,
                    f"{layers:,}",
                    f"{checked - start:.2f}",
                    f"{(checked - start) / layers * 1e6:.1f}",
                    f"{reported - checked:.2f}",
                    f"{(reported - checked) / layers * 1e6:.1f}",
                )
            )
    print_table(
        ("program", "layers", "check, s", "us a layer", "then report, s", "us a layer"), rows
    )
    print(f"most memory: {resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024:,.0f} MB")


if __name__ == "__main__":
    main()
