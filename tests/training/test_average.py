"""The moving average covers what layers gather, so that its statistics belong to its weights."""

import numpy as np
import pytest

import chainrule as cr
from chainrule.training.average import MovingAverage


def test_what_is_gathered_is_averaged_with_the_same_weights_as_what_is_learnt():
    network = cr.Network([cr.Dense(3), cr.BatchNorm()], 2, seed=1, dtype=np.float64)
    average, seen = MovingAverage(0.6), network.state["1.running_mean"]
    average.bind(network.parameters, network.state)
    # Parameters and statistics walk together, so their averages must stay together.
    network.parameters.values.fill(0.0)
    average.line.fill(0.0)
    for step in range(8):
        network.parameters.values[...] = seen[...] = np.sin(step)
        average.update()
    np.testing.assert_allclose(average.state["1.running_mean"], average.line[0], rtol=1e-14)
    assert average.line[0] != pytest.approx(np.sin(7))


def test_applied_and_settled_networks_answer_with_averaged_statistics():
    network = cr.Network([cr.Dense(3), cr.BatchNorm()], 2, seed=1)
    average = MovingAverage(0.5)
    average.bind(network.parameters, network.state)
    for number in range(4):
        network.parameters.values += 1.0
        network.state["1.running_mean"] += number
        average.update()
    own = network.fingerprint()
    with average.applied():
        within = network.fingerprint()
        np.testing.assert_array_equal(network.state["1.running_mean"], average.state["1.running_mean"])
    assert network.fingerprint() == own != within
    average.settle()
    assert network.fingerprint() == within


def gathered_anew(network, inputs):
    """The statistics that this network's own weights give, over all inputs, in one batch."""
    bench = network.bench(len(inputs), training=True)
    for layer in network.layers:
        if isinstance(layer, cr.BatchNorm):
            layer.momentum = 1.0
    network.forward(inputs, bench)
    return {name: array.copy() for name, array in network.state.items()}


def test_averaged_statistics_are_nearer_to_those_of_the_averaged_weights_than_the_last_ones(toy):
    """The oracle: statistics gathered anew by the averaged weights, over all the training data."""
    layers = [cr.Dense(12, "he_normal", bias=False), cr.BatchNorm(), cr.ReLU(), cr.Dense(3), cr.Softmax()]
    network = cr.Network(layers, 20, seed=3)
    trainer = cr.Trainer(
        network,
        loss="softmax_cross_entropy",
        optimizer=cr.Nesterov(0.2),
        epochs=4,
        batch_size=7,
        average=0.98,
        seed=5,
    )
    last = {}

    class KeepTheLast(cr.Callback):
        def on_end(self, trainer):
            last.update({name: array.copy() for name, array in trainer.network.state.items()})

    trainer.callbacks = (KeepTheLast(),)
    trainer.fit(toy.train)
    averaged = {name: array.copy() for name, array in network.state.items()}
    right = gathered_anew(network, toy.train.inputs)
    for name, array in right.items():
        error = np.abs(averaged[name] - array).max() / np.abs(array).max()
        error_of_last = np.abs(last[name] - array).max() / np.abs(array).max()
        assert error < 0.5 * error_of_last
        assert error < 0.12
