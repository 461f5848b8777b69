"""The memory plan for inference: where each layer's value lies in one arena.

All sizes are in values (numbers, of whichever type) for one image.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from compiler.arena import arrange, extent
from compiler.graph import Graph
from compiler.sharing import Place, share, steps


@dataclass(frozen=True, slots=True)
class Buffer:
    """`size` values from `offset` on, held from step `first` to step `last`, both included.

    A step is a layer's turn in the graph's order, from 0. What the network returns is held until
    one step after the last.
    """

    offset: int
    size: int
    first: int
    last: int


@dataclass(frozen=True, slots=True)
class Plan:
    """`least`: the fewest values that must be held at once when layers run in this order.
    `arena`: the size of the one array in which every buffer has a fixed place.

    `places`: by node, its buffer and its first channel there; a branch of a CONCAT that is written
    straight into the CONCAT's buffer is a slice of channels. `live`: by node, the values held while
    it runs.
    """

    least: int
    arena: int
    buffers: tuple[Buffer, ...]
    places: Mapping[int, Place]
    live: Mapping[int, int]


def plan(graph: Graph) -> Plan:
    """Liveness and buffer sharing for one image, as PyTorch's eager mode and an arena cannot have.

    A layer holds what it reads, what it makes, and all that is read later; inputs are there from
    the beginning and belong to the caller, so nobody overwrites them; outputs stay to the end.
    Activations and BN work in place, ADD, MUL and MAX in one of their branches, where nobody reads
    the old values again. FLATTEN, RESHAPE, ID and DROPOUT are views: a backend with another order
    of axes reorders the weights that read them. A CONCAT copies nothing where its branches can be
    written into slices of its buffer: each is whole in a buffer of its own that is not the
    caller's, no other CONCAT has taken it, no view reads it as another volume, and holding the
    whole from the first branch on does not raise the peak (in a dense block it may: there one
    CONCAT copies).
    """
    sequence = steps(graph)
    unbounded = share(sequence)
    sharing = share(sequence, unbounded.least)
    if max(sharing.live) > unbounded.least:
        # A copy that holds both ends at once may cost more than an early buffer does.
        early = share(sequence, max(sharing.live))
        sharing = min(sharing, early, key=lambda each: max(each.live))
    offsets = arrange(sharing.buffers, sharing.live)
    return Plan(
        min(unbounded.least, sharing.least),
        extent(sharing.buffers, offsets),
        tuple(
            Buffer(offset, held.size, held.first, held.last)
            for held, offset in zip(sharing.buffers, offsets, strict=True)
        ),
        dict(zip(graph, sharing.places, strict=True)),
        dict(zip(graph, sharing.live, strict=True)),
    )
