"""cnnc: the declarative compiler for convolutional networks.

import cnnc
net = cnnc.load("resnet.cnn:ResNet50", classes=10)
print(net.report())
net.draw()  # in a notebook, the picture
source = net.emit("torch")
model = net.build("numpy", weights="resnet50.safetensors")
print(cnnc.diff("resnet.cnn:ResNet34", net))
"""

from __future__ import annotations

from cnnc.family import explore
from cnnc.net import Drawing, Net, NetReport, load, loads
from cnnc.netdiff import NetDiff, diff
from cnnc.version import VERSION
from dsl.diagnostics import CnnError, CompilerBug, Diagnostic

__version__ = VERSION
__all__ = [
    "CnnError",
    "CompilerBug",
    "Diagnostic",
    "Drawing",
    "Net",
    "NetDiff",
    "NetReport",
    "diff",
    "explore",
    "load",
    "loads",
]
