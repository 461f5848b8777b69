"""How other tools count: each reproduced from the rows of a report, rule by rule."""

from __future__ import annotations

from compiler.counting.cnnc import CNNC
from compiler.counting.cs231n import CS231N
from compiler.counting.fvcore import FVCORE
from compiler.counting.keras import KERAS
from compiler.counting.profile import Profile
from compiler.counting.ptflops import PTFLOPS
from compiler.counting.thop import THOP
from compiler.counting.torchinfo import TORCHINFO
from compiler.counting.torchvision import TORCHVISION

PROFILES: dict[str, Profile] = {
    profile.name: profile
    for profile in (CNNC, CS231N, TORCHVISION, FVCORE, PTFLOPS, THOP, TORCHINFO, KERAS)
}
