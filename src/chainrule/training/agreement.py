"""What must hold before training: counts that are counts, a network that fits its loss and the data."""

from __future__ import annotations

from math import prod

import numpy as np

from chainrule.data.augment import Augmentation
from chainrule.data.dataset import Dataset
from chainrule.errors import SettingError
from chainrule.losses import Loss
from chainrule.network import Network
from chainrule.optimizers import Optimizer

__all__ = ["check_augmentation", "check_counts", "check_data", "check_together"]

_COUNTS = (
    "the number of epochs",
    "a batch size",
    "the epochs between two evaluations",
    "the epochs between two checkpoints",
)


def check_counts(*counts: int) -> None:
    """Epochs, examples a step, epochs between evaluations and between checkpoints: whole numbers from 1.

    Raises:
        SettingError: one is not.
    """
    for number, what in zip(counts, _COUNTS, strict=True):
        if isinstance(number, bool) or not isinstance(number, (int, np.integer)) or number < 1:
            raise SettingError(f"{what} must be a whole number of at least 1, not {number!r}.")


def check_together(
    network: Network,
    loss: Loss,
    targets: tuple[float, float],
    optimizer: Optimizer,
    augmentation: Augmentation | None,
) -> None:
    """A network ends as its loss expects, targets are those it holds for, no augmentation disturbs L-BFGS.

    Raises:
        SettingError: they do not fit together.
    """
    _check_loss(network, loss)
    _check_targets(network, loss, targets)
    check_augmentation(optimizer, augmentation)


def check_augmentation(optimizer: Optimizer, augmentation: Augmentation | None) -> None:
    """An optimizer that takes all examples at once minimises one function: they must stay as they are.

    Raises:
        SettingError: they would not, or this is no augmentation.
    """
    if augmentation is not None and not isinstance(augmentation, Augmentation):
        raise SettingError(
            f"an augmentation is an Augmentation, not {augmentation!r:.80}. Make one of text by "
            "Augmentation.from_text."
        )
    if augmentation and optimizer.full_batch:
        raise SettingError(
            f"{optimizer.name} learns from all examples at once and needs them to stay as they are. Take "
            "another optimizer, or no augmentation."
        )


def check_data(network: Network, loss: Loss, data: Dataset) -> None:
    """Examples must fill the network's inputs, and classes its outputs.

    Raises:
        SettingError: they do not.
    """
    inputs, outputs = prod(network.input_shape), network.output_shape
    places = data.labels.shape[1:]
    if places and loss.output_activation != "softmax":
        raise SettingError(
            f"{data.name} has labels for several places of an example, some of which may say nothing; only "
            f"softmax_cross_entropy leaves those out, not {loss.name}."
        )
    if places and (*places, data.classes) != outputs:
        raise SettingError(
            f"{data.name} says which of {data.classes} classes is at each of {places[0]} places; the outputs "
            f"of the network have the shape {outputs}. Let its layers end with {(*places, data.classes)}."
        )
    if data.features != inputs or prod((*places, data.classes)) != prod(outputs):
        raise SettingError(
            f"{data.name} has {data.features} numbers an example and {data.classes} classes; the network "
            f"takes {inputs} and gives {prod(outputs)}. "
            f"Let its layers begin with {data.features} and end with {data.classes}."
        )


def _check_loss(network: Network, loss: Loss) -> None:
    """A loss on logits contains the last layer's derivative, so that layer must be the one it knows."""
    last = type(network.layers[-1]).__name__
    if loss.on_logits and last.lower() != loss.output_activation:
        raise SettingError(
            f"the loss {loss.name} belongs to a network that ends in {loss.output_activation}; this one ends "
            f"in {last}. Change the last layer or the loss."
        )


def _check_targets(network: Network, loss: Loss, targets: tuple[float, float]) -> None:
    """The derivative of a softmax cross-entropy holds for targets that sum to 1."""
    low, high = targets
    total = low * (prod(network.output_shape) - 1) + high
    if loss.on_logits and loss.output_activation == "softmax" and abs(total - 1) > 1e-6:
        raise SettingError(
            f"the loss {loss.name} takes targets that sum to 1 over the classes; {targets} sum to {total:g}. "
            "Take (0, 1), or another loss."
        )
