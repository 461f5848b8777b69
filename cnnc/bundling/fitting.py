"""What a network takes of photographs and says of them; of the checked graph alone."""

from __future__ import annotations

from pathlib import Path

from backends.numpy.kernels.preparing import Preparation
from cnnc.bundling.refusal import unlabelled, unprepared, unread
from cnnc.bundling.wanted import Wanted
from compiler.graph import Graph
from compiler.ops.activation import Activation, LogSoftmax, Sigmoid, Softmax
from compiler.sizes import sizes


def preparation(graph: Graph, wanted: Wanted) -> Preparation | None:
    """None for a network that takes no photograph. Raises CnnError E0910 where that was asked."""
    sources = graph.sources()
    if len(sources) != 1 or graph[sources[0]].shape.c not in (1, 3):
        if wanted.prepares:
            volumes = ", ".join(str(graph[each].shape) for each in sources)
            title = f"{graph.name} takes no photograph, but {volumes}"
            raise unprepared(title, "leave out --resize, --crop, --mean and --std")
        return None
    volume = graph[sources[0]].shape
    for name, numbers in (("--mean", wanted.mean), ("--std", wanted.std)):
        if len(numbers) not in (1, volume.c):
            title = f"{name} has {len(numbers)} numbers, and {graph.name} takes {volume.c} channels"
            raise unprepared(title, "one for each channel, or one for all")
    _check_size(graph, wanted)
    return Preparation(volume.c, wanted.resize, wanted.crop, wanted.mean, wanted.std)


def _check_size(graph: Graph, wanted: Wanted) -> None:
    """Raises CnnError E0910 unless what comes out of it fits the layers."""
    resize, crop = wanted.resize, wanted.crop
    sides = resize * 2 if len(resize) == 1 else resize
    if crop and any(have < need for have, need in zip(sides, crop, strict=False)):
        shown = "x".join(map(str, crop))
        title = f"--crop {shown} takes more than --resize {'x'.join(map(str, resize))} leaves"
        raise unprepared(title, "scale to as much, or more")
    own = graph[graph.sources()[0]].shape.spatial
    taken = sizes(graph)
    made = crop or (resize if len(resize) == 2 else ())
    if not made:
        if resize and taken is None:
            title = (
                f"--resize {resize[0]} sets one side, and {graph.name} takes {_shown(own)} alone"
            )
            raise unprepared(title, f"--crop {_shown(own)} cuts that from the middle")
        return
    if made != own and (taken is None or (made[0], made[1]) not in taken):
        others = f", or {taken}" if taken else ""
        title = f"photographs become {_shown(made)}, and {graph.name} takes {_shown(own)}{others}"
        raise unprepared(title, f"--crop {_shown(own)} cuts that from the middle")


def _shown(size: tuple[int, ...]) -> str:
    return "x".join(map(str, size))


def scores(graph: Graph) -> str:
    """What the main output is, of `backends.numpy.bundle.MADE_BY`; "" where it is no probabilities
    and nothing that a softmax makes so."""
    outputs = [each for each in graph.outputs if not each.train]
    if len(outputs) != 1 or graph[outputs[0].node].shape.spatial != (1, 1):
        return ""
    node = outputs[0].node
    while graph[node].op.identity_at_inference:
        (node,) = graph.inputs(node)
    op = graph[node].op
    if isinstance(op, Softmax | Sigmoid):
        return "probabilities"
    if isinstance(op, LogSoftmax):
        return "exponential"
    return "" if isinstance(op, Activation) else "softmax"


def labels(graph: Graph, wanted: Wanted, prepares: bool) -> tuple[str, ...]:
    """Those of the file, or none. Raises CnnError E0911, E0912."""
    if wanted.labels is None:
        return ()
    found = _read(wanted.labels)
    if not (prepares and scores(graph)):
        made = ", ".join(str(graph[each.node].shape) for each in graph.outputs if not each.train)
        title = f"{graph.name} gives no probability for each class of a photograph, but {made}"
        raise unlabelled(wanted.labels, title, "leave out --labels")
    classes = graph[next(each.node for each in graph.outputs if not each.train)].shape.c
    if len(found) != classes:
        many = "1 label" if len(found) == 1 else f"{len(found)} labels"
        title = f"it has {many}, and {graph.name} has {classes} classes"
        raise unlabelled(wanted.labels, title, "a label a line, in the order of the classes")
    return found


def _read(path: Path) -> tuple[str, ...]:
    try:
        text = path.read_text("utf-8-sig")
    except UnicodeDecodeError:
        raise unread(path, "it is not UTF-8") from None
    except OSError as error:
        raise unread(path, error.strerror or str(error)) from None
    lines = text.removesuffix("\n").split("\n")  # not at other ends of lines: a label may have them
    found = tuple(line.strip() for line in lines)
    empty = [number for number, line in enumerate(found, 1) if not line]
    if empty:
        raise unread(path, f"line {empty[0]} is empty")
    return found
