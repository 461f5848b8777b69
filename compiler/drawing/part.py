"""What a picture shows: parts, which may hold parts, and the wires between them."""

from __future__ import annotations

from dataclasses import dataclass

from compiler.volume import Volume

OUTSIDE = -1


@dataclass(frozen=True, slots=True)
class Wire:
    """A value on its way between two items of one part.

    `source` and `target` are indices of items. `exit` is the index among the source's exits and
    `entry` the index among the target's entries. A wire from OUTSIDE begins at the part's own entry
    of index `exit`; one to OUTSIDE ends at the part's own exit of index `entry`.
    """

    source: int
    exit: int
    target: int
    entry: int


@dataclass(frozen=True, slots=True)
class Part:
    """A layer with what joined it, a scope, or a run of equal ones; folded where `items` is empty.

    path      of the first layer, or of the scope; "" for the network
    name      the path within the surrounding part
    kind      the family of the operator: `convolution`, `pooling`, ...; `block`, `group`, `net`
    call      the operator as papers write it, such as `CONV 64, 7×7/2`, or the block's name
    joined    the operators that joined the layer: `BN`, `RELU`
    volume    what flows out; in a run, of the first member
    last      what flows out of the last member of a run; else `volume`
    members   the paths of all layers of a box, or of all members of a run; else `path` alone
    count     how many members a run has; else 1
    layers, parameters, macs   of all that it holds, all members of a run together
    varies    within a run: parameters and macs are those of the first member, others have others
    entries, exits   how many values come in (arguments of a layer) and go out
    around    of a run that stands for a whole scope: the block that opened the scope
    outputs   names of the network's outputs that are among the exits
    """

    path: str
    name: str
    kind: str
    call: str
    written: str
    joined: tuple[str, ...]
    volume: Volume
    last: Volume
    members: tuple[str, ...]
    count: int
    layers: int
    parameters: int
    macs: int
    entries: int
    exits: int
    varies: bool = False
    around: str = ""
    outputs: tuple[str, ...] = ()
    items: tuple[Part, ...] = ()
    wires: tuple[Wire, ...] = ()
