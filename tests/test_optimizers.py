"""Each optimiser against the scalar recursion of its paper, and L-BFGS against what it minimises."""

from __future__ import annotations

from math import sqrt

import numpy as np
import pytest

from chainrule.errors import SettingError, UnknownNameError
from chainrule.layers import Dense
from chainrule.losses import LossWorkspace, SoftmaxCrossEntropy
from chainrule.network import Network
from chainrule.optimizers import (
    LBFGS,
    OPTIMIZERS,
    SGD,
    Adam,
    AdamW,
    Momentum,
    Nesterov,
    Optimizer,
    RMSProp,
    optimizer_named,
)

WEIGHTS = [0.7, -1.3, 2.0]
BIASES = [0.4, -0.9]
STEPS = 9
STEPPING = pytest.mark.parametrize(
    "name", [name for name, kind in OPTIMIZERS.items() if not kind.full_batch], ids=str
)


def small_network(dtype: type = np.float64) -> Network:
    """Two neurons in a row: three weights, then two biases, in one vector."""
    network = Network([Dense(1), Dense(1)], input_shape=2, seed=0, dtype=dtype)
    network.parameters.values[...] = WEIGHTS + BIASES
    return network


def gradient_at(step: int, index: int) -> float:
    return [0.3, -2.0, 0.05, 1.0, -0.4][index] * (1.0 + 0.25 * (step % 3)) * (-1.0 if step == 4 else 1.0)


def rate_at(step: int) -> float:
    return 0.1 * 0.9**step


def walked(optimizer: Optimizer, network: Network, steps: int = STEPS) -> np.ndarray:
    path = []
    for step in range(steps):
        network.parameters.gradient[...] = [gradient_at(step, index) for index in range(5)]
        optimizer.step(rate_at(step))
        path.append(network.parameters.values.copy())
    return np.array(path)


def sgd(w, index):
    for t in range(STEPS):
        w = w - rate_at(t) * gradient_at(t, index)
        yield w


def momentum(w, index, mu=0.8):
    v = 0.0
    for t in range(STEPS):
        v = mu * v + gradient_at(t, index)
        w = w - rate_at(t) * v
        yield w


def nesterov(w, index, mu=0.8):
    v = 0.0
    for t in range(STEPS):
        g = gradient_at(t, index)
        v = mu * v + g
        w = w - rate_at(t) * (g + mu * v)
        yield w


def rmsprop(w, index, rho=0.95, epsilon=1e-6):
    s = 0.0
    for t in range(STEPS):
        g = gradient_at(t, index)
        s = rho * s + (1 - rho) * g * g
        w = w - rate_at(t) * g / (sqrt(s) + epsilon)
        yield w


def adam(w, index, beta1=0.85, beta2=0.99, epsilon=1e-6, decay=0.0):
    m = s = 0.0
    for t in range(STEPS):
        g = gradient_at(t, index)
        if index < len(WEIGHTS):
            w = w - rate_at(t) * decay * w
        m = beta1 * m + (1 - beta1) * g
        s = beta2 * s + (1 - beta2) * g * g
        m_hat = m / (1 - beta1 ** (t + 1))
        s_hat = s / (1 - beta2 ** (t + 1))
        w = w - rate_at(t) * m_hat / (sqrt(s_hat) + epsilon)
        yield w


RECURSIONS = {
    "sgd": (SGD(0.1), sgd),
    "momentum": (Momentum(0.1, momentum=0.8), momentum),
    "nesterov": (Nesterov(0.1, momentum=0.8), nesterov),
    "rmsprop": (RMSProp(0.1, decay=0.95, epsilon=1e-6), rmsprop),
    "adam": (Adam(0.1, first_decay=0.85, second_decay=0.99, epsilon=1e-6), adam),
    "adamw": (
        AdamW(0.1, weight_decay=0.3, first_decay=0.85, second_decay=0.99, epsilon=1e-6),
        lambda w, index: adam(w, index, decay=0.3),
    ),
}


@STEPPING
@pytest.mark.parametrize(("dtype", "close"), [(np.float64, 1e-13), (np.float32, 3e-6)])
def test_every_step_is_the_papers_recursion(name, dtype, close):
    optimizer, recursion = RECURSIONS[name]
    network = small_network(dtype)
    optimizer.bind(network.parameters)
    expected = np.array([list(recursion(w, index)) for index, w in enumerate(WEIGHTS + BIASES)]).T
    np.testing.assert_allclose(walked(optimizer, network), expected, rtol=close, atol=close)
    assert network.parameters.values.dtype == dtype


@STEPPING
def test_bind_forgets_every_step(name):
    optimizer = OPTIMIZERS[name](0.1)
    first, second, fresh = small_network(), small_network(), small_network()
    optimizer.bind(first.parameters)
    walked(optimizer, first)
    assert optimizer.steps == STEPS
    optimizer.bind(second.parameters)
    assert optimizer.steps == 0
    assert set(optimizer.lines) == set(optimizer.remembers)
    assert all(not line.any() for line in optimizer.lines.values())
    other = OPTIMIZERS[name](0.1)
    other.bind(fresh.parameters)
    assert walked(optimizer, second).tobytes() == walked(other, fresh).tobytes()
    assert optimizer.steps == STEPS


@STEPPING
def test_what_it_remembers_is_enough_to_go_on_elsewhere(name):
    """Copy the lines and the count into another one, half-way: both end at the same bits."""
    whole, network = OPTIMIZERS[name](0.1), small_network()
    whole.bind(network.parameters)
    walked(whole, network, steps=4)
    resumed, elsewhere = OPTIMIZERS[name](0.1), small_network()
    resumed.bind(elsewhere.parameters)
    elsewhere.parameters.values[...] = network.parameters.values
    for line in whole.lines:
        resumed.lines[line][...] = whole.lines[line]
    resumed.steps = whole.steps
    assert walked(whole, network).tobytes() == walked(resumed, elsewhere).tobytes()


@STEPPING
def test_a_rate_of_nought_moves_nothing_and_the_gradient_is_only_read(name):
    optimizer, network = OPTIMIZERS[name](0.1), small_network()
    optimizer.bind(network.parameters)
    network.parameters.gradient[...] = 3.0
    optimizer.step(0.0)
    assert network.parameters.values.tolist() == WEIGHTS + BIASES
    assert (network.parameters.gradient == 3.0).all()


@STEPPING
def test_every_optimiser_finds_the_bottom_of_a_bowl(name):
    optimizer, network = OPTIMIZERS[name](0.1), small_network()
    optimizer.bind(network.parameters)
    bottom = np.array([1.0, -2.0, 0.5, 0.0, 3.0])
    for step in range(2000):
        network.parameters.gradient[...] = network.parameters.values - bottom
        optimizer.step(0.1 / (1 + 0.05 * step))
    # AdamW's decay holds the three weights a little nearer to 0 than the bottom.
    held_back = 0.05 if name == "adamw" else 1e-3
    np.testing.assert_allclose(network.parameters.values, bottom, atol=held_back)


def test_weight_decay_leaves_biases_alone():
    optimizer, network = AdamW(0.1, weight_decay=0.5), small_network()
    optimizer.bind(network.parameters)
    network.parameters.gradient.fill(0.0)
    optimizer.step(0.1)
    np.testing.assert_allclose(network.parameters.values[:3], np.array(WEIGHTS) * 0.95, rtol=1e-15)
    assert network.parameters.values[3:].tolist() == BIASES


def test_a_parameter_that_never_had_a_gradient_stays_where_it_is():
    for optimizer in (RMSProp(0.1), Adam(0.1)):
        network = small_network(np.float32)
        optimizer.bind(network.parameters)
        network.parameters.gradient[...] = [0.0, 1.0, 1.0, 1.0, 1.0]
        optimizer.step(0.1)
        assert network.parameters.values[0] == np.float32(WEIGHTS[0])
        assert (network.parameters.values[1:] != np.float32(WEIGHTS + BIASES)[1:]).all()


def test_lbfgs_goes_to_the_bottom_of_a_quadratic_bowl():
    generator = np.random.default_rng(3)
    root = generator.standard_normal((5, 5))
    curvature, bottom = root @ root.T + np.eye(5), generator.standard_normal(5)
    network = small_network()
    optimizer = LBFGS(iterations=100)
    optimizer.bind(network.parameters)

    def loss_and_gradient() -> float:
        away = network.parameters.values - bottom
        network.parameters.gradient[...] = curvature @ away
        return 0.5 * float(away @ curvature @ away)

    found = optimizer.minimize(loss_and_gradient)
    # SciPy stops where the gradient is below 1e-5.
    np.testing.assert_allclose(network.parameters.values, bottom, atol=1e-5)
    assert found == loss_and_gradient()
    assert found < 1e-9
    assert 0 < optimizer.steps <= 100
    optimizer.bind(network.parameters)
    assert optimizer.steps == 0


@pytest.mark.parametrize("dtype", [np.float32, np.float64])
def test_lbfgs_learns_all_images_at_once(dtype):
    generator = np.random.default_rng(1)
    inputs = generator.standard_normal((30, 4)).astype(dtype)
    targets = np.eye(3, dtype=dtype)[(inputs[:, :3]).argmax(axis=1)]
    network = Network([4, 8, 3], seed=2, dtype=dtype)
    bench = network.bench(30, training=True, logits=True)
    loss, workspace = SoftmaxCrossEntropy(), LossWorkspace(30, 3, network.dtype)
    optimizer = LBFGS(iterations=15)
    optimizer.bind(network.parameters)

    def loss_and_gradient() -> float:
        value = loss.forward(network.forward(inputs, bench), targets, workspace)
        network.backward(loss.backward(workspace), bench)
        return value

    losses = [loss_and_gradient()]
    losses += [optimizer.minimize(loss_and_gradient) for _ in range(4)]
    assert losses == sorted(losses, reverse=True)
    assert losses[-1] < 0.01 * losses[0]
    assert loss_and_gradient() == losses[-1]
    assert optimizer.steps <= 60


def test_lbfgs_keeps_to_its_number_of_iterations():
    network = small_network()
    optimizer = LBFGS(iterations=2)
    optimizer.bind(network.parameters)

    def rosenbrock() -> float:
        x, y = network.parameters.values[:2]
        network.parameters.gradient[...] = 0.0
        network.parameters.gradient[:2] = -2 * (1 - x) - 400 * x * (y - x * x), 200 * (y - x * x)
        return float((1 - x) ** 2 + 100 * (y - x * x) ** 2)

    before = rosenbrock()
    assert optimizer.minimize(rosenbrock) < before
    assert optimizer.steps == 2


@pytest.mark.parametrize(
    ("make", "word"),
    [
        (lambda: SGD(-0.1), "learning rate"),
        (lambda: SGD(float("nan")), "learning rate"),
        (lambda: SGD(float("inf")), "learning rate"),
        (lambda: Momentum(0.1, 1.0), "momentum"),
        (lambda: Nesterov(0.1, -0.1), "momentum"),
        (lambda: RMSProp(decay=1.0), "decay"),
        (lambda: RMSProp(epsilon=0.0), "epsilon"),
        (lambda: Adam(first_decay=1.0), "first decay"),
        (lambda: Adam(second_decay=float("nan")), "second decay"),
        (lambda: Adam(epsilon=-1e-8), "epsilon"),
        (lambda: AdamW(weight_decay=-0.1), "weight decay"),
        (lambda: LBFGS(iterations=0), "iterations"),
        (lambda: LBFGS(memory=0), "memory"),
    ],
)
def test_impossible_settings_are_refused_by_name(make, word):
    with pytest.raises(SettingError, match=word):
        make()


def test_an_optimiser_is_found_by_name():
    assert optimizer_named("adam") is Adam
    assert {kind.name: kind for kind in OPTIMIZERS.values()} == OPTIMIZERS
    with pytest.raises(UnknownNameError, match="Did you mean 'rmsprop'"):
        optimizer_named("rms_prop")
