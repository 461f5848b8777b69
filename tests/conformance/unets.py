"""U-Nets in plain PyTorch, for their numbers; no code of cnnc takes part."""

from __future__ import annotations

import torch
import torch.nn.functional as F
from torch import Tensor, nn


class DoubleConv(nn.Module):
    def __init__(self, channels: int, out: int) -> None:
        super().__init__()
        layers: list[nn.Module] = []
        for given in (channels, out):
            layers.append(nn.Conv2d(given, out, 3, padding=1, bias=False))
            layers.append(nn.BatchNorm2d(out))
            layers.append(nn.ReLU())
        self.double_conv = nn.Sequential(*layers)

    def forward(self, x: Tensor) -> Tensor:
        result: Tensor = self.double_conv(x)
        return result


class Down(nn.Module):
    def __init__(self, channels: int) -> None:
        super().__init__()
        self.maxpool_conv = nn.Sequential(nn.MaxPool2d(2), DoubleConv(channels, 2 * channels))

    def forward(self, x: Tensor) -> Tensor:
        result: Tensor = self.maxpool_conv(x)
        return result


class Up(nn.Module):
    def __init__(self, channels: int) -> None:
        super().__init__()
        self.up = nn.ConvTranspose2d(channels, channels // 2, 2, 2)
        self.conv = DoubleConv(channels, channels // 2)

    def forward(self, x: Tensor, skip: Tensor) -> Tensor:
        result: Tensor = self.conv(torch.cat([skip, self.up(x)], 1))
        return result


class UNet(nn.Module):
    """64 to 1024 channels, with padding and batch norm; the names of milesial/Pytorch-UNet."""

    def __init__(self, channels: int, classes: int) -> None:
        super().__init__()
        self.inc = DoubleConv(channels, 64)
        self.down1, self.down2, self.down3, self.down4 = map(Down, (64, 128, 256, 512))
        self.up1, self.up2, self.up3, self.up4 = map(Up, (1024, 512, 256, 128))
        self.outc = nn.ModuleDict({"conv": nn.Conv2d(64, classes, 1)})

    def forward(self, x: Tensor) -> Tensor:
        skips = [self.inc(x)]
        for down in (self.down1, self.down2, self.down3, self.down4):
            skips.append(down(skips[-1]))
        x = skips.pop()
        for up in (self.up1, self.up2, self.up3, self.up4):
            x = up(x, skips.pop())
        result: Tensor = self.outc["conv"](x)
        return result


class UNet2015(nn.Module):
    """The paper's figure 1: no padding, no batch norm, skips cropped to what comes up.

    Weights are taken in the order in which they are used.
    """

    def __init__(self, channels: int, classes: int) -> None:
        super().__init__()
        widths = (64, 128, 256, 512, 1024)
        self.down = nn.ModuleList()
        for width in widths:
            self.down += [nn.Conv2d(channels, width, 3), nn.Conv2d(width, width, 3)]
            channels = width
        self.up = nn.ModuleList()
        for width in reversed(widths[:-1]):
            self.up += [nn.ConvTranspose2d(2 * width, width, 2, 2)]
            self.up += [nn.Conv2d(2 * width, width, 3), nn.Conv2d(width, width, 3)]
        self.score = nn.Conv2d(64, classes, 1)

    def forward(self, x: Tensor) -> Tensor:
        skips = []
        for level in range(5):
            if level:
                x = F.max_pool2d(x, 2)
            for conv in self.down[2 * level : 2 * level + 2]:
                x = F.relu(conv(x))
            skips.append(x)
        skips.pop()
        for level in range(4):
            up, first, second = self.up[3 * level : 3 * level + 3]
            x, skip = F.relu(up(x)), skips.pop()
            border = (skip.shape[2] - x.shape[2]) // 2
            skip = skip[:, :, border : border + x.shape[2], border : border + x.shape[3]]
            x = F.relu(second(F.relu(first(torch.cat([skip, x], 1)))))
        result: Tensor = self.score(x)
        return result
