"""Buffers: where values lie in the arena of one image, and how long each is held."""

import contextlib
import math
import mmap
from collections.abc import Sequence
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np

from backends.numpy.kernels.types import Array

Halo = tuple[int, int, int, int]
ALIGNMENT = 16  # floats: 64 bytes, a line of the cache


class Buffer(NamedTuple):
    """Height, width and channels of the maps, and the halo (top, bottom, left, right) of zeros
    around them, from `offset` floats after the start of an image's arena on."""

    offset: int
    volume: tuple[int, int, int]
    halo: Halo = (0, 0, 0, 0)


@dataclass(slots=True)
class Slot:
    """A buffer while the plan grows: it is held from level `first` to level `last`."""

    channels: int
    height: int = 0
    width: int = 0
    halo: Halo = (0, 0, 0, 0)
    first: int = 0
    last: int = -1

    def hold(self, level: int) -> None:
        self.first = level if self.last < 0 else min(self.first, level)
        self.last = max(self.last, level)

    @property
    def size(self) -> int:
        """Floats, rounded up to whole lines of the cache."""
        top, bottom, left, right = self.halo
        pixels = (top + self.height + bottom) * (left + self.width + right)
        return -(-pixels * self.channels // ALIGNMENT) * ALIGNMENT


def fitting(slots: Sequence[Slot], table: Sequence[Buffer]) -> list[Buffer]:
    """Give the buffers of the table where values of this size fit, else place them anew."""
    volumes = [(slot.height, slot.width, slot.channels) for slot in slots]
    for slot, volume, buffer in zip(slots, volumes, table, strict=True):
        wide = all(need <= had for need, had in zip(slot.halo, buffer.halo, strict=True))
        if volume != buffer.volume or not wide:
            offsets = placed(slots)
            halos = [slot.halo for slot in slots]
            return [Buffer(*each) for each in zip(offsets, volumes, halos, strict=True)]
    return list(table)


def placed(slots: Sequence[Slot]) -> list[int]:
    """Give each buffer an offset, the largest first, each as low as those around it allow.

    (Pisarchyk and Lee, "Efficient memory management for deep neural net inference", 2020.)
    """
    offsets = [0] * len(slots)
    done: list[int] = []
    for number in sorted(range(len(slots)), key=lambda each: -slots[each].size):
        slot, offset = slots[number], 0
        held = (each for each in done if not (slots[each].last < slot.first))
        beside = [each for each in held if not (slot.last < slots[each].first)]
        for each in sorted(beside, key=lambda other: offsets[other]):
            if offset + slot.size <= offsets[each]:
                break
            offset = max(offset, offsets[each] + slots[each].size)
        offsets[number] = offset
        done.append(number)
    return offsets


def own_array(shape: tuple[int, ...]) -> Array:
    """Zeros that begin with a page; a process that is forked from this one has a copy."""
    # Without `flags`, which only systems that can fork have, two processes would share them.
    private = getattr(mmap, "MAP_PRIVATE", 0) | getattr(mmap, "MAP_ANONYMOUS", 0)
    size = max(1, 4 * math.prod(shape))
    memory = mmap.mmap(-1, size, flags=private) if private else mmap.mmap(-1, size)
    if hasattr(mmap, "MADV_HUGEPAGE"):
        with contextlib.suppress(OSError):  # a system without them
            memory.madvise(mmap.MADV_HUGEPAGE)  # so that fewer pages are looked up
    return np.frombuffer(memory, np.float32, math.prod(shape)).reshape(shape)


def view_of(arena: Array, buffer: Buffer) -> Array:
    """A buffer of all images, in the arena: batch x floats."""
    (height, width, channels), (top, bottom, left, right) = buffer.volume, buffer.halo
    shape = (top + height + bottom, left + width + right, channels)
    end = buffer.offset + shape[0] * shape[1] * channels
    return arena[:, buffer.offset : end].reshape(len(arena), *shape)


def arena_size(buffers: Sequence[Buffer]) -> int:
    """Count the floats of one image's arena."""
    ends = [0]
    for offset, (height, width, channels), halo in buffers:
        ends.append(offset + Slot(channels, height, width, halo).size)
    return max(ends)
