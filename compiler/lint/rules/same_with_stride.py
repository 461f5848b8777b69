"""`pad=same` where it is not alike on both sides."""

from __future__ import annotations

from collections.abc import Iterator

from compiler.lint.network import Network, pair
from compiler.lint.rule import Finding, Rule
from compiler.lint.rules.rounded_away import padding


def check(network: Network) -> Iterator[Finding]:
    for number, node in network:
        if getattr(node.op, "pad", None) != "same" or max(pair(node.op, "stride")) == 1:
            continue
        top, bottom, left, right = padding(network, number)
        if top != bottom or left != right:
            yield Finding(
                node.span,
                "pad=same pads the far end alone here",
                f"{network.incoming(number)} gets {top} above, {bottom} below, "
                f"{left} left, {right} right",
                "pad=half is PyTorch's and the notes'; pad=same is right for weights of TensorFlow",
                number,
            )


RULE = Rule(
    name="same-with-stride",
    title="`pad=same` with a stride, which shifts the map",
    explanation=(
        "`same` is TensorFlow's: output = ceil(input / stride), and an odd row or column goes "
        "to the far end. With stride 2 on an even size that is (0, 1), where (F-1)/2 gives "
        "(1, 1): another network, whose weights do not go together with the first. PyTorch's "
        "own layers refuse it, so an extra layer pads."
    ),
    source=(
        'trap 3 of the language; TensorFlow, "Notes on padding combination", tf.nn; '
        "CS231n notes, Convolutional Networks, zero-padding of (F-1)/2"
    ),
    example="INPUT(32x32x3) -> CONV(16, 3, stride=2, pad=same) -> RELU -> GAP -> FC(10)",
    network=check,
)
