"""What must fit together before training: the network and its loss, the network and the data."""

from __future__ import annotations

from math import prod

from chainrule.data.dataset import Dataset
from chainrule.errors import SettingError
from chainrule.losses import Loss
from chainrule.network import Network

__all__ = ["check_data", "check_loss", "check_targets"]


def check_loss(network: Network, loss: Loss) -> None:
    """A loss on logits contains the last layer's derivative, so that layer must be the one it knows.

    Raises:
        SettingError: the network ends in another one.
    """
    last = type(network.layers[-1]).__name__
    if loss.on_logits and last.lower() != loss.output_activation:
        raise SettingError(
            f"the loss {loss.name} belongs to a network that ends in {loss.output_activation}; this one ends "
            f"in {last}. Change the last layer or the loss."
        )


def check_targets(network: Network, loss: Loss, targets: tuple[float, float]) -> None:
    """The derivative of a softmax cross-entropy holds for targets that sum to 1.

    Raises:
        SettingError: they do not.
    """
    low, high = targets
    total = low * (prod(network.output_shape) - 1) + high
    if loss.on_logits and loss.output_activation == "softmax" and abs(total - 1) > 1e-6:
        raise SettingError(
            f"the loss {loss.name} takes targets that sum to 1 over the classes; {targets} sum to {total:g}. "
            "Take (0, 1), or another loss."
        )


def check_data(network: Network, data: Dataset) -> None:
    """Examples must fill the network's inputs, and classes its outputs.

    Raises:
        SettingError: they do not.
    """
    inputs, outputs = prod(network.input_shape), prod(network.output_shape)
    if data.features != inputs or data.classes != outputs:
        raise SettingError(
            f"{data.name} has {data.features} numbers an example and {data.classes} classes; the network "
            f"takes {inputs} and gives {outputs}. "
            f"Let its layers begin with {data.features} and end with {data.classes}."
        )
