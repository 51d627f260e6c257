"""The book's networks come to the weights of the per-image algorithm, and come to them sooner."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

from chainrule.book import mnist_loader, network, network2

from ..laws.textbook import TextbookNetwork, cross_entropy_error, quadratic_error

SHUFFLE = 11


def chapter_one(sizes: list[int]) -> tuple[Any, Any]:
    return network.Network(sizes, seed=4), quadratic_error


def chapter_three(sizes: list[int]) -> tuple[Any, Any]:
    return network2.Network(sizes, seed=4), cross_entropy_error


def quadratic(sizes: list[int]) -> tuple[Any, Any]:
    return network2.Network(sizes, cost=network2.QuadraticCost, seed=4), quadratic_error


def train_both(
    make: Callable[[list[int]], tuple[Any, Any]],
    sizes: list[int],
    pairs: list[Any],
    size: int,
    eta: float,
    lmbda: float,
) -> tuple[Any, TextbookNetwork]:
    """Two epochs of each, from one start and with one shuffle."""
    net, error = make(sizes)
    textbook = TextbookNetwork(net.weights, net.biases, error)
    start = [weight.copy() for weight in net.weights]
    net.generator = np.random.default_rng(SHUFFLE)
    net.SGD(pairs, 2, size, eta, **({"lmbda": lmbda} if lmbda else {}))
    generator, shuffled = np.random.default_rng(SHUFFLE), list(pairs)
    for _ in range(2):
        generator.shuffle(shuffled)
        textbook.epoch(shuffled, size, eta, lmbda)
    assert max(np.abs(a - b).max() for a, b in zip(net.weights, start, strict=True)) > 0.05
    return net, textbook


def farthest(net: Any, textbook: TextbookNetwork) -> float:
    """The largest difference in any weight or bias."""
    return max(
        float(np.abs(a - b).max())
        for a, b in zip([*net.weights, *net.biases], [*textbook.weights, *textbook.biases], strict=True)
    )


@pytest.mark.parametrize("size", [10, 32, 400], ids=["even", "ragged", "all"])
@pytest.mark.parametrize(
    ("make", "eta", "lmbda"),
    [
        (chapter_one, 3.0, 0.0),
        (chapter_three, 0.5, 0.0),
        (chapter_three, 0.5, 5.0),
        (quadratic, 3.0, 1.0),
    ],
    ids=["chapter 1", "cross-entropy", "cross-entropy and l2", "quadratic and l2"],
)
def test_two_epochs_end_at_the_textbooks_weights(
    few: Any, make: Any, eta: float, lmbda: float, size: int
) -> None:
    assert farthest(*train_both(make, [784, 30, 10], few[0], size, eta, lmbda)) < 1e-9


def test_three_layers_end_at_the_textbooks_weights(few: Any) -> None:
    assert farthest(*train_both(chapter_three, [784, 20, 15, 10], few[0], 10, 0.5, 5.0)) < 1e-9


def test_inputs_in_float64_keep_all_their_digits() -> None:
    generator = np.random.default_rng(1)
    pairs = [(generator.random((8, 1)), generator.random((3, 1))) for _ in range(60)]
    assert farthest(*train_both(chapter_one, [8, 5, 3], pairs, 7, 3.0, 0.0)) < 1e-12


def test_it_takes_a_fraction_of_the_textbooks_time(mnist: Any, few: Any) -> None:
    """Processor time of an epoch of 1,000 images; the best of several, which others disturb least."""
    inputs = (mnist.train.inputs[:1000] / 256).astype(np.float32)
    pairs = [
        (row.reshape(784, 1), mnist_loader.vectorized_result(label))
        for row, label in zip(inputs, mnist.train.labels.tolist(), strict=False)
    ]
    net, error = chapter_three([784, 30, 10])
    textbook = TextbookNetwork(net.weights, net.biases, error)

    def seconds(train: Callable[[], object]) -> float:
        started = time.process_time()
        train()
        return time.process_time() - started

    net.SGD(pairs, 1, 10, 0.5, lmbda=5.0)
    slow, fast = [], []
    for _ in range(4):
        slow.append(seconds(lambda: textbook.epoch(pairs, 10, 0.5, 5.0)))
        fast.append(seconds(lambda: net.SGD(pairs, 1, 10, 0.5, lmbda=5.0)))
    assert min(slow) > 3 * min(fast), f"{min(slow):.3f} s and {min(fast):.3f} s"
