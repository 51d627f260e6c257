"""What training makes small: the loss of a network on a batch, as a function of its parameters."""

from __future__ import annotations

import numpy as np

from chainrule.losses import Loss, LossWorkspace
from chainrule.network import Network
from chainrule.numerics.parameters import Array

__all__ = ["Objective"]


class Objective:
    """C = loss(network(inputs), targets), and its derivative by every parameter.

    It has the two verbs of a layer: ``forward`` gives C, ``backward`` writes ∂C/∂parameters into the
    network's gradient line. Both go over benches that are made once.

    Args:
        network: whose outputs are judged.
        loss: how wrong they are, the mean over the batch.
        rows: examples in every batch; another number of rows is another objective.
        training: False for one that only says how large C is.
        generator: where dropout draws from.
        input_gradient: True to have ``backward`` return the derivative by the inputs too.

    Attributes:
        bench: of the network.
        outputs: ``(rows, *output_shape)`` of the last forward pass, before the last activation where the
            loss contains it; borrowed until the next pass.
    """

    outputs: Array

    def __init__(
        self,
        network: Network,
        loss: Loss,
        rows: int,
        *,
        training: bool = True,
        generator: np.random.Generator | None = None,
        input_gradient: bool = False,
    ) -> None:
        self.network, self.loss = network, loss
        self.bench = network.bench(
            rows,
            training=training,
            generator=generator,
            input_gradient=input_gradient,
            logits=loss.on_logits,
        )
        self.loss_bench = LossWorkspace(rows, network.output_shape, network.dtype)

    def forward(self, inputs: Array, targets: Array) -> float:
        """C on one batch.

        Args:
            inputs: ``(rows, features)`` network inputs, of the network's dtype.
            targets: ``(rows, classes)``, or ``(rows, places, classes)``.
        """
        self.outputs = self.network.forward(inputs, self.bench)
        return self.loss.forward(self.outputs, targets, self.loss_bench)

    def backward(self) -> Array | None:
        """Write ∂C/∂parameters of the forward pass just done; returns ∂C/∂inputs if it was wanted."""
        return self.network.backward(self.loss.backward(self.loss_bench), self.bench)
