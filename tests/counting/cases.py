"""Small programs, one operator each, in the two forms that emitted PyTorch has."""

from __future__ import annotations

# What stands between an 8x6x4 volume and the output. Windows, strides and paddings differ along the
# axes, and sides are also such as PyTorch's own pooling does not take.
ELEMENTS: dict[str, tuple[str, ...]] = {
    "INPUT": ("CONV(1, 1)",),
    "CONV": (
        "CONV(6, 3)",
        "CONV(6, 3x1, stride=2, pad=(1, 0), groups=2, bias=false)",
        "CONV(6, 3, stride=2, pad=same)",
        "CONV(6, 3, stride=3, round=ceil)",
        "CONV(6, 3, dilation=2)",
        "FLATTEN -> CONV(6, 1)",
    ),
    "DWCONV": ("DWCONV(3, stride=2)", "DWCONV(3x1, pad=0, multiplier=2, bias=false)"),
    "TCONV": (
        "TCONV(6, 2, stride=2)",
        "TCONV(6, 3x2, stride=2x1, pad=(1, 0), out_pad=(1, 0), groups=2, bias=false)",
    ),
    "POOL": (
        "POOL(2)",
        "POOL(3, stride=2, pad=1)",
        "POOL(3, stride=2, round=ceil)",
        "POOL(3, stride=2, pad=same)",
        "POOL(3, stride=2, pad=same, round=ceil)",
        "POOL(3, stride=3, pad=2, round=ceil)",
        "POOL(2, stride=1, dilation=2, pad=(0, 1, 1, 0))",
        "FLATTEN -> POOL(3, stride=1, pad=half)",
    ),
    "MINPOOL": ("MINPOOL(2)", "MINPOOL(3, stride=2, pad=same, round=ceil)"),
    "AVGPOOL": (
        "AVGPOOL(2)",
        "AVGPOOL(3, stride=2, pad=1, count_pad=false)",
        "AVGPOOL(3, stride=2, round=ceil)",
        "AVGPOOL(2, stride=2, pad=(0, 1, 0, 1))",
        "AVGPOOL(2, stride=2, pad=(0, 1, 0, 1), count_pad=false)",
        "AVGPOOL(3, stride=3, pad=2, round=ceil)",
        "AVGPOOL(3, stride=3, pad=2, round=ceil, count_pad=false)",
    ),
    "GAP": ("GAP", "FLATTEN -> GAP"),
    "GMP": ("GMP",),
    "ADAPTIVE_AVGPOOL": (
        "ADAPTIVE_AVGPOOL(2)",
        "ADAPTIVE_AVGPOOL((3, 5))",
        "ADAPTIVE_AVGPOOL(10)",
        "ADAPTIVE_AVGPOOL((8, 6))",
        "CONV(3, 1) -> ADAPTIVE_AVGPOOL(7)",
    ),
    "ADAPTIVE_MAXPOOL": ("ADAPTIVE_MAXPOOL(3)",),
    "FC": ("FC(5)", "FC(5, bias=false)"),
    "FLATTEN": ("FLATTEN",),
    "RESHAPE": ("RESHAPE(4x6x8)",),
    "BN": ("BN", "BN(affine=false)", "FLATTEN -> BN"),
    "LAYERNORM": ("LAYERNORM", "LAYERNORM(affine=false)", "FLATTEN -> LAYERNORM"),
    "GROUPNORM": ("GROUPNORM(2)", "GROUPNORM(4, affine=false)", "FLATTEN -> GROUPNORM(3)"),
    "INSTANCENORM": ("INSTANCENORM", "INSTANCENORM(affine=true)"),
    "SCALE": ("SCALE(1e-6)", "FLATTEN -> SCALE"),
    "LRN": ("LRN", "LRN(size=4)", "FLATTEN -> LRN(size=3)"),
    "RELU": ("RELU",),
    "RELU6": ("RELU6",),
    "LEAKY_RELU": ("LEAKY_RELU",),
    "PRELU": ("PRELU", "FLATTEN -> PRELU"),
    "ELU": ("ELU",),
    "GELU": ("GELU",),
    "SILU": ("SILU",),
    "HARDSWISH": ("HARDSWISH",),
    "HARDSIGMOID": ("HARDSIGMOID",),
    "SIGMOID": ("SIGMOID",),
    "TANH": ("TANH",),
    "SOFTPLUS": ("SOFTPLUS",),
    "MISH": ("MISH",),
    "SOFTMAX": ("SOFTMAX", "FLATTEN -> SOFTMAX"),
    "LOG_SOFTMAX": ("LOG_SOFTMAX",),
    "DROPOUT": ("DROPOUT",),
    "DROPOUT2D": ("DROPOUT2D",),
    "DROP_PATH": ("CONV(3, 1) -> DROP_PATH(0.2)", "FLATTEN -> DROP_PATH(0.2)"),
    "CONCAT": ("CONCAT{ CONV(2, 1) | ID }",),
    "ADD": ("ADD{ CONV(4, 1) | ID }", "ADD{ GAP | ID | ID }"),
    "MUL": ("MUL{ GAP | ID }",),
    "MAX": ("MAX{ CONV(4, 1) | ID }", "MAX{ CONV(4, 1) | ID | ID }"),
    "SLICE": ("SLICE(1, 3)", "FLATTEN -> SLICE(5, 9)", "SLICE(1, 3) -> CONV(2) -> SLICE(0, 2)"),
    "SHUFFLE": ("SHUFFLE(2)", "CONV(4, 1) -> SHUFFLE(4)", "FLATTEN -> SHUFFLE(3)"),
    "PAD": (
        "PAD((1, 2))",
        "PAD((1, 2, 0, 3), reflect)",
        "PAD(1, replicate)",
        "CONV(3, 1) -> PAD(0)",
    ),
    "CROP": ("CROP((1, 2, 0, 1))", "CONV(3, 1) -> CROP(0)"),
    "UPSAMPLE": (
        "UPSAMPLE",
        "UPSAMPLE(3x2, bilinear)",
        "CONV(3, 1) -> UPSAMPLE(1)",
        "FLATTEN -> UPSAMPLE(mode=bilinear)",
    ),
    "PIXEL_SHUFFLE": (
        "PIXEL_SHUFFLE(2)",
        "CONV(3, 1) -> PIXEL_SHUFFLE(1)",
        "FLATTEN -> PIXEL_SHUFFLE(4)",
    ),
    "NORMALIZE": (
        "NORMALIZE(0.5, [0.1, 0.2, 0.3, 0.4])",
        "FLATTEN -> NORMALIZE(0.5, 0.25)",
    ),
    "HOG": ("HOG(2)", "HOG(3x2, block=1x2, bins=4)"),
    "ID": ("CONV(4, 1) -> ID",),
}

# A layer that nothing else stands beside is called as a function where it has no weights; a chain
# with weights is an nn.Sequential of modules.
FORMS: dict[str, str] = {
    "function": "INPUT(8x6x4) -> {}",
    "module": "INPUT(8x6x4) -> f: [CONV(4, 1) -> {}]",
}

CASES: dict[str, tuple[str, str]] = {
    f"{form}: {element}": (name, text.format(element))
    for name, elements in ELEMENTS.items()
    for element in elements
    for form, text in FORMS.items()
}
