"""What a change costs, in a sentence."""

from __future__ import annotations

from compiler.difference.rules.sight import Sight, plain
from compiler.measured import memory
from compiler.report import Training


def cost(sight: Sight) -> list[str]:
    """Parameters and MACs, and the peak of memory where both are known."""
    old, new = sight.old.report, sight.new.report
    parameters = compared(old.totals.parameters, new.totals.parameters, "parameters")
    macs = compared(old.totals.macs, new.totals.macs, "MACs")
    more = new.totals.parameters - old.totals.parameters, new.totals.macs - old.totals.macs
    joined = "with" if min(more) < 0 < max(more) else "and"
    said = [_capital(f"{parameters} {joined} {macs}.")]
    if memory(old) and memory(new) and memory(old) != memory(new):
        is_trained = isinstance(new.memory, Training)
        what = "Memory of a training step" if is_trained else "Peak memory of values"
        said.append(f"{what}: {compared(memory(old), memory(new), 'bytes')}.")
    return said


def compared(old: int, new: int, what: str) -> str:
    """`24 times fewer parameters`, `3.1 % more MACs`, `as many parameters`."""
    if old == new:
        return f"as many {what}"
    if not old or not new:
        return f"{new:,} {what} instead of {old:,}"
    if new >= 2 * old:
        return f"{plain(new / old)} times the {what}"
    if old >= 2 * new:
        return f"{plain(old / new)} times fewer {what}"
    share = 100 * abs(new - old) / old
    amount = f"{share:.1f} %" if share >= 0.05 else f"{abs(new - old):,}"
    return f"{amount} {'more' if new > old else 'fewer'} {what}"


def _capital(text: str) -> str:
    return text[:1].upper() + text[1:]
