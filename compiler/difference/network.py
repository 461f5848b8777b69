"""What can be seen of a network in its report: its layers by kind, its branches, its depth."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

from compiler.difference.forks import ROOT, forks
from compiler.op import Op
from compiler.ops.convolution import Conv, DepthwiseConv, TransposedConv
from compiler.ops.linear import FullyConnected
from compiler.ops.merge import Add, Concat, Mul
from compiler.ops.pooling import AvgPool, GlobalAvgPool, MaxPool
from compiler.report import Report, Row

Convolution = Conv | DepthwiseConv | TransposedConv
Pool = MaxPool | AvgPool


@dataclass(frozen=True, slots=True)
class Branch:
    """The layers between a merge's fork and the merge, in order; what lies within a merge on the
    way is left out. `direct`: nothing is computed on it."""

    rows: tuple[Row, ...]

    @property
    def convolutions(self) -> tuple[Row, ...]:
        return tuple(row for row in self.rows if isinstance(row.layer, Convolution))

    @property
    def direct(self) -> bool:
        return all(row.layer.identity_at_inference for row in self.rows)


@dataclass(frozen=True, slots=True)
class Merge:
    """`forked`: its branches start from one layer, not from several inputs."""

    row: Row
    branches: tuple[Branch, ...]
    forked: bool


@dataclass(frozen=True)
class Network:
    report: Report

    @property
    def rows(self) -> tuple[Row, ...]:
        return self.report.rows

    def of(self, *ops: type[Op]) -> list[Row]:
        """The layers of some operators, those that are derived from them included."""
        return [row for row in self.rows if isinstance(row.layer, ops)]

    @cached_property
    def convolutions(self) -> list[Row]:
        return self.of(Conv, DepthwiseConv, TransposedConv)

    @cached_property
    def connected(self) -> list[Row]:
        return self.of(FullyConnected)

    @cached_property
    def pools(self) -> list[Row]:
        """Those with a window."""
        return self.of(MaxPool, AvgPool)

    @cached_property
    def numbers(self) -> dict[str, int]:
        return {row.path: number for number, row in enumerate(self.rows)}

    @cached_property
    def inputs(self) -> list[list[int]]:
        return [[self.numbers[source] for source in row.sources] for row in self.rows]

    @cached_property
    def readers(self) -> list[list[int]]:
        found: list[list[int]] = [[] for _ in self.rows]
        for number, sources in enumerate(self.inputs):
            for source in sources:
                found[source].append(number)
        return found

    @cached_property
    def forks(self) -> list[int]:
        return forks(self.inputs)

    @cached_property
    def depth(self) -> int:
        """Convolutions and FC layers on the longest path, as papers count layers."""
        depths: list[int] = []
        for row, sources in zip(self.rows, self.inputs, strict=True):
            own = isinstance(row.layer, Convolution | FullyConnected)
            depths.append(max((depths[source] for source in sources), default=0) + own)
        return max(depths, default=0)

    @cached_property
    def merges(self) -> list[Merge]:
        """Every merge of two or more branches, with what lies on them."""
        return [
            Merge(
                row,
                tuple(self._branch(source, self.forks[number]) for source in sources),
                self.forks[number] != ROOT,
            )
            for number, (row, sources) in enumerate(zip(self.rows, self.inputs, strict=True))
            if len(sources) > 1
        ]

    def _branch(self, number: int, fork: int) -> Branch:
        rows = []
        while number not in (fork, ROOT):
            rows.append(self.rows[number])
            sources = self.inputs[number]
            number = sources[0] if len(sources) == 1 else self.forks[number]
        return Branch(tuple(reversed(rows)))

    @cached_property
    def shortcuts(self) -> list[Merge]:
        """Residual connections: sums of a branch with convolutions and one that is direct, or a
        single 1x1 convolution beside a longer branch."""
        sums = (merge for merge in self.merges if isinstance(merge.row.layer, Add))
        return [merge for merge in sums if _short(merge)]

    @cached_property
    def kept(self) -> list[Merge]:
        """Concatenations of what flows in with what is computed of it (DenseNet)."""
        found = [merge for merge in self.merges if isinstance(merge.row.layer, Concat)]
        return [
            merge
            for merge in found
            if any(each.direct for each in merge.branches)
            and any(each.convolutions for each in merge.branches)
        ]

    @cached_property
    def parallel(self) -> list[Merge]:
        """Concatenations of branches of which two or more have convolutions and none is direct."""
        return [
            merge
            for merge in self.merges
            if isinstance(merge.row.layer, Concat)
            and sum(bool(each.convolutions) for each in merge.branches) > 1
            and not any(each.direct for each in merge.branches)
        ]

    @cached_property
    def gates(self) -> list[Row]:
        """Products that weigh whole channels (Hu et al., Squeeze-and-excitation networks, 2017)."""
        return [
            row
            for row in self.of(Mul)
            if row.volume.spatial != (1, 1) and any(v.spatial == (1, 1) for v in row.inputs)
        ]

    @cached_property
    def classifying(self) -> list[Row]:
        """FC layers and global means that are no part of a gate."""
        gates = {row.path for row in self.gates}
        within = {
            row.path
            for merge in self.merges
            if merge.row.path in gates
            for source, branch in zip(merge.row.inputs, merge.branches, strict=True)
            if source.spatial == (1, 1)
            for row in branch.rows
        }
        return [row for row in self.of(FullyConnected, GlobalAvgPool) if row.path not in within]

    def following(self, row: Row) -> Row | None:
        """The convolution that alone reads a layer, through what has neither weights nor windows
        or only normalises."""
        readers = self.readers[self.numbers[row.path]]
        while len(readers) == 1:
            row = self.rows[readers[0]]
            if isinstance(row.layer, Convolution):
                return row
            if not row.layer.in_place:
                return None
            readers = self.readers[readers[0]]
        return None

    def _before_larger(self, row: Row) -> bool:
        """A 1x1 convolution that a larger window, and no depthwise one, alone reads."""
        following = self.following(row) if is_pointwise(row) else None
        return (
            following is not None
            and isinstance(following.layer, Conv)
            and window(following) != (1, 1)
            and not is_depthwise(following)
        )

    @cached_property
    def bottlenecks(self) -> list[Row]:
        """1x1 convolutions, each before a larger window and, behind it, a 1x1 that widens."""
        found = []
        for row in filter(self._before_larger, self.convolutions):
            middle = self.following(row)
            last = None if middle is None else self.following(middle)
            if last is not None and is_pointwise(last) and last.volume.c > last.inputs[0].c:
                found.append(row)
        return found

    @cached_property
    def narrowing(self) -> list[Row]:
        """1x1 convolutions to fewer channels before a larger window; not those of bottlenecks."""
        units = {row.path for row in self.bottlenecks}
        return [
            row
            for row in filter(self._before_larger, self.convolutions)
            if row.volume.c < row.inputs[0].c and row.path not in units
        ]

    @cached_property
    def inverted(self) -> list[Row]:
        """1x1 convolutions to more channels, a depthwise one, a 1x1 back to fewer (MobileNetV2)."""
        found = []
        for row in self.convolutions:
            middle = self.following(row)
            last = None if middle is None else self.following(middle)
            if (
                is_pointwise(row)
                and row.volume.c > row.inputs[0].c
                and middle is not None
                and is_depthwise(middle)
                and last is not None
                and is_pointwise(last)
                and last.volume.c < row.volume.c
            ):
                found.append(row)
        return found


def _short(merge: Merge) -> bool:
    if not merge.forked:
        return False
    lengths = [len(each.convolutions) for each in merge.branches]
    longest = max(lengths)
    if any(each.direct for each in merge.branches):
        return longest > 0
    return longest > 1 and any(
        len(each.convolutions) == 1 and is_pointwise(each.convolutions[0])
        for each in merge.branches
    )


def window(row: Row) -> tuple[int, int]:
    assert isinstance(row.layer, Convolution | Pool)
    return row.layer.k


def stride(row: Row) -> tuple[int, int]:
    assert isinstance(row.layer, Convolution | Pool)
    return row.layer.stride


def look(row: Row) -> str:
    """`3x3 at stride 2`, of a convolution or a pool."""
    down, across = stride(row)
    step = str(down) if down == across else f"{down}x{across}"
    return f"{'x'.join(map(str, window(row)))} at stride {step}"


def is_pointwise(row: Row) -> bool:
    layer = row.layer
    return isinstance(layer, Conv) and layer.k == (1, 1) and layer.groups == 1


def is_depthwise(row: Row) -> bool:
    layer = row.layer
    if isinstance(layer, DepthwiseConv):
        return True
    return isinstance(layer, Conv) and layer.groups == row.inputs[0].c > 1
