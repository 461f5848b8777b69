"""A bench as JSON. `bench.schema.json` beside this file is its JSON Schema."""

from __future__ import annotations

import json as codec

from cnnc.benching.agreement import TOLERANCE
from cnnc.benching.bench import Bench, Entry
from cnnc.benching.names import REFERENCE

FORMAT = "cnnc-bench/1"


def json(bench: Bench) -> str:
    """Times in seconds, round by round."""
    asked, on = bench.asked, bench.machine
    content = {
        "format": FORMAT,
        "net": bench.net,
        "source": bench.source,
        "settings": dict(bench.settings),
        "inputs": [list(shape) for shape in bench.shapes],
        "threads": asked.threads,
        "rounds": asked.rounds,
        "weights": None if asked.weights is None else str(asked.weights),
        "seed": asked.seed,
        "tolerance": TOLERANCE,
        "reference": REFERENCE if any(e.name == REFERENCE for e in bench.entries) else None,
        "machine": {
            "processor": on.processor,
            "cores": on.cores,
            "system": on.system,
            "blas_threads": bench.blas,
            "versions": dict(on.versions),
        },
        "contenders": [_entry(bench, each) for each in bench.entries],
        "left_out": [{"name": n, "reason": reason} for n, reason in bench.left_out.items()],
    }
    return codec.dumps(content, indent=2) + "\n"


def _entry(bench: Bench, entry: Entry) -> dict[str, object]:
    ratios = bench.ratios(entry)
    return {
        "name": entry.name,
        "what": entry.what,
        "minimum": entry.minimum,
        "median": entry.median,
        "ratio": None if ratios is None else {"of_minima": ratios[0], "median": ratios[1]},
        "difference": {
            "largest": entry.difference.largest,
            "relative": entry.difference.relative,
        },
        "construction": entry.construction,
        "first_call": entry.first_call,
        "times": list(entry.times),
    }
