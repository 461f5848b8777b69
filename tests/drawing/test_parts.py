"""What is drawn is the network: all of its layers, all of its edges, and nothing twice."""

from __future__ import annotations

import pytest

from cnnc import loads
from compiler.drawing import runs
from compiler.drawing.flatten import chained, clusters, flat
from compiler.drawing.folding import MOST_BOXES, NoScope, fold
from compiler.drawing.part import Part
from compiler.drawing.scopes import parts
from compiler.drawing.words import small, tooltip
from compiler.graph import Graph
from tests.drawing.cases import NETS, graph


def leaves(part: Part) -> list[Part]:
    if not part.items:
        return [part]
    return [leaf for item in part.items for leaf in leaves(item)]


def layers(part: Part, known: list[str]) -> list[str]:
    """The paths of all layers that a part stands for, those of a run's other members, too."""
    if part.count > 1:
        scopes = tuple(f"{path}." for path in part.members)
        return [path for path in known if path in part.members or path.startswith(scopes)]
    if not part.items:
        return list(part.members)
    return [path for item in part.items for path in layers(item, known)]


def drawn(graph: Graph) -> list[int]:
    return [node for node in graph if graph[node].op.name != "ID"]


@pytest.mark.parametrize("train", [False, True], ids=["inference", "training"])
@pytest.mark.parametrize("target", NETS)
def test_every_layer_is_in_exactly_one_part(target: str, train: bool) -> None:
    network = graph(target, train)
    known = [network[node].path for node in drawn(network)]
    assert sorted(layers(parts(network), known)) == sorted(known)


@pytest.mark.parametrize("target", NETS)
def test_wires_are_the_edges_of_the_graph(target: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """Each member drawn, each scope spread: what is left are the boxes' edges, by argument."""
    monkeypatch.setattr(runs, "SHORTEST", {True: 10**9, False: 10**9})
    network = graph(target)
    spread = flat(parts(network))
    box = {path: index for index, item in enumerate(spread.items) for path in item.members}
    assert len(box) == len(drawn(network))

    def origin(node: int) -> int:
        return node if network[node].op.name != "ID" else origin(network.inputs(node)[0])

    edges = []
    for node in drawn(network):
        for entry, source in enumerate(network.inputs(node)):
            start, end = box[network[origin(source)].path], box[network[node].path]
            if start != end:
                edges.append((start, end, entry))
    wires = [(wire.source, wire.target, wire.entry) for wire in spread.wires]
    assert sorted(wires) == sorted(edges)
    for item in spread.items:
        members = [node for node in drawn(network) if network[node].path in item.members]
        assert item.volume == network[members[-1]].shape
        assert item.joined == tuple(network[node].op.name for node in members[1:])


@pytest.mark.parametrize("target", NETS)
def test_the_network_has_what_the_report_counts(target: str) -> None:
    network = graph(target)
    whole = parts(network)
    assert whole.layers == len(drawn(network))
    assert whole.parameters == sum(
        weight.size
        for node in network
        for weight in network.weights(node)
        if weight.role != "buffer"
    )
    assert whole.macs == sum(
        network[node].op.macs(network.input_shapes(node), network[node].shape) for node in network
    )


def sums(part: Part) -> None:
    """Counts of a part are those of its items; a run has as many layers as its members."""
    if not part.items:
        return
    whole = [part.layers, part.parameters, part.macs]
    inner = [
        sum(item.layers for item in part.items),
        sum(item.parameters for item in part.items),
        sum(item.macs for item in part.items),
    ]
    if part.count == 1:
        assert whole == inner, part.path
    else:
        assert part.layers == part.count * inner[0], part.path
        assert part.parameters >= inner[1] and part.macs >= inner[2], part.path
    for item in part.items:
        sums(item)


@pytest.mark.parametrize("depth", [None, 1, 2, 3, 99])
@pytest.mark.parametrize("target", NETS)
def test_folding_keeps_the_sums(target: str, depth: int | None) -> None:
    whole = parts(graph(target))
    folded = fold(whole, depth)
    assert (folded.layers, folded.parameters, folded.macs) == (
        whole.layers,
        whole.parameters,
        whole.macs,
    )
    sums(folded)


@pytest.mark.parametrize("target", NETS)
def test_unless_told_otherwise_what_is_drawn_can_be_read(target: str) -> None:
    whole = parts(graph(target))
    count = len(leaves(fold(whole)))
    assert count <= MOST_BOXES or count == len(whole.items)


def test_runs_of_resnet152() -> None:
    """Depths 3, 8, 36, 3 of table 1, the first of each stage with a projection of its own."""
    network = fold(parts(graph("resnet.cnn:ResNet152")), 2)
    stages = [item for item in network.items if item.path.startswith("layer")]
    assert [[inner.count for inner in stage.items] for stage in stages] == [
        [1, 2],
        [1, 7],
        [1, 35],
        [1, 2],
    ]
    assert {inner.call for stage in stages for inner in stage.items} == {"bottleneck"}


def test_the_channels_of_a_dense_block_grow() -> None:
    network = parts(graph("densenet.cnn:DenseNet121"))
    (features,) = (item for item in network.items if item.path == "features")
    blocks = [item for item in features.items if item.count > 1]
    assert [block.count for block in blocks] == [6, 12, 24, 16]
    assert [(block.volume.c, block.last.c) for block in blocks] == [
        (96, 256),
        (160, 512),
        (288, 1024),
        (544, 1024),
    ]


def test_what_varies_within_a_run_is_marked() -> None:
    """A dense layer's first norm and 1x1 grow with what flows in; its 3x3 does not."""
    network = parts(graph("densenet.cnn:DenseNet121"))
    (features,) = (item for item in network.items if item.path == "features")
    (block,) = (item for item in features.items if item.path == "features.denseblock1")
    assert not block.varies
    assert [(item.name, item.varies) for item in block.items] == [
        ("norm1", True),
        ("conv1", True),
        ("conv2", False),
        (block.items[3].name, False),
    ]
    assert "first member" in tooltip(block.items[0])
    assert small(block.items[0]) == ("norm1",)
    assert small(block.items[2]) == ("conv2", "36.9 k params")


def test_a_run_of_scopes_that_hold_runs_is_called_after_their_block() -> None:
    text = (
        "block inner(c) = CONV(c) -> BN -> TANH -> CONV(c)\n"
        "block middle(c) = a: inner(c) -> b: inner(c)\n"
        "block outer(c) = a: middle(c) -> b: middle(c)\n"
        "net A = INPUT(8x8x4) -> z: outer(4) -> GAP\n"
    )
    run = parts(loads(text).journey.graph).items[1]
    assert (run.path, run.call, run.written, run.count) == ("z", "middle", "middle", 2)
    assert [(each.path, each.call, each.count) for each in run.items] == [("z.a", "inner", 2)]


def test_unfolding_shows_a_scope_and_those_around_it() -> None:
    whole = parts(graph("resnet.cnn:ResNet152"))
    shown = fold(whole, 1, {"layer3.0"})
    (stage,) = (item for item in shown.items if item.items)
    assert stage.path == "layer3"
    assert [bool(item.items) for item in stage.items] == [True, False]


def test_unfolding_a_member_unfolds_its_run() -> None:
    shown = fold(parts(graph("resnet.cnn:ResNet152")), 1, {"layer3.20"})
    (stage,) = (item for item in shown.items if item.items)
    assert [bool(item.items) for item in stage.items] == [False, True]


def test_unfolding_what_is_no_scope() -> None:
    with pytest.raises(NoScope, match=r"no scope `layer5` to unfold; did you mean layer"):
        fold(parts(graph("resnet.cnn:ResNet152")), None, {"layer5"})


@pytest.mark.parametrize("target", NETS)
def test_clusters_have_every_volume_once_and_every_wire_between_them(target: str) -> None:
    spread = flat(chained(parts(graph(target))))
    grouped, found = clusters(spread)
    members = [part for cluster in found for part in cluster.members]
    assert sorted(part.path for part in members) == sorted(part.path for part in spread.items)
    assert len(spread.wires) - len(grouped.wires) == len(spread.items) - len(found)
    assert all(wire.source < wire.target for wire in grouped.wires)
