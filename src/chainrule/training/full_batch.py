"""The loss over all examples at once, as a function of the parameter vector: what L-BFGS minimises."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from math import prod

import numpy as np

from chainrule.data.batches import Batches
from chainrule.losses import Loss, LossWorkspace
from chainrule.network import Bench, Network
from chainrule.numerics.parameters import Array
from chainrule.regularizers import Regularizer

__all__ = ["full_batch_loss"]


def full_batch_loss(
    network: Network,
    loss: Loss,
    regularizers: Sequence[Regularizer],
    pieces: Batches,
    generator: np.random.Generator,
    check: Callable[[float, Bench], None],
) -> Callable[[], float]:
    """A function that returns the loss at ``network.parameters.values`` and writes its gradient beside them.

    The examples go through in pieces that fit the memory; their gradients are summed in float64.
    ``check`` is called with each piece's loss and bench, and may raise.
    """
    vector, examples = network.parameters, len(pieces.dataset)
    order = np.arange(examples)
    total: Array = np.zeros(len(vector), np.float64)
    benches: dict[int, tuple[Bench, LossWorkspace]] = {}
    for rows in {pieces.batch_size, examples % pieces.batch_size} - {0}:
        bench = network.bench(rows, training=True, generator=generator, logits=loss.on_logits)
        benches[rows] = bench, LossWorkspace(rows, prod(network.output_shape), network.dtype)

    def loss_and_gradient() -> float:
        total.fill(0.0)
        mean = 0.0
        for inputs, targets in pieces.epoch(order):
            bench, loss_bench = benches[len(inputs)]
            value = loss.forward(network.forward(inputs, bench), targets, loss_bench)
            check(value, bench)
            network.backward(loss.backward(loss_bench), bench)
            share = len(inputs) / examples
            mean += share * value
            np.add(total, share * vector.gradient, out=total)
        np.copyto(vector.gradient, total, casting="same_kind")
        for regularizer in regularizers:
            regularizer.add_gradient()
        return mean + sum(regularizer.penalty() for regularizer in regularizers)

    return loss_and_gradient
