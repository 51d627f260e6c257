"""The library and the textbook's per-image algorithm come to the same weights from the same start."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from chainrule.data.batches import Batches
from chainrule.data.dataset import Dataset
from chainrule.layers import Dense
from chainrule.losses import LOSSES, LossWorkspace
from chainrule.network import Network
from chainrule.optimizers import SGD
from chainrule.regularizers import L2

from .textbook import TextbookNetwork, cross_entropy_error, quadratic_error

ERRORS = {"quadratic": quadratic_error, "sigmoid_cross_entropy": cross_entropy_error}
# Sums over a batch in another order, carried on for an epoch; far from what one wrong term would do.
SAME = {"rtol": 1e-10, "atol": 1e-10}


def dense_layers(network: Network) -> list[Dense]:
    return [layer for layer in network.layers if isinstance(layer, Dense)]


def same_start(network: Network, loss_name: str) -> TextbookNetwork:
    layers = dense_layers(network)
    return TextbookNetwork(
        [layer.weights for layer in layers], [layer.biases for layer in layers], ERRORS[loss_name]
    )


def train_one_epoch(
    network: Network, data: Dataset, order: Any, loss_name: str, size: int, eta: float, lmbda: float
) -> None:
    loss, optimizer = LOSSES[loss_name](), SGD(eta)
    optimizer.bind(network.parameters)
    regularizer = L2(lmbda) if lmbda else None
    if regularizer:
        regularizer.bind(network.parameters, len(data))
    benches = {}
    for inputs, targets in Batches(data, size, dtype=np.float64).epoch(order):
        rows = len(inputs)
        if rows not in benches:
            bench = network.bench(rows, training=True, logits=loss.on_logits)
            benches[rows] = bench, LossWorkspace(rows, data.classes, network.dtype)
        bench, workspace = benches[rows]
        loss.forward(network.forward(inputs, bench), targets, workspace)
        network.backward(loss.backward(workspace), bench)
        if regularizer:
            regularizer.add_gradient()
        optimizer.step(eta)


def columns(data: Dataset, order: Any) -> list[tuple[Any, Any]]:
    inputs = data.inputs.astype(np.float64)
    if data.inputs.dtype == np.uint8:
        inputs = inputs * data.scaling.scale + data.scaling.shift
    targets = np.eye(data.classes)[data.labels]
    return [(inputs[index].reshape(-1, 1), targets[index].reshape(-1, 1)) for index in order]


def assert_same_weights(network: Network, textbook: TextbookNetwork) -> None:
    for layer, weight, bias in zip(dense_layers(network), textbook.weights, textbook.biases, strict=True):
        np.testing.assert_allclose(layer.weights, weight, **SAME)
        np.testing.assert_allclose(layer.biases.reshape(-1, 1), bias, **SAME)


@pytest.fixture(scope="module")
def made_up_data() -> Dataset:
    generator = np.random.default_rng(21)
    inputs = generator.random((500, 20)).astype(np.float32)
    labels = (inputs @ generator.standard_normal((20, 4)).astype(np.float32)).argmax(axis=1)
    return Dataset(inputs, labels, class_names=("a", "b", "c", "d"), input_shape=(20,))


@pytest.mark.parametrize("loss_name", ERRORS)
@pytest.mark.parametrize("lmbda", [0.0, 5.0], ids=["plain", "l2"])
@pytest.mark.parametrize("sizes", [[20, 4], [20, 12, 4], [20, 8, 7, 4]], ids=["2", "3", "4"])
@pytest.mark.parametrize("batch_size", [10, 32], ids=["even", "ragged"])
def test_an_epoch_ends_at_the_textbooks_weights(made_up_data, loss_name, lmbda, sizes, batch_size):
    network = Network(sizes, seed=8, dtype=np.float64)
    textbook = same_start(network, loss_name)
    start = network.parameters.values.copy()
    order = np.random.default_rng(9).permutation(len(made_up_data))
    train_one_epoch(network, made_up_data, order, loss_name, batch_size, 0.5, lmbda)
    textbook.epoch(columns(made_up_data, order), batch_size, 0.5, lmbda)
    assert_same_weights(network, textbook)
    assert np.abs(network.parameters.values - start).max() > 0.1


@pytest.mark.parametrize(("loss_name", "eta"), [("quadratic", 3.0), ("sigmoid_cross_entropy", 0.5)])
def test_a_thousand_real_images_lead_to_the_textbooks_weights(mnist, loss_name, eta):
    """At the book's learning rates; a larger one makes the path chaotic and roundings grow on it."""
    data = mnist.train.part(slice(0, 1000), "the first thousand")
    network = Network([784, 15, 10], seed=2, dtype=np.float64)
    textbook = same_start(network, loss_name)
    start = network.parameters.values.copy()
    order = np.random.default_rng(5).permutation(len(data))
    train_one_epoch(network, data, order, loss_name, 10, eta, 0.1)
    textbook.epoch(columns(data, order), 10, eta, 0.1)
    assert_same_weights(network, textbook)
    assert np.abs(network.parameters.values - start).max() > 0.1
