"""Third oracle, where it is installed: PyTorch's layers, losses and optimisers give the same numbers."""

from __future__ import annotations

import warnings
from typing import Any

import numpy as np
import pytest

from chainrule.layers import ELU, Convolution, LeakyReLU, MaxPool, fully_connected
from chainrule.losses import LOSSES, LossWorkspace, SoftmaxCrossEntropy
from chainrule.network import Network
from chainrule.optimizers import OPTIMIZERS

from .cases import CASES, EVERY_SIZE, gradient_for, inputs_for, network_of, shuffle_parameters, training_bench

torch = pytest.importorskip("torch", exc_type=ImportError)

CLOSE = {"rtol": 1e-12, "atol": 1e-14}
functional = torch.nn.functional


def tensor(array: Any) -> Any:
    return torch.tensor(np.array(array), dtype=torch.float64)


def channels_second(z: Any) -> Any:
    return z.movedim(-1, 1)


def batch_norm(layer: Any, z: Any, learnt: dict[str, Any], state: dict[str, Any]) -> Any:
    normalized = functional.batch_norm(
        channels_second(z),
        state["running_mean"],
        state["running_variance"],
        learnt["scale"],
        learnt["shift"],
        training=True,
        momentum=layer.momentum,
        eps=layer.epsilon,
    )
    return normalized.movedim(1, -1)


def convolution(layer: Any, z: Any, learnt: dict[str, Any], state: dict[str, Any]) -> Any:
    z = channels_second(z)
    if layer.padding == "same":
        (top, bottom), (left, right) = layer.margins((*z.shape[2:], z.shape[1]))
        z = functional.pad(z, (left, right, top, bottom))
    weights = learnt["weights"].movedim(-1, 1)
    return functional.conv2d(z, weights, learnt.get("biases"), stride=layer.stride).movedim(1, -1)


def max_pool(layer: Any, z: Any, learnt: dict[str, Any], state: dict[str, Any]) -> Any:
    return functional.max_pool2d(channels_second(z), layer.size, layer.stride).movedim(1, -1)


def average_pool(layer: Any, z: Any, learnt: dict[str, Any], state: dict[str, Any]) -> Any:
    return functional.avg_pool2d(channels_second(z), layer.size, layer.stride).movedim(1, -1)


FORMULAS = {
    **{case.name: convolution for case in CASES if case.name.startswith("convolution")},
    **{case.name: max_pool for case in CASES if case.name.startswith("max_pool")},
    **{case.name: average_pool for case in CASES if case.name.startswith("average_pool")},
    "global_average_pool": lambda layer, z, p, s: functional.adaptive_avg_pool2d(
        channels_second(z), 1
    ).flatten(1),
    "dense": lambda layer, z, p, s: functional.linear(z, p["weights"], p["biases"]),
    "dense_without_bias": lambda layer, z, p, s: functional.linear(z, p["weights"]),
    "sigmoid": lambda layer, z, p, s: torch.sigmoid(z),
    "tanh": lambda layer, z, p, s: torch.tanh(z),
    "relu": lambda layer, z, p, s: torch.relu(z),
    "leaky_relu": lambda layer, z, p, s: functional.leaky_relu(z, layer.slope),
    "prelu": lambda layer, z, p, s: functional.prelu(z, p["slopes"]),
    "elu": lambda layer, z, p, s: functional.elu(z, layer.alpha),
    "softmax": lambda layer, z, p, s: torch.softmax(z, -1),
    "softmax_on_images": lambda layer, z, p, s: torch.softmax(z, -1),
    "batch_norm": batch_norm,
    "batch_norm_on_images": batch_norm,
    "flatten": lambda layer, z, p, s: torch.flatten(z, 1),
    "reshape": lambda layer, z, p, s: z.reshape(len(z), *layer.shape),
}


@pytest.mark.parametrize(
    "case", [case for case in CASES if case.name in FORMULAS], ids=lambda case: case.name
)
@EVERY_SIZE
def test_a_layer_agrees_with_torch_forward_and_backward(case, rows):
    if rows == 1 and case.name == "batch_norm":
        rows = 2  # torch refuses a variance over one row
    network = network_of(case)
    layer = network.layers[0]
    learnt = {
        name.removeprefix("0."): tensor(network.parameters.view(name)).requires_grad_()
        for name in network.parameters.parameters
    }
    state = {name.removeprefix("0."): tensor(array) for name, array in network.state.items()}
    inputs, direction = inputs_for(case, rows), gradient_for(network, rows)
    given = tensor(inputs).requires_grad_()
    expected = FORMULAS[case.name](layer, given, learnt, state)
    expected.backward(tensor(direction))

    bench = training_bench(network, rows)
    np.testing.assert_allclose(network.forward(inputs, bench), expected.detach().numpy(), **CLOSE)
    by_inputs = network.backward(direction, bench)
    np.testing.assert_allclose(by_inputs, given.grad.numpy(), **CLOSE)
    for name, parameter in learnt.items():
        np.testing.assert_allclose(
            getattr(layer, f"{name}_gradient"), parameter.grad.numpy(), rtol=1e-12, atol=1e-13
        )
    for name, array in network.state.items():
        np.testing.assert_allclose(array, state[name.removeprefix("0.")].numpy(), **CLOSE)


@pytest.mark.parametrize(("size", "stride"), [(2, None), (3, 2), ((2, 3), 1)])
def test_of_equally_large_pixels_torch_chooses_the_same(size, stride):
    layer = MaxPool(size, stride)
    inputs = np.random.default_rng(0).integers(0, 3, (5, 8, 9, 4)).astype(np.float64)
    network = Network([layer], input_shape=inputs.shape[1:], dtype=np.float64)
    given, bench = tensor(inputs).requires_grad_(), training_bench(network, 5)
    direction = gradient_for(network, 5)
    max_pool(layer, given, {}, {}).backward(tensor(direction))
    network.forward(inputs, bench)
    np.testing.assert_allclose(network.backward(direction, bench), given.grad.numpy(), **CLOSE)


def test_same_padding_means_the_same_where_torch_has_it():
    for kernel in (2, 3, (4, 5)):
        layer = Convolution(3, kernel, padding="same")
        network = Network([layer], input_shape=(5, 6, 2), seed=0, dtype=np.float64)
        inputs = np.random.default_rng(0).standard_normal((4, 5, 6, 2))
        weights = tensor(layer.weights).movedim(-1, 1)
        with warnings.catch_warnings(action="ignore"):
            expected = functional.conv2d(channels_second(tensor(inputs)), weights, padding="same")
        np.testing.assert_allclose(network.predict(inputs), expected.movedim(1, -1).numpy(), **CLOSE)


@EVERY_SIZE
@pytest.mark.parametrize("smoothing", [0.0, 0.1, 0.7])
def test_label_smoothing_means_the_same(rows, smoothing):
    generator = np.random.default_rng(3)
    outputs, targets = generator.standard_normal((rows, 4)), np.eye(4)[generator.integers(0, 4, rows)]
    workspace = LossWorkspace(rows, 4, np.dtype(np.float64))
    loss, given = SoftmaxCrossEntropy(smoothing), tensor(outputs).requires_grad_()
    expected = functional.cross_entropy(given, tensor(targets), label_smoothing=smoothing)
    expected.backward()
    assert loss.forward(outputs, targets, workspace) == pytest.approx(expected.item(), rel=1e-12)
    np.testing.assert_allclose(loss.backward(workspace), given.grad.numpy(), rtol=1e-12, atol=1e-16)


def test_the_settings_of_slopes_mean_the_same():
    z = np.array([[-2.0, 3.0]])
    for layer, formula in ((LeakyReLU(), functional.leaky_relu), (ELU(), functional.elu)):
        network = Network([layer], input_shape=2, dtype=np.float64)
        np.testing.assert_allclose(network.predict(z), formula(tensor(z)).numpy(), **CLOSE)


TORCH_LOSSES = {
    "quadratic": lambda z, y: 0.5 * functional.mse_loss(z, y, reduction="sum") / len(z),
    "sigmoid_cross_entropy": lambda z, y: (
        functional.binary_cross_entropy_with_logits(z, y, reduction="sum") / len(z)
    ),
    "softmax_cross_entropy": functional.cross_entropy,
}


@pytest.mark.parametrize("name", LOSSES)
@EVERY_SIZE
@pytest.mark.parametrize("size", [1.0, 50.0])
def test_a_loss_agrees_with_torch_forward_and_backward(name, rows, size):
    generator = np.random.default_rng(3)
    outputs, targets = size * generator.standard_normal((rows, 4)), np.eye(4)[generator.integers(0, 4, rows)]
    workspace = LossWorkspace(rows, 4, np.dtype(np.float64))
    loss, given = LOSSES[name](), tensor(outputs).requires_grad_()
    expected = TORCH_LOSSES[name](given, tensor(targets))
    expected.backward()
    assert loss.forward(outputs, targets, workspace) == pytest.approx(expected.item(), rel=1e-12)
    np.testing.assert_allclose(loss.backward(workspace), given.grad.numpy(), rtol=1e-12, atol=1e-16)


TORCH_OPTIMIZERS = {
    "sgd": lambda groups: torch.optim.SGD(groups, lr=0.3),
    "momentum": lambda groups: torch.optim.SGD(groups, lr=0.3, momentum=0.9),
    "nesterov": lambda groups: torch.optim.SGD(groups, lr=0.3, momentum=0.9, nesterov=True),
    "rmsprop": lambda groups: torch.optim.RMSprop(groups, lr=0.3, alpha=0.99, eps=1e-8),
    "adam": lambda groups: torch.optim.Adam(groups, lr=0.3),
    "adamw": lambda groups: torch.optim.AdamW(groups, lr=0.3),
}


@pytest.mark.parametrize("name", TORCH_OPTIMIZERS)
def test_an_optimiser_walks_the_same_path_as_torch(name):
    """A whole network, 12 steps; torch has its weights and its biases in two groups (biases do not decay)."""
    layers = fully_connected([5, 6, 3], hidden="tanh", output="softmax")
    network = Network(layers, input_shape=5, seed=1, dtype=np.float64)
    shuffle_parameters(network)
    generator = np.random.default_rng(2)
    inputs, targets = generator.standard_normal((8, 5)), np.eye(3)[generator.integers(0, 3, 8)]
    learnt = {
        key: tensor(network.parameters.view(key)).requires_grad_() for key in network.parameters.parameters
    }
    decay = {"weight_decay": 0.01} if name == "adamw" else {}
    groups = [
        {"params": [learnt["0.weights"], learnt["2.weights"]], **decay},
        {"params": [learnt["0.biases"], learnt["2.biases"]], "weight_decay": 0.0},
    ]
    peer, optimizer = TORCH_OPTIMIZERS[name](groups), OPTIMIZERS[name](0.3)
    optimizer.bind(network.parameters)
    loss, workspace = LOSSES["softmax_cross_entropy"](), LossWorkspace(8, 3, network.dtype)
    bench = network.bench(8, training=True, logits=True)
    for _ in range(12):
        hidden = torch.tanh(functional.linear(tensor(inputs), learnt["0.weights"], learnt["0.biases"]))
        peer.zero_grad()
        logits = functional.linear(hidden, learnt["2.weights"], learnt["2.biases"])
        functional.cross_entropy(logits, tensor(targets)).backward()
        peer.step()
        loss.forward(network.forward(inputs, bench), targets, workspace)
        network.backward(loss.backward(workspace), bench)
        optimizer.step(0.3)
        for key, parameter in learnt.items():
            # Adam divides by gradients near 0, where roundings grow; 12 steps stay below this.
            np.testing.assert_allclose(
                network.parameters.view(key), parameter.detach().numpy(), rtol=1e-9, atol=1e-11
            )
