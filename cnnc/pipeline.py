"""The journey of a program, stage by stage. The only place that chains them.

text -> tree -> graph -> checked graph -> optimised graph -> source
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field, replace
from functools import cached_property
from pathlib import Path
from typing import Literal, TypeAlias

from backends.header import About
from cnnc.version import VERSION
from compiler.check import CheckedGraph, check
from compiler.drawing.look import USUAL, Look
from compiler.expansion.elaborate import MAX_LAYERS
from compiler.expansion.modules import Texts
from compiler.expansion.names import Told
from compiler.expansion.program import expand
from compiler.features import select
from compiler.graph import Graph
from compiler.optimise import Level, Watch, nobody, optimise
from compiler.report import ONE_IMAGE, Measure, Report, Stage, report
from dsl.parser import parse
from dsl.source import Source
from dsl.stack import roomy
from dsl.syntax import Module

Backend: TypeAlias = Literal["numpy", "torch"]


@dataclass(frozen=True)
class Journey:
    """One net of one program on its way; every stage is made once, when it is first asked for.

    `texts`: those of used files that need not be read. `allow_paths`: folders beside the project's
    in which used files may lie. `features`: layers whose values inference returns, in the place of
    the program's outputs. `unreached`: what of the file the net never names, and is yet looked at
    for unknown names.
    """

    source: Source
    path: Path | None
    net: str | None
    settings: Mapping[str, object]
    max_layers: int = MAX_LAYERS
    texts: Texts = field(default_factory=dict, repr=False)
    allow_paths: tuple[Path, ...] = ()
    features: tuple[str, ...] = ()
    unreached: Told = "all"

    def to(
        self, net: str | None, settings: Mapping[str, object], unreached: Told = "all"
    ) -> Journey:
        """The way of another net of the same program, which is not parsed again."""
        other = replace(self, net=net, settings=settings, unreached=unreached)
        other.__dict__["tree"] = self.tree  # where cached_property keeps it
        return other

    @cached_property
    def tree(self) -> Module:
        return parse(self.source)

    @cached_property
    def graph(self) -> Graph:
        return expand(
            self.tree,
            self.path,
            self.net,
            self.settings,
            self.max_layers,
            self.texts,
            allow_paths=self.allow_paths,
            unreached=self.unreached,
        )

    @cached_property
    def checked(self) -> CheckedGraph:
        return check(self.graph)

    @cached_property
    def returning(self) -> CheckedGraph:
        """With the features as outputs. Raises ValueError where there are none of these names."""
        if not self.features:
            return self.checked
        return check(select(self.checked.graph, self.features), ["select"])

    @cached_property
    def inference(self) -> CheckedGraph:
        """As the program wrote it, without what only training needs."""
        return optimise(self.returning, level=0)

    def optimised(
        self,
        level: Level,
        watch: Watch | None = None,
        *,
        fuse: bool = False,
        without: Collection[str] = (),
    ) -> CheckedGraph:
        """`fuse`: with Fused layers, as the NumPy backend computes them. `without`: names of passes
        that do not run."""
        return optimise(self.returning, level, watch or nobody, fuse, without)

    @roomy
    def report(self, stage: Stage = "source", measure: Measure = ONE_IMAGE) -> Report:
        """What a graph holds and costs."""
        return report(self.at(stage), self.source.name, stage, measure)

    def at(self, stage: Stage) -> CheckedGraph:
        """As the program wrote it for inference, optimised, or with what only training needs."""
        graphs = {
            "source": lambda: self.inference,
            "optimised": lambda: self.optimised(2),
            "training": lambda: self.checked,
        }
        return graphs[stage]()

    @roomy
    def page(
        self, stage: Stage = "source", measure: Measure = ONE_IMAGE, depth: int | None = None
    ) -> str:
        """The report and the network's drawing as one HTML file."""
        from compiler.formats.page.report import page  # what draws is slow to import

        checked = self.at(stage)
        return page(report(checked, self.source.name, stage, measure), checked.graph, depth)

    def drawing(self, stage: Stage = "source", look: Look = USUAL) -> str:
        """The text of the network's picture."""
        from compiler.drawing.picture import picture  # a score of files that few commands need

        return picture(self.at(stage).graph, look)

    def modules(self, stage: Stage = "source") -> frozenset[str]:
        """The layers that the PyTorch code of a stage holds as modules, not as functions."""
        from backends.torch.held import held  # templates are slow to import, and few need this

        if stage == "optimised":
            return held(self.optimised(2), structured=False)
        return held(self.inference, structured=True)

    @roomy
    def emit(
        self,
        backend: Backend,
        level: Level,
        train: bool,
        weights_file: str | None = None,
        without: Collection[str] = (),
    ) -> str:
        """Raises ValueError for an unknown backend, level or pass, where the backend cannot train,
        where passes are named that a training graph does not go through, and for unknown features.
        """
        if backend not in ("numpy", "torch") or level not in (0, 1, 2):
            raise ValueError(f"no backend {backend!r} with level {level!r}: numpy or torch, 0 to 2")
        if train and without:
            raise ValueError("the training graph is not optimised: no pass to do without")
        if train and self.features:
            raise ValueError("features are for inference: the training graph returns its outputs")
        # Templates and NumPy are slow to import, and `check` and `report` need neither.
        if backend == "numpy":
            from backends.numpy.emit import emit as emit_numpy

            if train:
                raise ValueError("the NumPy backend does not train")
            about = self.about(train=False)
            fast = level == 2
            checked = self.optimised(level, fuse=fast, without=without)
            return emit_numpy(checked, about, fast=fast, weights_file=weights_file)
        from backends.torch.emit import emit as emit_torch

        checked = self.checked if train else self.optimised(level, without=without)
        return emit_torch(
            checked,
            self.about(train),
            train=train,
            structured=train or level < 2,
            weights_file=weights_file,
        )

    @cached_property
    def dropped_weights(self) -> tuple[str, ...]:
        """Keys of the program's weights that inference has no use for: those of training heads."""
        kept = self.inference.graph.weight_shapes()
        return tuple(key for key in self.graph.weight_shapes() if key not in kept)

    def about(self, train: bool) -> About:
        totals = self.report("training" if train else "source").totals
        counts = {
            "parameters": totals.parameters,
            "macs": totals.macs,
            "activations": totals.activations,
        }
        return About(
            source=self.source.name,
            params=self.graph.params,
            version=VERSION,
            totals=counts,
            doc=self.graph.doc,
            dropped_weights=() if train else self.dropped_weights,
        )
