"""The nets of a file, for commands that look at all of them."""

from __future__ import annotations

from collections.abc import Sequence

from cnnc.pipeline import Journey
from compiler.expansion.program import net_names, settable


def nets(whole: Journey) -> list[Journey]:
    """The way of each net of a file, or of the one that is named; a file without nets has one way,
    which says so. What only some nets know is set in those.

    Raises CnnError where the file cannot be read as a program.
    """
    names: Sequence[str | None] = [whole.net] if whole.net else net_names(whole.tree)
    known = {net: _settable(whole, net) for net in names} if len(names) > 1 else {}
    anywhere = frozenset[str]().union(*known.values())
    ways = []
    for net in names or [None]:
        foreign = anywhere - known.get(net, anywhere)
        given = {name: value for name, value in whole.settings.items() if name not in foreign}
        ways.append(whole.to(net, given))
    return ways


def _settable(whole: Journey, net: str | None) -> frozenset[str]:
    if not whole.settings:
        return frozenset()
    return settable(whole.tree, whole.path, net, allow_paths=whole.allow_paths)
