"""The weights of a net, each held once: as it came, or in the order in which its layer reads it."""

from collections.abc import Callable, Iterator, Mapping
from typing import Any, NamedTuple, Protocol
from weakref import WeakValueDictionary

import numpy as np

from backends.numpy.kernels.types import Array

Shapes = Mapping[str, tuple[int, ...]]


class Order(Protocol):
    """How a layer's weights lie. It can be a key: orders that are equal make equal arrays."""

    def pack(self, weight: Array) -> Array:
        """Weights as they came, outputs first, or what `unpack` of an order of this kind gives."""
        ...

    def unpack(self, packed: Array, shape: tuple[int, ...]) -> Array:
        """Weights of this shape as they came, or what comes nearest to that."""
        ...


class Piece(NamedTuple):
    """Outputs of an array, from one number to before another, in an order; None: as they came."""

    outputs: tuple[int, int]
    order: Order | None
    array: Array


class Store(Mapping[str, Array]):
    """Weights by their keys, as they came. A layer takes its own in an order, which replaces them.

    Plans of several batches may want several orders of one array: the last is kept, and others
    live as long as a plan reads them. whole: nothing is replaced, for layers whose algorithm is to
    be found by trials.
    """

    def __init__(self, weights: Mapping[str, Array], whole: bool = False) -> None:
        self.whole = whole
        self.shapes: Shapes = {key: array.shape for key, array in weights.items()}
        self.held = {key: [Piece((0, len(each)), None, each)] for key, each in weights.items()}
        self.facts: dict[tuple[str, object], float] = {}
        self.groups: dict[str, list[Store]] = {}
        self.forget()

    def __getitem__(self, key: str) -> Array:
        """As it came. Raises KeyError where it is not held so, and cannot be made from what is."""
        made = self.unpacked(key)
        if made.shape != self.shapes[key]:
            raise KeyError(f"{key}: only what a layer made of it is held")
        return made

    def __iter__(self) -> Iterator[str]:
        return iter(self.held)

    def __len__(self) -> int:
        return len(self.held)

    def packed(self, key: str, order: Order, outputs: tuple[int, int] | None = None) -> Array:
        """An array in an order, or some of its outputs in one of their own.

        Once all outputs are had in orders, those are held in the place of what was before.
        """
        outputs = outputs or (0, self.shapes[key][0])
        made = self.made.setdefault(key, WeakValueDictionary())
        found = made.get((outputs, order))
        if found is None:
            kinds = {type(each.order) for each in self.held[key]}
            given = self[key] if kinds != {type(order)} else self.unpacked(key)
            found = made[outputs, order] = own_memory(order.pack(given[slice(*outputs)]))
            if not self.whole:
                pieces = [Piece(*each, array) for each, array in made.items()]
                self.held[key] = covering(pieces, self.shapes[key][0]) or self.held[key]
        return found

    def fact(self, key: str, about: object, tell: Callable[[Array], float]) -> float:
        """What a function tells of an array as it came, asked once."""
        if (key, about) not in self.facts:
            self.facts[key, about] = tell(self[key])
        return self.facts[key, about]

    def parts(self, path: str, count: int, groups: int = 1) -> list["Store"]:
        """The weights of a layer cut by their outputs, which this store then has no more.

        groups: of one part. Their filters become such that see the channels of all, with zeros for
        those of others.
        """
        if path not in self.groups:
            keys = [key for key in (f"{path}.weight", f"{path}.bias") if key in self.held]
            cuts = {key: np.split(self[key], count) for key in keys}
            filters = cuts[f"{path}.weight"]
            cuts[f"{path}.weight"] = [in_diagonal(each, groups) for each in filters]
            self.groups[path] = [
                Store({key: cut[group] for key, cut in cuts.items()}, self.whole)
                for group in range(count)
            ]
            for key in keys:
                del self.held[key]
        return self.groups[path]

    def unpacked(self, key: str) -> Array:
        _, *rest = self.shapes[key]
        pieces = [
            array if order is None else order.unpack(array, (end - start, *rest))
            for (start, end), order, array in self.held[key]
        ]
        return pieces[0] if len(pieces) == 1 else np.concatenate(pieces)

    @property
    def nbytes(self) -> int:
        """The bytes of what is held."""
        own = sum(piece.array.nbytes for pieces in self.held.values() for piece in pieces)
        return own + sum(each.nbytes for stores in self.groups.values() for each in stores)

    def forget(self) -> None:
        """Know no arrays but those that are held."""
        # By outputs and order; the plans that read an array keep it alive.
        self.made: dict[str, WeakValueDictionary[tuple[tuple[int, int], Order], Array]] = {}
        for key, pieces in self.held.items():
            for outputs, order, array in pieces:
                if order is not None:
                    self.made.setdefault(key, WeakValueDictionary())[outputs, order] = array

    def __getstate__(self) -> dict[str, Any]:
        names = ("whole", "shapes", "held", "facts", "groups")
        return {name: getattr(self, name) for name in names}

    def __setstate__(self, state: dict[str, Any]) -> None:
        self.__dict__.update(state)
        self.forget()


def covering(pieces: list[Piece], outputs: int) -> list[Piece]:
    """Pieces that together have all outputs once, the last made first asked; none if they lack."""
    found: list[Piece] = []
    reached = 0
    while reached < outputs:
        following = [each for each in pieces if each.outputs[0] == reached]
        if not following:
            return []
        found.append(following[-1])
        reached = following[-1].outputs[1]
    return found


def own_memory(array: Array) -> Array:
    """An array whose views keep it alive, and nothing else: a copy, if it is itself a view."""
    return array if array.base is None else array.copy()


def in_diagonal(weight: Array, groups: int) -> Array:
    """O x I x ... of groups one after the other as O x (groups * I) x ..., zero outside its own."""
    if groups == 1:
        return weight
    outputs, inputs, *kernel = weight.shape
    made = np.zeros((groups, outputs // groups, groups, inputs, *kernel), weight.dtype)
    own = weight.reshape(groups, outputs // groups, inputs, *kernel)
    for group in range(groups):
        made[group, :, group] = own[group]
    return made.reshape(outputs, groups * inputs, *kernel)
