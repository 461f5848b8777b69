"""Names in generated code that no program can turn into something else."""

from __future__ import annotations

import builtins
import keyword
import re
from collections.abc import Iterable

# What generated modules import or rely on; a backend reserves the names of what it copies in.
MODULES = (
    "annotations",
    "argparse",
    "base64",
    "io",
    "json",
    "math",
    "mmap",
    "np",
    "numpy",
    "os",
    "struct",
    "sys",
    "time",
    "warnings",
)
TORCH = ("F", "Module", "OrderedDict", "Path", "Tensor", "nn", "torch")
TYPES = (
    "Any",
    "Array",
    "BinaryIO",
    "Callable",
    "ClassVar",
    "Iterable",
    "Iterator",
    "Mapping",
    "NamedTuple",
    "NDArray",
    "NoReturn",
    "OrderedDict",
    "Path",
    "Protocol",
    "Sequence",
    "SimpleQueue",
    "TypeAlias",
    "TypeVar",
)
HELPERS = (
    "Activation",
    "ALIGNMENT",
    "AXES",
    "BANDWIDTH",
    "BlasThreads",
    "BLOCK",
    "Buffer",
    "BUFFERED",
    "BY_COLUMNS",
    "CACHE",
    "CALL",
    "Call",
    "Case",
    "CERTAIN",
    "CHANNEL_BYTES",
    "Choice",
    "Choosing",
    "Chosen",
    "Clock",
    "COLD",
    "COLUMN_BYTES",
    "ColumnBlocks",
    "COLUMNS",
    "COLUMNS_HELD",
    "COMBINATIONS",
    "Convolution",
    "COPIED",
    "Crew",
    "CudaGraph",
    "Dense",
    "DEPTH",
    "Depthwise",
    "DOZE",
    "EARLY",
    "EMPTY",
    "Engine",
    "Feed",
    "FeedKernel",
    "FILTERS",
    "FILTERS_ASKED",
    "FIRST",
    "Fold",
    "FOLDED",
    "FoldedNorm",
    "ForkedLanes",
    "FRACTION",
    "GELU",
    "GeluChannelsLast",
    "GlobalPool",
    "GREY",
    "GroupedConvolution",
    "Halo",
    "HaloKernel",
    "Hog",
    "HOPELESS",
    "INSIDE",
    "KEPT_PLANS",
    "Lanes",
    "Layer",
    "LayerNorm",
    "LayerNorm2d",
    "Layers",
    "LEAST",
    "Lengths",
    "LONGEST",
    "Maps",
    "MeanPool",
    "Merge",
    "Merging",
    "Model",
    "MOST_ROWS",
    "MOVED",
    "Normalize",
    "NOTE",
    "Operation",
    "Order",
    "ORDERS",
    "PASSED",
    "PATIENCE",
    "Piece",
    "PixelOrder",
    "Pixels",
    "Plain",
    "PlainKernel",
    "Plan",
    "Planner",
    "Pool",
    "POOLED",
    "Preparation",
    "Prepare",
    "PRODUCT",
    "Recipe",
    "REPEATED",
    "RESULTS",
    "RUN",
    "SAFETENSORS_HEADER_BYTES",
    "SAFETENSORS_TYPES",
    "Scale",
    "ScaleShift",
    "SCATTERED",
    "Scratch",
    "Setup",
    "Shapes",
    "Share",
    "SHORT",
    "Site",
    "Slot",
    "SMALL",
    "SPARE",
    "SquareBlocks",
    "SquareConvolution",
    "Squares",
    "Stage",
    "Step",
    "StochasticDepth",
    "Store",
    "SUMS",
    "TapOrder",
    "Then",
    "Through",
    "TILE",
    "Tile",
    "TRAINING_ONLY",
    "TRANSFORMS",
    "Trial",
    "TRIES",
    "Tunable",
    "TUNED",
    "Tuner",
    "TURNS",
    "Value",
    "VALUES",
    "VALUES_OF_NORM",
    "VALUES_OF_TILE",
    "WEIGHTS",
    "WIDE",
    "Work",
    "WORST",
    "WORTH",
    "ZEROS",
)
TABLES = (
    "HEIGHTS",
    "LABELS",
    "NORMS",
    "PARAMETERS",
    "SIZES",
    "UNUSED",
    "WIDTHS",
)
OWN = ("cls", "forward", "load", "main", "net", "random", "self", "weights")

RESERVED = frozenset(
    (
        *keyword.kwlist,
        *keyword.softkwlist,
        *dir(builtins),
        *MODULES,
        *TORCH,
        *TYPES,
        *HELPERS,
        *TABLES,
        *OWN,
    )
)
_FOLDED = frozenset(word.casefold() for word in RESERVED)


def identifier(path: str, reserved: Iterable[str] = ()) -> str:
    """A variable's name for a path; two paths may give the same one (see `Names`).

    >>> identifier("layer1.0.conv1"), identifier("3.bn"), identifier("class"), identifier("__a__")
    ('layer1_0_conv1', 'layer_3_bn', 'class_', 'a')
    """
    word = re.sub(r"\W", "_", path, flags=re.ASCII).strip("_") or "value"
    if word[0].isdigit():
        word = f"layer_{word}"
    return f"{word}_" if word in RESERVED or word in reserved else word


def class_name(net: str) -> str:
    """The public class of a network, the same in every backend.

    >>> class_name("ResNet50"), class_name("my-net"), class_name("__import__"), class_name("3d")
    ('ResNet50', 'MyNet', 'ImportNet', 'Net3d')
    """
    parts = re.split(r"[^A-Za-z0-9_]+", net)
    word = "".join(part.strip("_")[:1].upper() + part.strip("_")[1:] for part in parts)
    if not word or word[0].isdigit():
        return f"Net{word}"
    return f"{word}Net" if word.casefold() in _FOLDED else word


class Names:
    """Hands out each name once: `x`, `x_2`, `x_3`, …, or with another link between."""

    def __init__(self, taken: Iterable[str] = (), link: str = "_") -> None:
        self._taken = set(taken)
        self._link = link
        self._last: dict[str, int] = {}

    def take(self, wanted: str) -> str:
        name, count = wanted, self._last.get(wanted, 1)
        while name in self._taken:
            count += 1
            name = f"{wanted}{self._link}{count}"
        self._last[wanted] = count
        self._taken.add(name)
        return name
