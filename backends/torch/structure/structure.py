"""A flat network as one of parts: `structure(network, taken)`."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace

from backends.torch.network import Network, look_at
from backends.torch.site import Step
from backends.torch.structure.bodies import bodies
from backends.torch.structure.classes import BlockClass, classes
from backends.torch.structure.part import Part
from compiler.passes.drop_identity import drop_identity


def structure(network: Network, taken: Iterable[str]) -> tuple[Network, list[BlockClass]]:
    """The network in which each closed block is one layer, and the classes of these, inner ones
    first. `taken`: names that no class can have."""
    loose: set[str] = set()
    plain = look_at(drop_identity(network.graph), train=True)
    found = bodies(plain)
    made = classes(found, taken)
    while made.loose:
        found = bodies(plain, loose := {*loose, *made.loose})
        made = classes(found, taken)
    whole = look_at(found[""].graph, train=True)
    steps = {
        node: (Step(made.calls[op.path], None),)
        for node in whole.graph
        if isinstance(op := whole.graph[node].op, Part)
    }
    whole = replace(whole, steps={**whole.steps, **steps}, dropped=network.dropped)
    return whole, made.made
