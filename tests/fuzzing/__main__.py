"""`python -m tests.fuzzing --cases 1000000`: broken programs by the seed, and what came of them.

A failure is written to the folder of `--failures` and its traceback to stderr; the search goes on.
"""

from __future__ import annotations

import argparse
import random
import sys
import time
import traceback
from collections import Counter
from collections.abc import Iterator
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass, field
from hashlib import sha256
from pathlib import Path

from tests.fuzzing.breaking import broken
from tests.fuzzing.target import run

STAGES = ("bytes", "tree", "graph", "checked", "emitted")
BATCH = 2_000


@dataclass
class Tally:
    """Counts of outcomes; `slowest` in seconds, with the number of its case."""

    cases: int = 0
    stages: Counter[str] = field(default_factory=Counter)
    codes: Counter[str] = field(default_factory=Counter)
    clean: int = 0
    failures: Counter[str] = field(default_factory=Counter)
    slowest: tuple[float, str] = (0.0, "")

    def add(self, other: Tally) -> None:
        self.cases += other.cases
        self.clean += other.clean
        self.stages += other.stages
        self.codes += other.codes
        self.failures += other.failures
        self.slowest = max(self.slowest, other.slowest)

    def shown(self) -> str:
        reached = {
            stage: sum(self.stages[each] for each in STAGES[at:]) for at, stage in enumerate(STAGES)
        }
        codes = ", ".join(f"{code} {count:,}" for code, count in sorted(self.codes.items()))
        return "\n".join(
            (
                f"{self.cases:,} cases",
                f"parsed {reached['tree']:,}, expanded {reached['graph']:,}, "
                f"checked {reached['checked']:,}, emitted {reached['emitted']:,}",
                f"without a word {self.clean:,}",
                f"diagnostics ({len(self.codes)} codes): {codes}",
                f"slowest {self.slowest[0]:.1f} s: {self.slowest[1]}",
                f"failures {sum(self.failures.values()):,}: {dict(self.failures)}",
            )
        )


def batch(seed: int, number: int, cases: int, failures: Path) -> Tally:
    tally = Tally()
    for case in range(cases):
        name = f"{seed}/{number}/{case}"
        data = broken(random.Random(name))
        begun = time.perf_counter()
        try:
            outcome = run(data, emit=case % 10 == 0)
        except Exception as error:
            _keep(data, failures)
            traceback.print_exception(error, limit=-6, file=sys.stderr)
            tally.failures[type(error).__name__] += 1
        else:
            tally.stages[outcome.stage] += 1
            tally.codes.update(set(outcome.codes))
            tally.clean += not outcome.codes
        tally.slowest = max(tally.slowest, (time.perf_counter() - begun, name))
        tally.cases += 1
    return tally


def _keep(data: bytes, failures: Path) -> None:
    failures.mkdir(parents=True, exist_ok=True)
    (failures / f"{sha256(data).hexdigest()[:12]}.cnn").write_bytes(data)


def batches(total: int) -> Iterator[tuple[int, int]]:
    for number, done in enumerate(range(0, total, BATCH)):
        yield number, min(BATCH, total - done)


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m tests.fuzzing", description=__doc__)
    parser.add_argument("--cases", type=int, default=100_000)
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--processes", type=int, default=2)
    parser.add_argument("--failures", type=Path, default=Path("build/fuzzing"))
    chosen = parser.parse_args()
    begun, tally = time.perf_counter(), Tally()
    with ProcessPoolExecutor(chosen.processes) as pool:
        waiting = [
            pool.submit(batch, chosen.seed, number, cases, chosen.failures)
            for number, cases in batches(chosen.cases)
        ]
        for done in waiting:
            tally.add(done.result())
            if tally.cases % (BATCH * 10) == 0:
                rate = tally.cases / (time.perf_counter() - begun)
                print(f"{tally.cases:,} cases, {rate:,.0f} a second", file=sys.stderr, flush=True)
    print(tally.shown())
    return 1 if tally.failures else 0


if __name__ == "__main__":
    sys.exit(main())
