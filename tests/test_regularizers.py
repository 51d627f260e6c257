"""Penalties and their derivatives, the bound on norms, and that biases are left alone."""

from __future__ import annotations

import numpy as np
import pytest

from chainrule.errors import SettingError
from chainrule.layers import BatchNorm, Dense, PReLU
from chainrule.network import Network
from chainrule.regularizers import L1, L2, MaxNorm

EXAMPLES = 40
IN_LOSS = pytest.mark.parametrize("kind", [L1, L2])


def network_with_much(dtype: type = np.float64) -> Network:
    """Weights, biases, slopes, scales and shifts; every number between 0.2 and 1.2 away from 0."""
    network = Network([Dense(4), BatchNorm(), PReLU(), Dense(3)], input_shape=5, dtype=dtype)
    generator = np.random.default_rng(0)
    values = network.parameters.values
    values[...] = generator.uniform(0.2, 1.2, len(values)) * generator.choice([-1, 1], len(values))
    return network


def test_the_penalties_by_hand():
    vector = Network([Dense(1)], input_shape=2, dtype=np.float64).parameters
    vector.values[...] = [3.0, -4.0, 100.0]
    for kind, penalty, gradient in ((L2, 0.5 * 6 / 10 * 25, [1.8, -2.4]), (L1, 6 / 10 * 7, [0.6, -0.6])):
        regularizer = kind(6.0)
        regularizer.bind(vector, 10)
        vector.gradient.fill(0.0)
        regularizer.add_gradient()
        assert regularizer.penalty() == pytest.approx(penalty, rel=1e-15)
        assert vector.gradient.tolist() == pytest.approx([*gradient, 0.0], rel=1e-15)


@IN_LOSS
def test_what_is_added_to_the_gradient_is_the_derivative_of_the_penalty(kind):
    vector = network_with_much().parameters
    regularizer = kind(2.5)
    regularizer.bind(vector, EXAMPLES)
    vector.gradient.fill(1.0)
    regularizer.add_gradient()
    step = 1e-3
    for index in range(len(vector)):
        value = vector.values[index]
        sides = []
        for side in (value + step, value - step):
            vector.values[index] = side
            sides.append(regularizer.penalty())
        vector.values[index] = value
        # Both penalties are at most quadratic here, so the quotient is exact up to rounding.
        quotient = (sides[0] - sides[1]) / (2 * step)
        assert vector.gradient[index] - 1.0 == pytest.approx(quotient, rel=1e-10, abs=1e-12)


@IN_LOSS
@pytest.mark.parametrize("dtype", [np.float32, np.float64])
def test_only_weights_are_penalised(kind, dtype):
    vector = network_with_much(dtype).parameters
    regularizer = kind(2.5)
    regularizer.bind(vector, EXAMPLES)
    vector.gradient.fill(0.0)
    regularizer.add_gradient()
    weights = len(vector.weights)
    assert weights == 5 * 4 + 4 * 3
    assert vector.gradient[:weights].all()
    assert not vector.gradient[weights:].any()
    before = regularizer.penalty()
    vector.values[weights:] = 1000.0
    assert regularizer.penalty() == before
    assert type(before) is float


def test_l1_does_not_push_a_weight_that_is_nought():
    vector = Network([Dense(2)], input_shape=2, dtype=np.float32).parameters
    vector.values.fill(0.0)
    regularizer = L1(1.0)
    regularizer.bind(vector, 10)
    regularizer.add_gradient()
    assert not vector.gradient.any()


@pytest.mark.parametrize("dtype", [np.float32, np.float64])
@pytest.mark.parametrize("bound", [1.0, 0.3, 1.7])
def test_max_norm_bounds_the_norm_into_each_neuron_and_keeps_its_direction(dtype, bound):
    network = network_with_much(dtype)
    before = [layer.weights.copy() for layer in (network.layers[0], network.layers[3])]
    regularizer = MaxNorm(bound)
    regularizer.bind(network.parameters, EXAMPLES)
    regularizer.constrain()
    rounding = 4 * np.finfo(dtype).eps
    for layer, old in zip((network.layers[0], network.layers[3]), before, strict=True):
        new_norms, old_norms = (
            np.linalg.norm(each.astype(np.float64), axis=1) for each in (layer.weights, old)
        )
        assert (new_norms <= bound * (1 + rounding)).all()
        np.testing.assert_allclose(new_norms, np.minimum(old_norms, bound), rtol=rounding)
        cosines = np.sum(layer.weights.astype(np.float64) * old, axis=1) / (new_norms * old_norms)
        np.testing.assert_allclose(cosines, 1.0, rtol=rounding)


@pytest.mark.parametrize("dtype", [np.float32, np.float64])
@pytest.mark.parametrize("bound", [0.1, 0.3, 3.0, 1 / 3])
def test_max_norm_leaves_small_norms_as_they_are_to_the_bit(dtype, bound):
    network = Network([Dense(50)], input_shape=9, seed=0, dtype=dtype)
    weights = network.layers[0].weights
    weights *= 0.99 * bound / np.linalg.norm(weights, axis=1, keepdims=True)
    weights[7] = 0.0
    before = network.parameters.values.tobytes()
    regularizer = MaxNorm(bound)
    regularizer.bind(network.parameters, EXAMPLES)
    regularizer.constrain()
    assert network.parameters.values.tobytes() == before


def test_max_norm_leaves_everything_but_weights_alone_and_adds_nothing_to_loss_or_gradient():
    network = network_with_much(np.float32)
    vector = network.parameters
    rest = vector.values[len(vector.weights) :].copy()
    vector.gradient.fill(0.25)
    regularizer = MaxNorm(0.01)
    regularizer.bind(vector, EXAMPLES)
    regularizer.add_gradient()
    regularizer.constrain()
    assert regularizer.penalty() == 0.0
    assert (vector.gradient == 0.25).all()
    assert vector.values[len(vector.weights) :].tolist() == rest.tolist()


@IN_LOSS
def test_a_term_of_the_loss_bounds_nothing(kind):
    network = network_with_much()
    before = network.fingerprint()
    regularizer = kind(5.0)
    regularizer.bind(network.parameters, EXAMPLES)
    regularizer.constrain()
    assert network.fingerprint() == before


@pytest.mark.parametrize("kind", [L1, L2, MaxNorm])
@pytest.mark.parametrize("strength", [0.0, -1.0, float("nan"), float("inf")])
def test_an_impossible_strength_is_refused_by_name(kind, strength):
    with pytest.raises(SettingError, match=kind.name):
        kind(strength)
