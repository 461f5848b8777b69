"""Random programs in which there is much to optimise: what the passes look for, and what nearly is
that."""

from __future__ import annotations

from random import Random

POSITIVE = ("RELU", "RELU6", "SIGMOID", "SOFTPLUS", "HARDSIGMOID")
OTHERS = ("LEAKY_RELU", "ELU", "GELU", "SILU", "HARDSWISH", "TANH", "MISH", "PRELU")
ACTIVATIONS = (*POSITIVE, *OTHERS)
IDLE = ("ID", "DROPOUT", "PAD(0)", "CROP(0)", "SHUFFLE(1)", "UPSAMPLE(1)", "SLICE(0, in.C)")
PADS = ["0", "half", "same", "1", "(1,0,0,1)", "(0,1,0,1)"]
MERGES = ("ADD", "MUL", "MAX")


class Builder:
    """Texts of chains whose volumes stay small; `in.C` makes branches fit."""

    def __init__(self, random: Random) -> None:
        self.random = random

    def program(self) -> str:
        size = f"{self.random.randint(9, 12)}x{self.random.randint(9, 12)}"
        first = f"INPUT({size}x{self.random.choice((2, 3, 4))})"
        start = [self.normalised()] if self.chance(0.3) else []
        end = self.random.choice(([], [], ["GAP", "FC(3)"], ["GAP", "FC(4)", "FC(3)"]))
        middle = [self.piece() for _ in range(self.random.randint(2, 5))]
        return f"net Random = {' -> '.join((first, *start, *middle, *end))}\n"

    def chance(self, probability: float) -> bool:
        return self.random.random() < probability

    def piece(self) -> str:
        makers = (
            self.padded,
            self.layered,
            self.activated,
            self.idle,
            self.merged,
            self.joined,
            self.unpadded,
        )
        return self.random.choice(makers)()

    def unpadded(self) -> str:
        """A norm before what may do it."""
        norm = self.random.choice(("BN", "SCALE"))
        return f"{norm} -> {self.conv(self.random.choice(('0', '0', 'half')))}"

    def normalised(self) -> str:
        mean, std = self.random.choice((-0.4, 0.0, 0.4)), self.random.choice((0.5, 2.0))
        return f"NORMALIZE({mean}, {std})" + (f" -> {self.conv('0')}" if self.chance(0.6) else "")

    def padded(self) -> str:
        """Zeros, and something that may take them."""
        before = [self.random.choice(POSITIVE)] if self.chance(0.5) else []
        sides = self.random.choice(["1", "(0,1,0,1)", "(1,0,2,0)", "2"])
        mode = self.random.choice(("zeros", "zeros", "zeros", "reflect"))
        first = [*before, f"PAD({sides}, mode={mode})"]
        return " -> ".join((*first, self.random.choice((self.conv, self.pool))("")))

    def conv(self, pad: str = "") -> str:
        pad = pad or self.random.choice(PADS)
        k, stride = self.random.choice((1, 3, 3)), self.random.choice((1, 1, 2))
        bias = self.random.choice(("true", "false"))
        shared = f"{k}, stride={stride}, pad={pad}, bias={bias}"
        if self.chance(0.3):
            return f"DWCONV({shared}, multiplier={self.random.choice((1, 1, 2))})"
        out = self.random.choice(["2", "4", "in.C", "in.C*2"])
        groups = "in.C" if "in" in out and self.chance(0.2) else "1"
        return f"CONV({out}, {shared}, groups={groups})"

    def pool(self, pad: str = "") -> str:
        kind = self.random.choice(("POOL", "POOL", "MINPOOL", "AVGPOOL"))
        stride, pad = self.random.choice((1, 2)), self.random.choice(["0", "0", "1", "same"])
        rounding = self.random.choice(("floor", "floor", "ceil"))
        more = f", count_pad={self.random.choice(('true', 'false'))}" if kind == "AVGPOOL" else ""
        return f"{kind}(3, stride={stride}, pad={pad}, round={rounding}{more})"

    def layered(self) -> str:
        """A layer with weights between norms and factors."""
        norms = ("BN", "BN(affine=false)", "SCALE", "BN(eps=0.1)")
        layer = self.conv() if self.chance(0.8) else "TCONV(4)"
        parts = [self.random.choice(norms)] if self.chance(0.3) else []
        parts += [layer]
        parts += [self.random.choice(norms) for _ in range(self.random.randint(0, 2))]
        parts += [self.random.choice(ACTIVATIONS)] if self.chance(0.5) else []
        return " -> ".join(parts)

    def activated(self) -> str:
        pairs = [self.random.choice(POSITIVE if self.chance(0.6) else ACTIVATIONS)]
        pairs += [self.pool()] if self.chance(0.3) else []
        return " -> ".join((*pairs, self.random.choice(("RELU", "RELU6", "ELU", "LEAKY_RELU"))))

    def idle(self) -> str:
        return self.random.choice(IDLE)

    def merged(self) -> str:
        """Branches of one volume, often the same ones."""
        same = (
            lambda: self.random.choice(ACTIVATIONS),
            lambda: f"CONV(in.C, 3) -> {self.random.choice(('BN', 'SCALE', 'RELU'))}",
            lambda: f"{self.random.choice(POSITIVE)} -> TANH",
            lambda: "ID",
        )
        branches = [self.random.choice(same)() for _ in range(self.random.choice((2, 2, 3)))]
        if self.chance(0.3):
            branches[1] = branches[0]
        after = " -> RELU" if self.chance(0.4) else ""
        return f"{self.random.choice(MERGES)}{{ {' | '.join(branches)} }}{after}"

    def joined(self) -> str:
        """Channels side by side, and a norm behind them."""
        branches = [
            f"CONV({self.random.choice((2, 3))}, 3, bias={self.random.choice(('true', 'false'))})"
            if self.chance(0.7)
            else self.random.choice((*ACTIVATIONS, "ID"))
            for _ in range(self.random.choice((2, 3)))
        ]
        after = f" -> {self.random.choice(('BN', 'SCALE'))}" if self.chance(0.5) else ""
        return f"CONCAT{{ {' | '.join(branches)} }}{after}"


def program(random: Random) -> str:
    """The text of a program; a few do not compile, since a window is larger than its volume."""
    return Builder(random).program()
