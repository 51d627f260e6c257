"""Chapter 2: ``backprop`` is the gradient of the cost, and ``update_mini_batch`` a step against it."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from chainrule.book import network, network2

NETWORKS = {
    "chapter 1": lambda: network.Network([5, 4, 6, 3], seed=1),
    "cross-entropy": lambda: network2.Network([5, 4, 6, 3], seed=1),
    "quadratic": lambda: network2.Network([5, 4, 6, 3], cost=network2.QuadraticCost, seed=1),
}
EACH = pytest.mark.parametrize("name", NETWORKS)
STEP = 1e-6


def example(seed: int = 2) -> tuple[Any, Any]:
    generator = np.random.default_rng(seed)
    return generator.random((5, 1)), generator.random((3, 1))


def cost(net: Any, x: Any, y: Any) -> float:
    return getattr(net, "cost", network2.QuadraticCost).fn(net.feedforward(x), y)


@EACH
def test_backprop_is_the_gradient_of_the_cost(name: str) -> None:
    net, (x, y) = NETWORKS[name](), example()
    nabla_b, nabla_w = net.backprop(x, y)
    for nablas, arrays in ((nabla_b, net.biases), (nabla_w, net.weights)):
        assert [nabla.shape for nabla in nablas] == [array.shape for array in arrays]
        for nabla, array in zip(nablas, arrays, strict=True):
            for place in np.ndindex(array.shape):
                kept = array[place]
                array[place] = kept + STEP
                above = cost(net, x, y)
                array[place] = kept - STEP
                below = cost(net, x, y)
                array[place] = kept
                assert nabla[place] == pytest.approx((above - below) / (2 * STEP), rel=1e-5, abs=1e-9)


@EACH
def test_backprop_changes_nothing_and_keeps_what_it_gave(name: str) -> None:
    net, (x, y) = NETWORKS[name](), example()
    start = [array.copy() for array in (*net.weights, *net.biases)]
    first = net.backprop(x, y)
    kept = [nabla.copy() for part in first for nabla in part]
    net.backprop(*example(3))
    assert all((a == b).all() for a, b in zip(start, (*net.weights, *net.biases), strict=True))
    assert all((a == b).all() for a, b in zip(kept, [*first[0], *first[1]], strict=True))


@EACH
def test_a_mini_batch_is_a_step_by_the_mean_gradient(name: str) -> None:
    net = NETWORKS[name]()
    mini_batch = [example(seed) for seed in range(4)]
    weights, biases = net.weights, net.biases
    gradients = [net.backprop(x, y) for x, y in mini_batch]
    extra = (0.3, 20) if isinstance(net, network2.Network) else ()
    net.update_mini_batch(mini_batch, 0.5, *extra)
    kept = 1.0 - 0.5 * 0.3 / 20 if extra else 1.0
    for layer in range(3):
        mean_b = sum(nabla_b[layer] for nabla_b, _ in gradients) / 4
        mean_w = sum(nabla_w[layer] for _, nabla_w in gradients) / 4
        assert net.biases[layer] == pytest.approx(biases[layer] - 0.5 * mean_b, abs=1e-14)
        assert net.weights[layer] == pytest.approx(kept * weights[layer] - 0.5 * mean_w, abs=1e-14)


def test_the_derivative_of_the_quadratic_cost() -> None:
    net = network.Network([2, 2])
    assert net.cost_derivative(np.array([[0.2], [0.9]]), np.array([[0.0], [1.0]])) == pytest.approx(
        np.array([[0.2], [-0.1]])
    )


def test_the_listing_of_the_chapter_as_a_subclass(listing: Any) -> None:
    """The methods of the chapter's listing, put into a class of the reader's own."""
    lines, names = listing(
        """
>>> import numpy as np
>>> from chainrule.book import mnist_loader, network
>>> from chainrule.book.network import sigmoid, sigmoid_prime
>>> training_data, validation_data, test_data = mnist_loader.load_data_wrapper()
>>> class Network(network.Network):
...     asked = 0
...     def backprop(self, x, y):
...         self.asked += 1
...         activations, zs = [x], []
...         for b, w in zip(self.biases, self.weights):
...             zs.append(np.dot(w, activations[-1]) + b)
...             activations.append(sigmoid(zs[-1]))
...         delta = self.cost_derivative(activations[-1], y) * sigmoid_prime(zs[-1])
...         nabla_b, nabla_w = [delta], [np.dot(delta, activations[-2].transpose())]
...         for l in range(2, self.num_layers):
...             delta = np.dot(self.weights[-l + 1].transpose(), delta) * sigmoid_prime(zs[-l])
...             nabla_b.insert(0, delta)
...             nabla_w.insert(0, np.dot(delta, activations[-l - 1].transpose()))
...         return nabla_b, nabla_w
>>> net = Network([784, 30, 10], seed=3)
>>> net.SGD(training_data, 2, 10, 3.0, test_data=test_data)
>>> fast = network.Network([784, 30, 10], seed=3)
>>> fast.SGD(training_data, 2, 10, 3.0, test_data=test_data)
"""
    )
    assert lines[:2] == lines[2:]
    assert names["net"].asked == 800
    for own, fast in zip(names["net"].weights, names["fast"].weights, strict=True):
        np.testing.assert_allclose(own, fast, rtol=0, atol=1e-11)
