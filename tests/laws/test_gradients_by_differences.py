"""First oracle: every layer before every output activation under every loss, against finite differences.

The difference quotient is the one of fourth order, (C(w−2h) − 8C(w−h) + 8C(w+h) − C(w+2h)) / 12h: with
h = 0.001 in float64 its own error is near 1e-12, so an element may be wrong by 1e-7 of itself at most.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

from chainrule.layers import Dense, Flatten
from chainrule.layers.registry import ACTIVATIONS, activation_named
from chainrule.losses import LOSSES, LossWorkspace
from chainrule.network import Network

from .cases import CASES, EVERY_LAYER, Case, gradient_for, inputs_for, network_of, shuffle_parameters

STEP = 1e-3
CLASSES = 3
ROWS = 4
CLOSE = {"rtol": 1e-7, "atol": 1e-11}


def derivative(function: Callable[[], float], line: Any) -> Any:
    """∂ function / ∂ each number of ``line``, which the function reads."""
    flat = line.reshape(-1)
    assert line.flags.c_contiguous
    found = np.zeros_like(flat)
    for index, value in enumerate(flat):
        total = 0.0
        for factor, weight in ((-2, 1.0), (-1, -8.0), (1, 8.0), (2, -1.0)):
            flat[index] = value + factor * STEP
            total += weight * function()
        found[index] = total / (12 * STEP)
        flat[index] = value
    return found.reshape(line.shape)


def combined_network(case: Case, loss_name: str, activation: str) -> tuple[Network, Any, Any]:
    """Layer, Dense, output activation; a bench; inputs: none within reach of a bend of the activation."""
    loss = LOSSES[loss_name]
    logits = loss.on_logits and activation == loss.output_activation
    inputs = inputs_for(case, ROWS)
    for seed in range(200):
        layers = [case.make(), Flatten(), Dense(CLASSES), activation_named(activation)]
        network = Network(layers, input_shape=case.input_shape, seed=0, dtype=np.float64)
        shuffle_parameters(network, seed)
        generator = np.random.default_rng(11)
        before = network.bench(ROWS, training=True, generator=generator, logits=True)
        if np.abs(network.forward(inputs, before)).min() > 0.05:
            break
    else:
        pytest.fail("no start keeps the weighted inputs away from 0")
    generator = np.random.default_rng(11)
    bench = network.bench(ROWS, training=True, generator=generator, input_gradient=True, logits=logits)
    return network, bench, inputs


@EVERY_LAYER
@pytest.mark.parametrize("activation", ACTIVATIONS)
@pytest.mark.parametrize("loss_name", LOSSES)
def test_gradient_by_parameters_and_inputs_equals_finite_differences(case, loss_name, activation):
    network, bench, inputs = combined_network(case, loss_name, activation)
    loss, workspace = LOSSES[loss_name](), LossWorkspace(ROWS, CLASSES, np.dtype(np.float64))
    targets = np.eye(CLASSES)[[0, 2, 1, 2]]
    draws = bench.purpose.generator.bit_generator
    start = draws.state

    def value() -> float:
        draws.state = start
        return loss.forward(network.forward(inputs, bench), targets, workspace)

    value()
    by_inputs = network.backward(loss.backward(workspace), bench).copy()
    by_parameters = network.parameters.gradient.copy()
    np.testing.assert_allclose(by_parameters, derivative(value, network.parameters.values), **CLOSE)
    np.testing.assert_allclose(by_inputs, derivative(value, inputs), **CLOSE)


@EVERY_LAYER
@pytest.mark.parametrize("rows", [1, 7])
def test_a_layer_alone_passes_any_gradient_back_as_finite_differences_say(case, rows):
    network = network_of(case)
    inputs, direction = inputs_for(case, rows), gradient_for(network, rows)
    generator = np.random.default_rng(12)
    start = generator.bit_generator.state
    bench = network.bench(rows, training=True, generator=generator, input_gradient=True)

    def value() -> float:
        generator.bit_generator.state = start
        return float(np.vdot(direction, network.forward(inputs, bench)))

    value()
    by_inputs = network.backward(direction, bench).copy()
    by_parameters = network.parameters.gradient.copy()
    np.testing.assert_allclose(by_parameters, derivative(value, network.parameters.values), **CLOSE)
    np.testing.assert_allclose(by_inputs, derivative(value, inputs), **CLOSE)


def test_the_quotient_itself_finds_a_derivative_that_is_off_by_one_in_a_million():
    numbers = np.array([0.3, -1.2])
    quotient = derivative(lambda: float(np.exp(numbers).sum()), numbers)
    np.testing.assert_allclose(quotient, np.exp(numbers), **CLOSE)
    with pytest.raises(AssertionError):
        np.testing.assert_allclose(quotient * (1 + 1e-6), np.exp(numbers), **CLOSE)


def test_the_table_holds_a_layer_of_every_kind_of_bend():
    assert {case.name for case in CASES} >= {"relu", "prelu", "leaky_relu", "elu", "step"}
