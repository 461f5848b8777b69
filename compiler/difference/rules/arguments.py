"""Arguments that were changed, where no other rule tells of them."""

from __future__ import annotations

from collections import Counter

from compiler.difference.model import Pair
from compiler.difference.rules.sight import Sight, listed, some

MOST_NAMED = 3
# Of many layers these are told by rules of their own: windows, widths, groups and so on.
_TOLD = ("out", "volume", "groups", "dilation", "p", "inputs", "")


def arguments(sight: Sight) -> list[str]:
    """Of a few layers all that changed; of many how often each argument did."""
    if not sight.is_small:
        return []
    changed = [pair for pair in sight.pairs if pair.status == "changed"]
    if len(changed) <= MOST_NAMED:
        return [f"{pair.row.path}: {_said(pair)}." for pair in changed if _said(pair)]
    counts = Counter(
        (each.name, pair.row.op)
        for pair in changed
        for each in pair.arguments
        if each.name not in _TOLD
    )
    found = [f"{name} of {times:,} {op}" for (name, op), times in counts.most_common()]
    return [f"Changed arguments: {some(found, 6)}."] if found else []


def _said(pair: Pair) -> str:
    return listed(str(each) for each in pair.arguments if each.name != "inputs")
