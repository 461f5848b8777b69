"""The one array type of the kernels: float32, images as N x C x H x W."""

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.float32]
