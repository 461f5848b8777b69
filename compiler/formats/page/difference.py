"""A difference as one HTML file: what changed in words, totals, both drawings, and every layer."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from html import escape

from compiler.difference.model import Block, Difference, Pair, Status
from compiler.difference.nets import Comparison
from compiler.drawing.labels import kind
from compiler.drawing.labels import volume as written_volume
from compiler.formats.difference.lines import layer, total_cells
from compiler.formats.page.document import document, filled
from compiler.formats.page.drawing import drawing
from compiler.formats.page.report import about, bars, items, metrics, pane, quantity
from compiler.graph import Call, Graph, Node
from compiler.metrics import METRICS
from compiler.report import Report, Row
from dsl.source import Source, Span

QUIET = ("same", "affected")
FEWEST = 4  # layers of which only numbers differ that are folded
FOLLOWS = ("flops", "activation_bytes")  # from MACs and activations
ARROWS = ("\N{BLACK RIGHT-POINTING SMALL TRIANGLE}", "\N{BLACK DOWN-POINTING SMALL TRIANGLE}")
SCRIPTS = ("pairs.js", "difference.js")


def page(comparison: Comparison) -> str:
    """Nets that changed come first."""
    shown = sorted(comparison.differences, key=lambda each: each.is_empty)
    data = {"nets": [_net(each) for each in shown]}
    body = filled(
        "difference.html",
        alone=_alone(comparison),
        told="".join(_told(each) for each in shown),
        before=pane("before", "Before", fold=ARROWS),
        after=pane("after", "After", fold=ARROWS),
        keys=filled("keys.html"),
    )
    names = ", ".join(each.new.name for each in shown[:3])
    return document(f"Difference of {names}" if names else "Difference", body, data, SCRIPTS)


def _alone(comparison: Comparison) -> str:
    """The nets without a partner."""
    said = [f"{each.name} ({each.source}) is new" for each in comparison.added]
    said += [f"{each.name} ({each.source}) went" for each in comparison.removed]
    return f'<ul class="alone">{items(said)}</ul>' if said else ""


def _told(difference: Difference) -> str:
    """What changed, in words and in total."""
    shown = [total for total in difference.totals if total.name not in FOLLOWS]
    words = difference.sentences or ("No layer changed.",)
    rows = "".join(
        f'<tr class="{"" if total.change else "same"}"><th scope="row">{escape(total.title)}</th>'
        + "".join(f"<td>{escape(cell)}</td>" for cell in total_cells(total)[1:])
        + "</tr>"
        for total in shown
    )
    head = "".join(f'<th scope="col">{title}</th>' for title in ("", "before", "after", "", ""))
    return (
        f'<div class="told" hidden><ul>{items(words)}</ul>'
        f'<table class="totals"><thead><tr>{head}</tr></thead><tbody>{rows}</tbody></table></div>'
    )


def _net(difference: Difference) -> dict[str, object]:
    old, new = difference.old, difference.new
    return {
        "old": {"name": old.name, "about": about(old)},
        "new": {"name": new.name, "about": about(new)},
        "bars": bars(new),
        "metrics": metrics(new),
        "pairs": [_pair(pair) for pair in difference.pairs],
        "lines": [line.data for line in _lines(difference)],
        "drawings": {
            "old": drawing(_graph(old), _numbers(old, difference, "old")),
            "new": drawing(_graph(new), _numbers(new, difference, "new")),
        },
    }


def _pair(pair: Pair) -> dict[str, object]:
    row = pair.row
    was = pair.old.path if pair.old is not None and pair.old.path != row.path else None
    return {
        "status": pair.status,
        "path": row.path,
        "was": was,
        "layer": layer(pair),
        "kind": kind(row.layer),
        "old": _side(pair.old),
        "new": _side(pair.new),
    }


def _side(row: Row | None) -> dict[str, object] | None:
    if row is None:
        return None
    return {
        "layer": str(row.layer),
        "volume": written_volume(row.volume, row.volume),
        "quantities": [quantity(metric.of(row)) for metric in METRICS],
    }


@dataclass(frozen=True, slots=True)
class _Line:
    """Pairs that are one line at first: those of a block of one fate, or neighbours that did not
    change, or a single one."""

    pairs: tuple[int, ...]
    status: Status
    block: Block | None = None

    @property
    def data(self) -> dict[str, object]:
        content: dict[str, object] = {"pairs": self.pairs, "status": self.status}
        if self.block is None:
            return content
        paths = self.block.new or self.block.old
        return content | {
            "path": paths[0] if len(paths) == 1 else f"{paths[0]} … {paths[-1]}",
            "block": self.block.name,
            "times": len(paths),
        }


def _lines(difference: Difference) -> Iterator[_Line]:
    """Every pair in one line, in the order of the first pair of each."""
    heads = {block.pairs[0]: block for block in reversed(difference.blocks)}
    told: set[int] = set()
    quiet: list[int] = []  # neighbours that did not change, of one status
    for at, pair in enumerate(difference.pairs):
        if at in told:
            continue
        status = pair.status
        goes_on = at not in heads and status in QUIET
        if quiet and not (goes_on and difference.pairs[quiet[0]].status == status):
            yield from _quiet(quiet, difference)
            quiet = []
        if goes_on:
            quiet.append(at)
            continue
        block = heads.get(at)
        inside = [each for each in block.pairs if each not in told] if block else [at]
        told.update(inside)
        yield _Line(tuple(inside), block.status if block else status, block)
    yield from _quiet(quiet, difference)


def _quiet(pairs: list[int], difference: Difference) -> Iterator[_Line]:
    """One line, or one each where they are few and their numbers differ."""
    if not pairs:
        return
    status = difference.pairs[pairs[0]].status
    if status == "same" or len(pairs) >= FEWEST:
        yield _Line(tuple(pairs), status)
    else:
        yield from (_Line((each,), status) for each in pairs)


def _numbers(report: Report, difference: Difference, side: str) -> Sequence[int]:
    """For each row of one side the pair in which it stands."""
    at = {
        row.path: number
        for number, pair in enumerate(difference.pairs)
        if (row := pair.old if side == "old" else pair.new) is not None
    }
    return [at[row.path] for row in report.rows]


def _graph(report: Report) -> Graph:
    """Of a report, which may have been read from a file: all that a drawing needs."""
    graph = Graph(report.name)
    nowhere = Span(Source(report.source, ""), 0, 0)
    numbers: dict[str, int] = {}
    for row in report.rows:
        calls = tuple(Call(block, scope) for scope, block in row.scopes)
        node = Node(row.layer, row.path, nowhere, row.volume, calls)
        numbers[row.path] = graph.add(node, [numbers[path] for path in row.sources])
    return graph
