"""Where a network first went beyond all numbers."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from chainrule.errors import DivergedError
from chainrule.network import Bench, Network

if TYPE_CHECKING:
    from chainrule.training.trainer import Trainer

__all__ = ["diverged"]


def diverged(trainer: Trainer, value: float, bench: Bench) -> DivergedError:
    """The error for a loss that became ``value`` on ``bench``: where, why most likely, what is left."""
    kept = f" The last good checkpoint is kept in {trainer.folder}." if trainer.folder else ""
    return DivergedError(
        f"the loss became {value} in epoch {trainer.epoch}, batch {trainer.batch}; the first number that is "
        f"not finite stands {_first_not_finite(trainer.network, bench)}. The usual cause is a learning rate "
        f"that is too high (it was {trainer.learning_rate:g}): try a tenth of it.{kept}"
    )


def _first_not_finite(network: Network, bench: Bench) -> str:
    """Name in words the first place that holds infinity or NaN, after a forward pass on ``bench``.

    Parameters come first: where they are not finite, the step before has made them so.
    """
    titles = [f"layer {index} ({type(layer).__name__})" for index, layer in enumerate(network.layers)]
    for name in network.parameters.parameters:
        if not np.isfinite(network.parameters.view(name)).all():
            index, _, part = name.partition(".")
            return f"in the {part} of {titles[int(index)]}, by the step before"
    for layer, workspace in bench.workspace.steps:
        if hasattr(workspace, "outputs") and not np.isfinite(workspace.outputs).all():
            return f"in the outputs of {titles[network.layers.index(layer)]}"
    return "in the loss itself"
