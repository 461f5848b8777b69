"""Run where NumPy and a bundle are, and nothing else: scores digits and prints what was found.

python scored.py FOLDER MODULE: the folder holds MODULE.py and images.npy, bytes N x 28 x 28. The
file imports nothing of this project, and runs as well in Pyodide.
"""

from __future__ import annotations

import json
import os
import pickle
import sys
from importlib import import_module


def scored(folder: str, name: str) -> str:
    """As JSON: the scores of the images, their names, whether a pickle gives the same, lanes."""
    import numpy as np  # here, so that a system without it tells so by its own error

    sys.path.insert(0, folder)
    module = import_module(name)
    net = module.Digits.load()
    images = np.load(os.path.join(folder, "images.npy"))
    values = images[:, np.newaxis].astype(np.float32) / np.float32(255)
    scores = net(values)
    again = pickle.loads(pickle.dumps(net))
    return json.dumps(
        {
            "scores": scores.tolist(),
            "named": [net.classify(image, top=1)[0][0] for image in images],
            "pickled": bool((again(values) == scores).all()),
            "lanes": net.engine.setup.lanes,
        }
    )


if __name__ == "__main__":
    print(scored(sys.argv[1], sys.argv[2]))
