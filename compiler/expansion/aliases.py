"""What other frameworks call things, for the mend of an unknown name."""

from __future__ import annotations

import re
from collections.abc import Iterable

from dsl.diagnostics import did_you_mean

# Without case, underscores and a trailing 1d, 2d or 3d.
LAYERS = {
    "convolution": "CONV",
    "conv": "CONV",
    "depthwiseconv": "DWCONV",
    "convtranspose": "TCONV",
    "convtransposed": "TCONV",
    "deconv": "TCONV",
    "deconvolution": "TCONV",
    "maxpool": "POOL",
    "maxpooling": "POOL",
    "pooling": "POOL",
    "averagepool": "AVGPOOL",
    "averagepooling": "AVGPOOL",
    "avgpool": "AVGPOOL",
    "globalaveragepool": "GAP",
    "globalaveragepooling": "GAP",
    "globalavgpool": "GAP",
    "globalmaxpool": "GMP",
    "globalmaxpooling": "GMP",
    "linear": "FC",
    "dense": "FC",
    "fullyconnected": "FC",
    "innerproduct": "FC",
    "batchnorm": "BN",
    "batchnormalization": "BN",
    "batchnormalisation": "BN",
    "localresponsenorm": "LRN",
    "localresponsenormalization": "LRN",
    "add": "ADD",
    "sum": "ADD",
    "plus": "ADD",
    "multiply": "MUL",
    "maximum": "MAX",
    "concatenate": "CONCAT",
    "cat": "CONCAT",
    "swish": "SILU",
    "identity": "ID",
    "inputlayer": "INPUT",
    "zeropad": "PAD",
    "zeropadding": "PAD",
    "cropping": "CROP",
    "upsampling": "UPSAMPLE",
    "pixelshuffle": "PIXEL_SHUFFLE",
    "channelshuffle": "SHUFFLE",
    "layernormalization": "LAYERNORM",
}
ARGUMENTS = {
    "filters": "out",
    "numfilters": "out",
    "outchannels": "out",
    "channels": "out",
    "units": "out",
    "outfeatures": "out",
    "features": "out",
    "kernelsize": "k",
    "kernel": "k",
    "poolsize": "k",
    "window": "k",
    "size": "k",
    "strides": "stride",
    "padding": "pad",
    "usebias": "bias",
    "dilationrate": "dilation",
    "depthmultiplier": "multiplier",
    "outputpadding": "out_pad",
    "ceilmode": "round",
    "countincludepad": "count_pad",
    "outputsize": "size",
    "epsilon": "eps",
    "rate": "p",
    "prob": "p",
    "alpha": "slope",
    "negativeslope": "slope",
    "shape": "volume",
    "inputshape": "volume",
    "parameters": "params",
    "weights": "params",
    "flops": "macs",
    "multadds": "macs",
    "memory": "activations",
    "learningrate": "lr",
    "batchsize": "batch",
    "scheduler": "schedule",
    "criterion": "loss",
    "decay": "weight_decay",
    "gamma": "factor",
    "stepsize": "every",
    "labelsmoothing": "smoothing",
}
PYTHON_CONSTANTS = frozenset({"True", "False", "None"})


def meant_layer(word: str, known: Iterable[str]) -> str:
    """`did you mean FC?` for `Linear`, and for what is nearly a known name."""
    plain = re.sub(r"[123]d$", "", word.replace("_", "").casefold())
    return _meant(word, LAYERS.get(plain, ""), [*known])


def meant_argument(word: str, known: Iterable[str]) -> str:
    """`did you mean pad?` for `padding`, and for what is nearly a known name."""
    alias = ARGUMENTS.get(word.replace("_", "").casefold(), "")
    return _meant(word, alias, [*known])


def _meant(word: str, alias: str, known: list[str]) -> str:
    is_known = word.casefold() in (each.casefold() for each in known)
    if alias in known and not is_known:
        return f"did you mean {alias}?"
    return did_you_mean(word, known)
