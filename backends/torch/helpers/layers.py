"""A container of containers."""

from typing import Any

from torch import nn


class Layers(nn.ModuleDict):
    """An nn.ModuleDict of others: type checkers know that `layers["0"]["conv1"]` can be."""

    def __getitem__(self, key: str) -> Any:
        return super().__getitem__(key)
