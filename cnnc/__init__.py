"""cnnc: the declarative compiler for convolutional networks.

import cnnc
net = cnnc.load("resnet.cnn:ResNet50", classes=10)
print(net.report())
source = net.emit("torch")
model = net.build("numpy", weights="resnet50.safetensors")
"""

from __future__ import annotations

from cnnc.net import Net, NetReport, load, loads
from cnnc.version import VERSION
from dsl.diagnostics import CnnError, CompilerBug, Diagnostic

__version__ = VERSION
__all__ = ["CnnError", "CompilerBug", "Diagnostic", "Net", "NetReport", "load", "loads"]
