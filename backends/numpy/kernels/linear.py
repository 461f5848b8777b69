"""The fully connected layer."""

from backends.numpy.kernels.types import Array


def linear(x: Array, weight: Array, bias: Array | None) -> Array:
    """Map N x C or N x C x H x W to N x O by a matrix of O x C*H*W; bias holds O values or is None.

    Maps are flattened channel-major (C, then H, then W), as torch.nn.Flatten does. As
    torch.nn.functional.linear.
    """
    result: Array = x.reshape(len(x), -1) @ weight.T
    if bias is not None:
        result += bias
    return result
