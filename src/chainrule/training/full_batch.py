"""Training on all examples at once, as L-BFGS does: the loss as a function of the parameter vector."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

import numpy as np

from chainrule.data.batches import Batches
from chainrule.errors import InterruptedTraining
from chainrule.numerics.parameters import Array
from chainrule.optimizers import LBFGS

if TYPE_CHECKING:
    from chainrule.training.trainer import Trainer

__all__ = ["full_batch_epoch"]

_ROWS_A_PIECE = 1000


def full_batch_epoch(trainer: Trainer, batches: Batches) -> None:
    """One epoch of L-BFGS; if it is interrupted, the vector is back where the epoch began."""
    optimizer, vector, examples = trainer.optimizer, trainer.network.parameters, len(batches.dataset)
    assert isinstance(optimizer, LBFGS)
    if trainer.batch:
        return
    start = vector.values.copy()
    try:
        loss = optimizer.minimize(_loss_and_gradient(trainer, batches))
    except InterruptedTraining:
        np.copyto(vector.values, start)
        raise
    loss -= sum(regularizer.penalty() for regularizer in trainer.regularizers)
    for regularizer in trainer.regularizers:
        regularizer.constrain()
    if trainer.average:
        trainer.average.update()
    trainer.batch, trainer.examples, trainer.loss_total = 1, examples, loss * examples
    trainer.learning_rate = optimizer.learning_rate
    trainer.look_up()


def _loss_and_gradient(trainer: Trainer, batches: Batches) -> Callable[[], float]:
    """A function that returns the loss at the vector's values and writes its gradient beside them.

    The examples go through in pieces that fit the memory; their gradients are summed in float64.
    """
    regularizers, vector = trainer.regularizers, trainer.network.parameters
    examples = len(batches.dataset)
    pieces = Batches(batches.dataset, min(_ROWS_A_PIECE, examples), trainer.network.dtype, trainer.targets)
    order = np.arange(examples)
    total: Array = np.zeros(len(vector), np.float64)

    def loss_and_gradient() -> float:
        total.fill(0.0)
        mean = 0.0
        for inputs, targets in pieces.epoch(order):
            trainer.heed_ctrl_c()
            objective = trainer.objective(len(inputs))
            value = objective.forward(inputs, targets)
            trainer.check(value, objective)
            objective.backward()
            share = len(inputs) / examples
            mean += share * value
            np.add(total, share * vector.gradient, out=total)
        np.copyto(vector.gradient, total, casting="same_kind")
        for regularizer in regularizers:
            regularizer.add_gradient()
        return mean + sum(regularizer.penalty() for regularizer in regularizers)

    return loss_and_gradient
