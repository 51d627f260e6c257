"""The loss of a network on a batch: its value, its gradient, and what its two passes go over."""

from __future__ import annotations

import numpy as np
import pytest

import chainrule as cr
from chainrule.losses import Loss
from chainrule.objective import Objective

GENERATOR = np.random.default_rng(0)
INPUTS = GENERATOR.uniform(0, 1, (5, 4))
TARGETS = np.eye(3)[GENERATOR.integers(3, size=5)]


@pytest.mark.parametrize(
    ("loss", "by_hand"),
    [
        (cr.Quadratic(), lambda a: 0.5 * ((a - TARGETS) ** 2).sum() / 5),
        (
            cr.SigmoidCrossEntropy(),
            lambda a: -(TARGETS * np.log(a) + (1 - TARGETS) * np.log(1 - a)).sum() / 5,
        ),
    ],
)
def test_forward_gives_the_mean_loss_of_what_the_network_answers(loss: Loss, by_hand) -> None:
    network = cr.Network([4, 6, 3], seed=1, dtype=np.float64)
    objective = Objective(network, loss, rows=5)
    assert objective.forward(INPUTS, TARGETS) == pytest.approx(by_hand(network.predict(INPUTS)), rel=1e-12)


def test_backward_writes_the_slope_of_forward() -> None:
    network = cr.Network([4, 6, 3], seed=1, dtype=np.float64)
    objective = Objective(network, cr.SigmoidCrossEntropy(), rows=5)
    before = objective.forward(INPUTS, TARGETS)
    objective.backward()
    values, gradient = network.parameters.values, network.parameters.gradient.copy()
    step = 1e-6 * GENERATOR.standard_normal(len(values))
    values += step
    after = objective.forward(INPUTS, TARGETS)
    values -= 2 * step
    rise = (after - objective.forward(INPUTS, TARGETS)) / 2
    assert rise == pytest.approx(gradient @ step, rel=1e-6)
    assert after != before


def test_the_derivative_by_the_inputs_comes_only_when_asked_for() -> None:
    network = cr.Network([4, 6, 3], seed=1, dtype=np.float64)
    for wanted in (False, True):
        objective = Objective(network, cr.Quadratic(), rows=5, input_gradient=wanted)
        objective.forward(INPUTS, TARGETS)
        by_inputs = objective.backward()
        assert (by_inputs is not None) == wanted


def test_one_that_only_answers_goes_forward_but_not_backward() -> None:
    network = cr.Network([4, 6, 3], seed=1, dtype=np.float64)
    objective = Objective(network, cr.Quadratic(), rows=5, training=False)
    assert objective.forward(INPUTS, TARGETS) > 0
    with pytest.raises(cr.ChainruleError, match="only answers"):
        objective.backward()
