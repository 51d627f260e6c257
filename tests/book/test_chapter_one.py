"""The listings of chapter 1 and of note 001: loading, the first network, other sizes and rates."""

from __future__ import annotations

import re
from typing import Any

import numpy as np
import pytest

from chainrule.book import network

LOAD = """
>>> from chainrule.book import mnist_loader
>>> training_data, validation_data, test_data = \\
... mnist_loader.load_data_wrapper()
>>> from chainrule.book import network
"""


def right_answers(lines: list[str]) -> list[int]:
    """What the lines say, once they are just those of the book's program."""
    found = [re.fullmatch(r"Epoch (\d+): (\d+) / 100", line) for line in lines]
    assert all(found), lines
    assert [int(match[1]) for match in found if match] == list(range(len(lines)))
    return [int(match[2]) for match in found if match]


def test_the_first_listing_trains_and_prints_as_in_the_book(listing: Any) -> None:
    lines, _ = listing(
        LOAD
        + """
>>> net = network.Network([784, 30, 10])
>>> net.SGD(training_data, 30, 10, 3.0, test_data=test_data)
"""
    )
    answers = right_answers(lines)
    assert len(answers) == 30
    assert max(answers) > 40


def test_a_hundred_hidden_neurons(listing: Any) -> None:
    lines, names = listing(
        LOAD
        + """
>>> net = network.Network([784, 100, 10])
>>> net.SGD(training_data, 30, 10, 3.0, test_data=test_data)
"""
    )
    assert len(right_answers(lines)) == 30
    assert [weight.shape for weight in names["net"].weights] == [(100, 784), (10, 100)]


def test_a_small_rate_learns_slowly_and_a_large_one_hardly_at_all(listing: Any) -> None:
    best = {}
    for eta in ("0.001", "3.0", "100.0"):
        lines, _ = listing(
            LOAD
            + f"""
>>> net = network.Network([784, 30, 10], seed=2)
>>> net.SGD(training_data, 30, 10, {eta}, test_data=test_data)
"""
        )
        best[eta] = max(right_answers(lines))
    assert best["3.0"] > best["0.001"] + 20
    assert best["3.0"] > best["100.0"] + 20


def test_a_network_without_a_hidden_layer(listing: Any) -> None:
    lines, _ = listing(
        LOAD + ">>> net = network.Network([784, 10])\n>>> net.SGD(training_data, 30, 10, 3.0, test_data)\n"
    )
    assert len(right_answers(lines)) == 30


@pytest.mark.parametrize("tests", ["", ", test_data=None", ", test_data=[]"])
def test_without_test_data_epochs_are_complete(listing: Any, tests: str) -> None:
    lines, _ = listing(
        LOAD + f">>> net = network.Network([784, 30, 10])\n>>> net.SGD(training_data, 2, 10, 3.0{tests})\n"
    )
    assert lines == ["Epoch 0 complete", "Epoch 1 complete"]


def test_weights_and_biases_start_as_in_the_text() -> None:
    net = network.Network([2, 3, 1])
    assert (net.sizes, net.num_layers) == ([2, 3, 1], 3)
    assert [bias.shape for bias in net.biases] == [(3, 1), (1, 1)]
    assert [weight.shape for weight in net.weights] == [(3, 2), (1, 3)]
    drawn = network.Network([400, 400], seed=1)
    assert np.std(drawn.weights[0]) == pytest.approx(1.0, abs=0.01)
    assert np.std(drawn.biases[0]) == pytest.approx(1.0, abs=0.1)


def test_feedforward_takes_a_column_or_several() -> None:
    net = network.Network([3, 4, 2], seed=1)
    columns = np.random.default_rng(2).random((3, 5))
    several = net.feedforward(columns)
    assert several.shape == (2, 5)
    for place in range(5):
        a = columns[:, [place]]
        for b, w in zip(net.biases, net.weights, strict=True):
            a = 1.0 / (1.0 + np.exp(-(np.dot(w, a) + b)))
        assert net.feedforward(columns[:, [place]]) == pytest.approx(a, rel=1e-14)
        assert several[:, [place]] == pytest.approx(a, rel=1e-14)


def test_the_neuron_of_the_text() -> None:
    assert network.sigmoid(0.0) == 0.5
    assert network.sigmoid(np.array([-1e4, 0, 1e4])).tolist() == [0.0, 0.5, 1.0]
    z = np.linspace(-5, 5, 11)
    step = 1e-6
    slope = (network.sigmoid(z + step) - network.sigmoid(z - step)) / (2 * step)
    assert network.sigmoid_prime(z) == pytest.approx(slope, rel=1e-8)


def test_evaluate_counts_what_feedforward_gets_right(few: Any) -> None:
    training_data, _, test_data = few
    net = network.Network([784, 30, 10], seed=1)
    net.SGD(training_data, 3, 10, 3.0)
    counted = sum(int(np.argmax(net.feedforward(x)) == y) for x, y in test_data)
    found = net.evaluate(test_data)
    assert type(found) is int
    assert found == counted
    assert net.evaluate(zip(*zip(*test_data, strict=True), strict=True)) == counted
