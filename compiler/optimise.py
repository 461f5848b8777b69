"""The optimiser: the visible tuple of passes, each followed by a check."""

from __future__ import annotations

from collections.abc import Callable, Collection
from dataclasses import dataclass
from typing import Literal, TypeAlias

from compiler.check import CheckedGraph, check
from compiler.graph import Graph
from compiler.passes.drop_dropout import drop_dropout
from compiler.passes.drop_identity import drop_identity
from compiler.passes.drop_idle_activations import drop_idle_activations
from compiler.passes.drop_training import drop_training
from compiler.passes.drop_unchanged import drop_unchanged
from compiler.passes.fold_batch_norm import fold_batch_norm
from compiler.passes.fold_norm_before import fold_norm_before
from compiler.passes.fold_norm_behind_concat import fold_norm_behind_concat
from compiler.passes.fold_pad import fold_pad
from compiler.passes.fold_scale import fold_scale
from compiler.passes.fuse_elementwise import fuse_elementwise
from compiler.passes.remove_dead import remove_dead
from compiler.passes.share_equal_layers import share_equal_layers

Level: TypeAlias = Literal[0, 1, 2]
LEVELS: tuple[Level, ...] = (0, 1, 2)
Watch: TypeAlias = Callable[[str, Graph], None]


@dataclass(frozen=True, slots=True)
class Pass:
    """A pass, the level from which it runs, and the passes that stand before it: where these do not
    run, it does less, and nothing wrong.

    `fuses`: it makes Fused layers, for backends that compute them.
    """

    run: Callable[[Graph], Graph]
    level: Level
    after: tuple[Callable[[Graph], Graph], ...] = ()
    fuses: bool = False

    @property
    def name(self) -> str:
        return self.run.__name__


FOLDS = (fold_batch_norm, fold_scale, fold_norm_behind_concat, fold_norm_before)
PASSES: tuple[Pass, ...] = (
    Pass(drop_training, level=0),
    Pass(remove_dead, level=0, after=(drop_training,)),
    Pass(drop_identity, level=1),
    Pass(drop_dropout, level=1, after=(drop_training,)),
    Pass(drop_unchanged, level=1, after=(drop_identity, drop_dropout)),
    Pass(share_equal_layers, level=1, after=(drop_identity, drop_dropout, drop_unchanged)),
    Pass(drop_idle_activations, level=1, after=(share_equal_layers,)),
    Pass(fold_pad, level=1, after=(remove_dead, share_equal_layers)),
    Pass(fold_batch_norm, level=2, after=(drop_training, remove_dead, drop_identity, drop_dropout)),
    Pass(fold_scale, level=2, after=(fold_batch_norm,)),
    Pass(fold_norm_behind_concat, level=2, after=(fold_batch_norm, fold_scale)),
    Pass(fold_norm_before, level=2, after=(fold_pad, fold_batch_norm, fold_scale)),
    Pass(fuse_elementwise, level=2, after=(remove_dead, *FOLDS), fuses=True),
)


def nobody(name: str, graph: Graph) -> None:
    """Watches nothing."""


def chosen(level: Level, fuse: bool = False, without: Collection[str] = ()) -> tuple[Pass, ...]:
    """The passes that run. Raises ValueError where `without` names what is none."""
    names = [each.name for each in PASSES]
    for name in without:
        if name not in names:
            raise ValueError(f"{name!r} is no pass; these are: {', '.join(names)}")
    return tuple(
        each
        for each in PASSES
        if each.level <= level and (fuse or not each.fuses) and each.name not in without
    )


def optimise(
    checked: CheckedGraph,
    level: Level = 2,
    watch: Watch = nobody,
    fuse: bool = False,
    without: Collection[str] = (),
) -> CheckedGraph:
    """The graph for inference. Level 0 takes away what only training needs, 1 changes the structure
    and no weights, 2 weights too. `watch` is shown the graph after every pass. `fuse`: for a
    backend that computes Fused layers. `without`: names of passes that do not run.

    What a pass leaves as it is, is checked already. Raises ValueError as `chosen` does.
    """
    ran: list[str] = []
    for each in chosen(level, fuse, without):
        ran.append(each.name)
        graph = each.run(checked.graph)
        if graph is not checked.graph:
            checked = check(graph, ran)
        watch(each.name, checked.graph)
    return checked
