"""Values moved to other places, or spread over more of them."""

import numpy as np

from backends.numpy.kernels.types import Array


def channel_shuffle(x: Array, groups: int) -> Array:
    """Take one channel of each group in turn: N x C x H x W, as torch.nn.ChannelShuffle.

    (Zhang, Zhou, Lin and Sun, "ShuffleNet", 2017.)
    """
    n, c, h, w = x.shape
    return x.reshape(n, groups, c // groups, h, w).swapaxes(1, 2).reshape(x.shape)


def pixel_shuffle(x: Array, factor: int) -> Array:
    """Make channels pixels: N x C*f*f x H x W into N x C x H*f x W*f, as torch.nn.PixelShuffle.

    Channel c*f*f + i*f + j becomes row i and column j of channel c at each pixel (Shi et al.,
    "Real-Time Single Image and Video Super-Resolution", 2016).
    """
    n, c, h, w = x.shape
    parts = x.reshape(n, c // factor**2, factor, factor, h, w).transpose(0, 1, 4, 2, 5, 3)
    return parts.reshape(n, c // factor**2, h * factor, w * factor)


def pad_border(x: Array, sides: tuple[int, int, int, int], mode: str) -> Array:
    """Surround N x C x H x W maps by (top, bottom, left, right) rows and columns of themselves.

    mode: "reflect" mirrors them at the border, which is not repeated; "replicate" repeats the
    border. As torch.nn.functional.pad, which orders the sides otherwise. Raises ValueError where
    maps are too small to be mirrored.
    """
    top, bottom, left, right = sides
    around = ((0, 0), (0, 0), (top, bottom), (left, right))
    if mode == "reflect":
        h, w = x.shape[2:]
        if max(top, bottom) >= h or max(left, right) >= w:
            raise ValueError(f"maps of {h}x{w} cannot be reflected by {sides}")
        return np.pad(x, around, "reflect")
    return np.pad(x, around, "edge")


def crop(x: Array, sides: tuple[int, int, int, int]) -> Array:
    """Take (top, bottom, left, right) rows and columns away from N x C x H x W maps: a view.

    Raises ValueError where nothing is left.
    """
    top, bottom, left, right = sides
    h, w = x.shape[2:]
    if h <= top + bottom or w <= left + right:
        raise ValueError(f"nothing is left of maps of {h}x{w} without {sides}")
    return x[:, :, top : h - bottom, left : w - right]


def upsample_nearest(x: Array, factor: tuple[int, int]) -> Array:
    """Repeat each pixel of N x C x H x W maps: N x C x H*factor[0] x W*factor[1]."""
    result: Array = x.repeat(factor[0], axis=2).repeat(factor[1], axis=3)
    return result


def upsample_bilinear(x: Array, factor: tuple[int, int]) -> Array:
    """Interpolate N x C x H x W maps between the centres of pixels: N x C x H*f x W*f.

    As torch.nn.functional.interpolate(mode="bilinear", align_corners=False): pixel i of the result
    lies at (i + 1/2) / f - 1/2 of x, and beyond the outermost centres the border goes on.
    """
    return interpolated(interpolated(x, factor[0], 2), factor[1], 3)


def interpolated(x: Array, factor: int, axis: int) -> Array:
    """Make one axis `factor` times as long, linear between neighbours."""
    size = x.shape[axis]
    places = np.maximum((np.arange(size * factor) + 0.5) / factor - 0.5, 0.0)
    near = places.astype(np.intp)
    far = np.minimum(near + 1, size - 1)
    share = (places - near).astype(np.float32).reshape((-1,) + (1,) * (x.ndim - 1 - axis))
    result: Array = x.take(near, axis) * (1.0 - share)
    result += x.take(far, axis) * share
    return result
