from __future__ import annotations
def sentences(old, new, pairs, blocks): return ()
