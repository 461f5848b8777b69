"""The engine: makes a plan for each batch and size that is met, and runs it."""

import os
import threading
from collections import OrderedDict
from collections.abc import Callable, Mapping, Sequence
from typing import Any

from backends.numpy.kernels.types import Array
from backends.numpy.runtime.buffers import Buffer
from backends.numpy.runtime.plan import Plan, Setup
from backends.numpy.runtime.planner import Planner

KEPT_PLANS = 4


class Engine:
    """Runs a net whose `layers` tell a planner what is computed; safe in threads: they take turns.

    A plan belongs to a batch and the sizes of the inputs; the last few are kept.
    """

    def __init__(
        self,
        layers: Callable[[Planner], None],
        buffers: Sequence[Buffer],
        weights: Mapping[str, Array],
        *,
        lanes: int | None = None,
        exact: bool = False,
    ) -> None:
        self.setup = Setup(layers, buffers, weights, lanes or processors(), exact=exact)
        self.plans: OrderedDict[object, Plan] = OrderedDict()
        self.lock = threading.Lock()

    def __getstate__(self) -> dict[str, Any]:
        """All but plans, which are made again when they are needed."""
        setup = self.setup
        options = {"lanes": setup.lanes, "exact": setup.exact}
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


def processors() -> int:
    """Count the processors that this process may use."""
    if hasattr(os, "sched_getaffinity"):
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1
