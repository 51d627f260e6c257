"""Second oracle: ``autograd`` differentiates the formulas, and loss and gradients must be the same."""

from __future__ import annotations

from typing import Any

import autograd
import autograd.numpy as anp
import numpy as np
import pytest

from chainrule.layers import (
    ELU,
    BatchNorm,
    Dense,
    Dropout,
    PReLU,
    ReLU,
    Reshape,
    Residual,
    Sigmoid,
    Softmax,
    Tanh,
    fully_connected,
)
from chainrule.losses import LOSSES, LossWorkspace
from chainrule.network import Network
from chainrule.regularizers import L1, L2

from .cases import EVERY_LAYER, EVERY_SIZE, gradient_for, inputs_for, network_of, shuffle_parameters
from .plain_functions import LOSS_FUNCTIONS, network_function

CLOSE = {"rtol": 1e-10, "atol": 1e-13}
EXAMPLES = 60


@EVERY_LAYER
@EVERY_SIZE
def test_a_layer_alone_agrees_with_autograd(case, rows):
    network = network_of(case)
    inputs, direction = inputs_for(case, rows), gradient_for(network, rows)
    bench = network.bench(rows, training=True, generator=np.random.default_rng(7), input_gradient=True)
    function = network_function(network)

    def value(line: Any, given: Any) -> Any:
        return anp.sum(direction * function(line, given, np.random.default_rng(7)))

    outputs = network.forward(inputs, bench).copy()
    by_inputs = network.backward(direction, bench)
    expected = function(network.parameters.values, inputs, np.random.default_rng(7))
    by_line, by_given = autograd.grad(value, argnum=[0, 1])(network.parameters.values, inputs)
    np.testing.assert_allclose(outputs, expected, **CLOSE)
    np.testing.assert_allclose(network.parameters.gradient, by_line, **CLOSE)
    np.testing.assert_allclose(by_inputs, by_given, **CLOSE)


@EVERY_LAYER
@EVERY_SIZE
def test_a_layer_answers_what_its_formula_says(case, rows):
    network = network_of(case)
    inputs = inputs_for(case, rows)
    expected = network_function(network)(network.parameters.values, inputs)
    np.testing.assert_allclose(network.predict(inputs), expected, **CLOSE)


@pytest.mark.parametrize("name", LOSSES)
@EVERY_SIZE
def test_a_loss_agrees_with_autograd(name, rows):
    generator = np.random.default_rng(3)
    outputs, targets = generator.standard_normal((rows, 4)), np.eye(4)[generator.integers(0, 4, rows)]
    workspace = LossWorkspace(rows, 4, np.dtype(np.float64))
    value = LOSSES[name]().forward(outputs, targets, workspace)
    assert value == pytest.approx(LOSS_FUNCTIONS[name](outputs, targets), rel=1e-13)
    expected = autograd.grad(LOSS_FUNCTIONS[name])(outputs, targets)
    np.testing.assert_allclose(LOSSES[name]().backward(workspace), expected, **CLOSE)


def residual_tower() -> list[Any]:
    block = [Dense(8, initializer="he_normal"), BatchNorm(), ReLU(), Dense(8, bias=False), Dropout(0.2)]
    return [Dense(8), Tanh(), Residual(block), Residual([ELU(), Dense(8), PReLU()]), Dense(3), Softmax()]


NETWORKS = {
    "no_hidden_layer": lambda: fully_connected([6, 3]),
    "one_hidden_layer": lambda: fully_connected([6, 5, 3]),
    "two_hidden_layers": lambda: fully_connected([6, 5, 4, 3], hidden="tanh", output="softmax"),
    "six_hidden_layers": lambda: fully_connected([6, 9, 8, 7, 6, 5, 4, 3], hidden="elu", output="softmax"),
    "without_biases": lambda: fully_connected([6, 5, 5, 3], bias=False),
    "batch_norm_and_dropout": lambda: fully_connected(
        [6, 8, 8, 3], hidden="leaky_relu", output="sigmoid", batch_norm=True, dropout=0.3
    ),
    "residual_tower": residual_tower,
    "reshaped": lambda: [Reshape((2, 3)), PReLU(), Reshape((6,)), Dense(3), Sigmoid()],
}
REGULARIZERS = {
    "alone": ([], lambda w: 0.0),
    "l2": ([L2(1.7)], lambda w: 1.7 / (2 * EXAMPLES) * anp.sum(w**2)),
    "l1": ([L1(0.9)], lambda w: 0.9 / EXAMPLES * anp.sum(anp.abs(w))),
    "l1_and_l2": (
        [L1(0.9), L2(1.7)],
        lambda w: 0.9 / EXAMPLES * anp.sum(anp.abs(w)) + 1.7 / (2 * EXAMPLES) * anp.sum(w**2),
    ),
}


@pytest.mark.parametrize("network_name", NETWORKS)
@pytest.mark.parametrize("loss_name", LOSSES)
@pytest.mark.parametrize("regularizer_name", REGULARIZERS)
def test_a_whole_network_with_its_regularizer_agrees_with_autograd(network_name, loss_name, regularizer_name):
    network = Network(NETWORKS[network_name](), input_shape=6, seed=3, dtype=np.float64)
    shuffle_parameters(network)
    loss, rows = LOSSES[loss_name](), 11
    logits = loss.on_logits
    generator = np.random.default_rng(4)
    inputs, targets = generator.standard_normal((rows, 6)), np.eye(3)[generator.integers(0, 3, rows)]
    regularizers, penalty = REGULARIZERS[regularizer_name]
    vector = network.parameters
    for regularizer in regularizers:
        regularizer.bind(vector, EXAMPLES)
    bench = network.bench(
        rows, training=True, generator=np.random.default_rng(7), input_gradient=True, logits=logits
    )
    workspace = LossWorkspace(rows, 3, network.dtype)
    function = network_function(network, leave_out=int(logits))

    def whole(line: Any, given: Any) -> Any:
        outputs = function(line, given, np.random.default_rng(7))
        return LOSS_FUNCTIONS[loss_name](outputs, targets) + penalty(line[: len(vector.weights)])

    value = loss.forward(network.forward(inputs, bench), targets, workspace)
    value += sum(regularizer.penalty() for regularizer in regularizers)
    by_inputs = network.backward(loss.backward(workspace), bench)
    for regularizer in regularizers:
        regularizer.add_gradient()
    assert value == pytest.approx(whole(vector.values, inputs), rel=1e-12)
    by_line, by_given = autograd.grad(whole, argnum=[0, 1])(vector.values, inputs)
    np.testing.assert_allclose(vector.gradient, by_line, **CLOSE)
    np.testing.assert_allclose(by_inputs, by_given, **CLOSE)
