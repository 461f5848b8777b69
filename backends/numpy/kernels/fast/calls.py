"""Calls: the fast form runs lists of NumPy calls on views, made ready once."""

from collections.abc import Callable

Call = Callable[[], object]
