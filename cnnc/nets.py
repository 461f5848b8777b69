"""The nets of a file, for commands that look at all of them."""

from __future__ import annotations

from collections.abc import Mapping

from cnnc.pipeline import Journey
from compiler.expansion.names import Told
from compiler.expansion.program import net_names, settable


def nets(whole: Journey) -> list[Journey]:
    """The way of each net of a file, or of the one that is named; a file without nets has one way,
    which says so. What only some nets know is set in those.

    Raises CnnError where the file cannot be read as a program.
    """
    names = chosen(whole)
    known = known_settings(whole) if whole.settings and len(names) > 1 else {}
    anywhere = frozenset[str]().union(*known.values())
    ways: list[Journey] = []
    unreached: Told = "all" if len(names) <= 1 else "blocks"
    for net in names or (None,):
        foreign = anywhere - known.get(net or "", anywhere)
        given = {name: value for name, value in whole.settings.items() if name not in foreign}
        ways.append(whole.to(net, given, unreached))
        unreached = "nothing"  # it was told by the first, and each net goes its own way
    return ways


def chosen(whole: Journey) -> list[str]:
    """The net that is named, or all nets of the file."""
    return [whole.net] if whole.net else net_names(whole.tree)


def known_settings(whole: Journey) -> Mapping[str, frozenset[str]]:
    """What each of these nets can be set."""
    return {
        net: settable(whole.tree, whole.path, net, allow_paths=whole.allow_paths)
        for net in chosen(whole)
    }
