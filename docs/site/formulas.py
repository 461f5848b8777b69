"""What each operator computes, as Python that tests/docs/test_formulas.py runs against PyTorch.

`x[c, i, j]` is what flows in, C x H x W, 0 outside (in a maximum or minimum left out); `y` is what
flows out. Arguments have their names; windows are (kh, kw), strides (sh, sw), dilations (dh, dw),
the padding above and left of the volume is `top` and `left`.
"""

from __future__ import annotations

_WINDOW = "for a in range(kh) for b in range(kw)"
_POOLED = f"x[c, i*sh + a*dh - top, j*sw + b*dw - left] {_WINDOW}"
_BIN = """\
rows = range(i*H // h, ceil((i + 1)*H / h))  # size is (h, w)
columns = range(j*W // w, ceil((j + 1)*W / w))
"""
_NORMALISED = "/ sqrt(var(v) + eps)"

FORMULAS = {
    "CONV": f"""\
n = C // groups
first = o // (out // groups) * n  # of the group's channels
y[o, i, j] = bias[o] + sum(
    weight[o, c, a, b] * x[first + c, i*sh + a*dh - top, j*sw + b*dw - left]
    for c in range(n) {_WINDOW}
)""",
    "DWCONV": f"""\
y[o, i, j] = bias[o] + sum(
    weight[o, 0, a, b] * x[o // multiplier, i*sh + a*dh - top, j*sw + b*dw - left]
    {_WINDOW}
)""",
    "TCONV": f"""\
n, m = C // groups, out // groups
y[o, i, j] = bias[o] + sum(
    weight[c, o % m, a, b] * x[c, (i + top - a) // sh, (j + left - b) // sw]
    for c in range(o // m * n, (o // m + 1) * n) {_WINDOW}
    if (i + top - a) % sh == 0 and (j + left - b) % sw == 0
)""",
    "POOL": f"y[c, i, j] = max({_POOLED})",
    "MINPOOL": f"y[c, i, j] = min({_POOLED})",
    "AVGPOOL": f"""\
y[c, i, j] = sum(x[c, i*sh + a - top, j*sw + b - left] {_WINDOW}) / (kh * kw)
# count_pad=false: divided by how many of these lie in the volume""",
    "GAP": "y[c, i, j] = mean(x[c, p, q] for p in range(H) for q in range(W))",
    "GMP": "y[c, i, j] = max(x[c, p, q] for p in range(H) for q in range(W))",
    "ADAPTIVE_AVGPOOL": _BIN + "y[c, i, j] = mean(x[c, p, q] for p in rows for q in columns)",
    "ADAPTIVE_MAXPOOL": _BIN + "y[c, i, j] = max(x[c, p, q] for p in rows for q in columns)",
    "FC": """\
v = flat(x)  # in the order C, H, W
y[o] = bias[o] + sum(weight[o, n] * v[n] for n in range(C * H * W))""",
    "FLATTEN": "y[n] = x[n // (H*W), n // W % H, n % W]",
    "RESHAPE": "y[c, i, j] = flat(x)[(c*h + i)*w + j]  # the volume is h x w x channels",
    "BN": """\
y[c, i, j] = (
    (x[c, i, j] - running_mean[c]) / sqrt(running_var[c] + eps) * weight[c] + bias[c]
)""",
    "LAYERNORM": f"""\
v = [x[n, i, j] for n in range(C)]
y[c, i, j] = (x[c, i, j] - mean(v)) {_NORMALISED} * weight[c] + bias[c]""",
    "GROUPNORM": f"""\
n = C // groups
first = c // n * n
v = [x[k, p, q] for k in range(first, first + n) for p in range(H) for q in range(W)]
y[c, i, j] = (x[c, i, j] - mean(v)) {_NORMALISED} * weight[c] + bias[c]""",
    "INSTANCENORM": f"""\
v = [x[c, p, q] for p in range(H) for q in range(W)]
y[c, i, j] = (x[c, i, j] - mean(v)) {_NORMALISED}
# affine=true: * weight[c] + bias[c]""",
    "LRN": """\
near = range(c - size // 2, c + (size - 1) // 2 + 1)
y[c, i, j] = x[c, i, j] / (k + alpha / size * sum(x[n, i, j]**2 for n in near)) ** beta""",
    "SCALE": "y[c, i, j] = x[c, i, j] * weight[c]",
    "RELU": "y[c, i, j] = max(x[c, i, j], 0)",
    "RELU6": "y[c, i, j] = min(max(x[c, i, j], 0), 6)",
    "LEAKY_RELU": "y[c, i, j] = x[c, i, j] if x[c, i, j] > 0 else slope * x[c, i, j]",
    "PRELU": "y[c, i, j] = x[c, i, j] if x[c, i, j] > 0 else weight[c] * x[c, i, j]",
    "ELU": "y[c, i, j] = x[c, i, j] if x[c, i, j] > 0 else alpha * (exp(x[c, i, j]) - 1)",
    "GELU": "y[c, i, j] = x[c, i, j] * (1 + erf(x[c, i, j] / sqrt(2))) / 2",
    "SILU": "y[c, i, j] = x[c, i, j] / (1 + exp(-x[c, i, j]))",
    "HARDSWISH": "y[c, i, j] = x[c, i, j] * min(max(x[c, i, j] + 3, 0), 6) / 6",
    "HARDSIGMOID": "y[c, i, j] = min(max(x[c, i, j] + 3, 0), 6) / 6",
    "SIGMOID": "y[c, i, j] = 1 / (1 + exp(-x[c, i, j]))",
    "TANH": "y[c, i, j] = (exp(x[c, i, j]) - exp(-x[c, i, j])) / "
    "(exp(x[c, i, j]) + exp(-x[c, i, j]))",
    "SOFTPLUS": "y[c, i, j] = log(1 + exp(x[c, i, j]))",
    "MISH": "y[c, i, j] = x[c, i, j] * tanh(log(1 + exp(x[c, i, j])))",
    "SOFTMAX": "y[c, i, j] = exp(x[c, i, j]) / sum(exp(x[n, i, j]) for n in range(C))",
    "LOG_SOFTMAX": "y[c, i, j] = x[c, i, j] - log(sum(exp(x[n, i, j]) for n in range(C)))",
    "DROPOUT": "y[c, i, j] = x[c, i, j]  # in training 0 with chance p, else x / (1 - p)",
    "DROPOUT2D": "y[c, i, j] = x[c, i, j]  # in training 0 in a whole channel, else x / (1 - p)",
    "DROP_PATH": "y[c, i, j] = x[c, i, j]  # in training 0 in a whole image, else x / (1 - p)",
    "CONCAT": "y[c, i, j] = first[c, i, j] if c < A else second[c - A, i, j]"
    "  # A channels in the first",
    "ADD": "y[c, i, j] = first[c, i, j] + second[c, i, j]",
    "MUL": "y[c, i, j] = first[c, i, j] * second[c, i, j]",
    "MAX": "y[c, i, j] = max(first[c, i, j], second[c, i, j])",
    "SLICE": "y[c, i, j] = x[from_ + c, i, j]",
    "SHUFFLE": "y[c, i, j] = x[c % groups * (C // groups) + c // groups, i, j]",
    "PAD": "y[c, i, j] = x[c, i - top, j - left]  # outside 0, or as the mode says",
    "CROP": "y[c, i, j] = x[c, i + top, j + left]",
    "UPSAMPLE": "y[c, i, j] = x[c, i // fh, j // fw]  # nearest; factor is (fh, fw)",
    "PIXEL_SHUFFLE": "y[c, i, j] = x[\n    c*factor**2 + i % factor * factor + j % factor,"
    " i // factor, j // factor\n]",
    "NORMALIZE": "y[c, i, j] = (x[c, i, j] - mean[c]) / std[c]",
    "ID": "y[c, i, j] = x[c, i, j]",
}

# What the formula does not say of training.
TRAINING = {
    "BN": "the mean and variance are those of the batch, over images and positions; the running "
    "ones move towards them by `momentum`",
    "DROPOUT": "values are dropped by chance, the others scaled; at inference it is left out",
    "DROPOUT2D": "channels are dropped by chance, the others scaled; at inference it is left out",
    "DROP_PATH": "images are dropped by chance, the others scaled; at inference it is left out",
    "HOG": "a gradient flows through the lengths, not through the choice of bins",
}
