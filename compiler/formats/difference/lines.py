"""The lines of a difference, shared by every format that people read."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Literal, TypeAlias

from compiler.difference.model import Block, Difference, Pair, Total
from compiler.report import Row

Sign: TypeAlias = Literal["+", "-", "~", " "]

TITLES = ("", "path", "layer", "output", "parameters", "±", "MACs", "±", "field")
NUMBERS_FROM = 4
_SIGNS: dict[str, Sign] = {"added": "+", "removed": "-", "same": " ", "affected": " "}
_COUNTED = ("changed", "moved", "renamed", "added", "removed", "affected", "same")


@dataclass(frozen=True, slots=True)
class Line:
    """One layer or block; `sign` is ` ` where only its numbers differ."""

    sign: Sign
    path: str
    text: str
    output: str
    numbers: tuple[str, ...]

    @property
    def cells(self) -> tuple[str, ...]:
        return (self.sign, self.path, self.text, self.output, *self.numbers)


@dataclass(frozen=True, slots=True)
class Gap:
    """Layers that are the same."""

    layers: int

    def __str__(self) -> str:
        are = "layer is" if self.layers == 1 else "layers are"
        return f"… {self.layers:,} {are} the same"


def lines(difference: Difference, depth: int | None = None) -> list[Line | Gap]:
    """In the order of the layers. Whole blocks are one line; with a depth, so are all layers whose
    paths agree in their first parts."""
    shown = _unfolded(difference) if depth is None else _folded(difference.pairs, depth)
    joined: list[Line | Gap] = []
    for each in shown:
        if isinstance(each, Gap) and joined and isinstance(joined[-1], Gap):
            joined[-1] = Gap(joined[-1].layers + each.layers)
        else:
            joined.append(each)
    return joined


def _unfolded(difference: Difference) -> list[Line | Gap]:
    pairs = difference.pairs
    heads = {block.pairs[0]: block for block in reversed(difference.blocks)}
    told: set[int] = set()
    shown: list[Line | Gap] = []
    for number, pair in enumerate(pairs):
        if number in heads and number not in told:
            block = heads[number]
            shown.append(_of_block(block, [pairs[each] for each in block.pairs]))
            told.update(each for each in block.pairs if pairs[each].status != "changed")
        if number in told:
            continue
        shown.append(Gap(1) if pair.status == "same" else _of_pair(pair))
    return shown


def _folded(pairs: Sequence[Pair], depth: int) -> list[Line | Gap]:
    groups: dict[str, list[Pair]] = {}
    for pair in pairs:
        groups.setdefault(".".join(pair.row.path.split(".")[:depth]), []).append(pair)
    return [_of_group(path, inside) for path, inside in groups.items()]


def _of_group(path: str, pairs: list[Pair]) -> Line | Gap:
    if all(pair.status == "same" for pair in pairs):
        return Gap(len(pairs))
    if len(pairs) == 1 and pairs[0].row.path == path:
        return _of_pair(pairs[0])
    kinds = [pair.status for pair in pairs]
    counts = [f"{kinds.count(kind)} {kind}" for kind in _COUNTED if kind in kinds]
    only = kinds[0] if len(set(kinds)) == 1 else "changed"
    sign = " " if set(kinds) <= {"same", "affected"} else _SIGNS.get(only, "~")
    text = f"{len(pairs):,} layers: {', '.join(counts)}"
    return Line(sign, path, text, _output(pairs), _numbers(pairs))


def _of_block(block: Block, pairs: list[Pair]) -> Line:
    times = max(len(block.old), len(block.new))
    many = f"{times} × " if times > 1 else ""
    size = f"{len(pairs):,} layers"
    text = f"{many}{block.name}, {size}" if block.name else f"{many and f'{times} blocks, '}{size}"
    if block.status in ("moved", "renamed"):
        is_both = any(pair.moved for pair in pairs) and any(pair.renamed for pair in pairs)
        text += ", moved and renamed" if is_both else f", {block.status}"
    path = _changed(_span(block.old), _span(block.new))
    return Line(_SIGNS.get(block.status, "~"), path, text, _output(pairs), _numbers(pairs))


def _span(paths: tuple[str, ...]) -> str:
    return paths[0] if len(paths) == 1 else f"{paths[0]} … {paths[-1]}" if paths else ""


def _of_pair(pair: Pair) -> Line:
    row = pair.row
    path = row.path
    if pair.renamed and pair.old is not None:
        path = _changed(pair.old.path, path)
    return Line(_SIGNS.get(pair.status, "~"), path, layer(pair), _output([pair]), _numbers([pair]))


def layer(pair: Pair) -> str:
    """The call, or what changed of it: `CONV k 5 → 3, stride 1 → 2, moved`."""
    notes = [str(each) for each in pair.arguments]
    notes += ["moved"] * pair.moved + ["renamed"] * pair.renamed
    if pair.old is None or pair.new is None or not notes:
        return str(pair.row.layer)
    is_replaced = any(not each.name for each in pair.arguments)
    name = pair.row.op if pair.arguments else str(pair.row.layer)
    return ", ".join(notes) if is_replaced else f"{name} {', '.join(notes)}"


def _output(pairs: Sequence[Pair]) -> str:
    old = [pair.old for pair in pairs if pair.old is not None]
    new = [pair.new for pair in pairs if pair.new is not None]
    return _changed(str(old[-1].volume) if old else "", str(new[-1].volume) if new else "")


def _numbers(pairs: Sequence[Pair]) -> tuple[str, ...]:
    cells: list[str] = []
    for of in (_parameters, _macs):
        before, after = _sum(pairs, of, "old"), _sum(pairs, of, "new")
        gone = all(pair.new is None for pair in pairs)
        cells += ["" if gone else f"{after:,}", signed(after - before) if after != before else ""]
    old = next((pair.old for pair in reversed(pairs) if pair.old is not None), None)
    new = next((pair.new for pair in reversed(pairs) if pair.new is not None), None)
    return (*cells, _changed(_field(old), _field(new)))


def _parameters(row: Row) -> int:
    return row.parameters


def _macs(row: Row) -> int:
    return row.macs


def _sum(pairs: Sequence[Pair], of: Callable[[Row], int], side: Literal["old", "new"]) -> int:
    rows = [pair.old if side == "old" else pair.new for pair in pairs]
    return sum(of(row) for row in rows if row is not None)


def _field(row: Row | None) -> str:
    if row is None:
        return ""
    return "all" if row.receptive_field is None else f"{row.receptive_field:,}"


def _changed(old: str, new: str) -> str:
    return f"{old} → {new}" if old and new and old != new else new or old


def signed(number: int) -> str:
    return f"{number:+,}"


def total_cells(total: Total) -> tuple[str, ...]:
    """Title, before, after, change, per cent."""
    numbers = ["" if each is None else f"{each:,}" for each in (total.old, total.new)]
    change = "" if not total.change else signed(total.change)
    return (total.title, *numbers, change, percent(total))


def percent(total: Total) -> str:
    """Signed; of large growth as a factor, which is easier to read than thousands of per cent, and
    of a fall that would be rounded to all of it."""
    if not total.change or total.percent is None or not total.old or total.new is None:
        return ""
    if total.new >= 10 * total.old:
        return f"x {total.new / total.old:,.1f}"
    if total.new and total.percent <= -99.95:
        return f"/ {total.old / total.new:,.1f}"
    return f"{total.percent:+,.1f} %" if abs(total.percent) >= 0.05 else f"{total.percent:+.1g} %"
