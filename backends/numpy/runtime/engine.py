"""The engine: makes a plan for each batch and size that is met, and runs it."""

import os
import threading
import weakref
from collections import OrderedDict
from collections.abc import Callable, Mapping, Sequence
from typing import Any, ClassVar

from backends.numpy.kernels.types import Array
from backends.numpy.runtime.buffers import Buffer
from backends.numpy.runtime.lanes import usual_lanes
from backends.numpy.runtime.plan import Plan, Setup
from backends.numpy.runtime.planner import Planner
from backends.numpy.runtime.store import Store

KEPT_PLANS = 4


class Engine:
    """Runs a net whose `layers` tell a planner what is computed; safe in threads: they take turns.

    A plan belongs to a batch and the sizes of the inputs; the last few are kept. A process that is
    forked goes on with its own copy of them, or where lanes are processes makes them anew.
    """

    forkable: ClassVar["weakref.WeakSet[Engine] | None"] = None

    def __init__(
        self,
        layers: Callable[[Planner], None],
        buffers: Sequence[Buffer],
        weights: Mapping[str, Array],
        *,
        lanes: int | str | None = None,
        exact: bool = False,
        tune: bool = False,
    ) -> None:
        """Raises ValueError for lanes that are no number from 1 on, nor "fork"."""
        forked = lanes == "fork"
        count = usual_lanes() if forked or lanes is None else lanes
        if not isinstance(count, int) or count < 1:
            raise ValueError(f"lanes={lanes!r}: a number from 1 on, or 'fork'")
        store = weights if isinstance(weights, Store) else Store(weights, whole=tune)
        self.setup = Setup(layers, buffers, store, count, forked, exact, tune)
        self.plans: OrderedDict[object, Plan] = OrderedDict()
        self.lock = threading.Lock()
        if Engine.forkable is None:
            Engine.forkable = weakref.WeakSet()
            if hasattr(os, "register_at_fork"):
                os.register_at_fork(after_in_child=Engine.start_all_over)
        Engine.forkable.add(self)

    def start_over(self) -> None:
        """In a process that was forked, perhaps in the middle of a run."""
        self.lock = threading.Lock()
        if self.setup.forked:
            self.plans = OrderedDict()  # their lanes and their arena are the other process's

    @staticmethod
    def start_all_over() -> None:
        for engine in Engine.forkable or ():
            engine.start_over()

    def __getstate__(self) -> dict[str, Any]:
        """All but plans, which are made again when they are needed."""
        setup = self.setup
        lanes = "fork" if setup.forked else setup.lanes
        options = {"lanes": lanes, "exact": setup.exact, "tune": setup.tune}
        return {"given": (setup.layers, setup.table, setup.weights), "options": options}

    def __setstate__(self, state: Mapping[str, Any]) -> None:
        Engine.__init__(self, *state["given"], **state["options"])

    def __call__(self, *inputs: Array) -> dict[str, Array]:
        """Compute the outputs, by name, for inputs of N x C x H x W."""
        batches = {len(each) for each in inputs}
        if len(batches) != 1:
            raise ValueError(f"the inputs hold {sorted(batches)} images; expected as many in each")
        with self.lock:
            return self._plan(batches.pop(), tuple(each.shape[1:] for each in inputs)).run(inputs)

    def _plan(self, batch: int, shapes: tuple[tuple[int, ...], ...]) -> Plan:
        """The plan for a batch of inputs of channels x height x width."""
        key = (batch, shapes)
        if key not in self.plans:
            if len(self.plans) >= KEPT_PLANS:
                self.plans.popitem(last=False)[1].close()
            self.plans[key] = Plan(self.setup, batch, shapes)
        self.plans.move_to_end(key)
        return self.plans[key]
