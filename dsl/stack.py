"""Room on Python's stack, so that the language's limits hold wherever a stage is called from."""

from __future__ import annotations

import sys
from collections.abc import Callable
from functools import wraps
from threading import Lock
from typing import ParamSpec, TypeVar

# What the deepest program that the limits allow takes, and as much again.
FRAMES = 6_000

P = ParamSpec("P")
T = TypeVar("T")


class _Room:
    """The recursion limit, which all threads share: raised while any of them needs it."""

    def __init__(self) -> None:
        self.lock = Lock()
        self.inside = 0
        self.before = 0
        self.raised = 0

    def __enter__(self) -> None:
        wanted = _depth() + FRAMES
        with self.lock:
            limit = sys.getrecursionlimit()
            if self.inside == 0:
                self.before, self.raised = limit, 0
            self.inside += 1
            if limit < wanted:
                self.raised = wanted
                sys.setrecursionlimit(wanted)

    def __exit__(self, *_: object) -> None:
        with self.lock:
            self.inside -= 1
            if self.inside == 0 and sys.getrecursionlimit() == self.raised:
                sys.setrecursionlimit(self.before)


_room = _Room()


def roomy(function: Callable[P, T]) -> Callable[P, T]:
    """The function, called with room for the deepest program, however deep its caller stands."""

    @wraps(function)
    def call(*args: P.args, **kwargs: P.kwargs) -> T:
        with _room:
            return function(*args, **kwargs)

    return call


def _depth() -> int:
    frame, depth = sys._getframe(), 0
    while frame.f_back is not None:
        frame, depth = frame.f_back, depth + 1
    return depth
