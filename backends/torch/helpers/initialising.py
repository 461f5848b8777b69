"""The weights that training starts from."""

from torch import nn


def initialise(module: nn.Module) -> None:
    """Draw the weights of a layer as torchvision does: He et al., 2015, for convolutions."""
    if isinstance(module, nn.Conv2d | nn.ConvTranspose2d):
        nn.init.kaiming_normal_(module.weight, mode="fan_out", nonlinearity="relu")
    elif isinstance(module, nn.Linear):
        nn.init.normal_(module.weight, 0.0, 0.01)
    else:
        return  # batch norm begins with 1 and 0, PReLU with 0.25
    if module.bias is not None:
        nn.init.zeros_(module.bias)
