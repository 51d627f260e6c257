"""The listings of chapter 3: cross-entropy, overfitting, regularisation, choosing hyper-parameters."""

from __future__ import annotations

import re
from typing import Any

import numpy as np
import pytest

from chainrule.book import network2

LOAD = """
>>> from chainrule.book import mnist_loader
>>> training_data, validation_data, test_data = \\
... mnist_loader.load_data_wrapper()
>>> from chainrule.book import network2
"""
CROSS_ENTROPY = """
>>> net = network2.Network([784, 30, 10], cost=network2.CrossEntropyCost)
>>> net.large_weight_initializer()
"""
COUNTS = {
    "Accuracy on evaluation data": r"(\d+) / 100",
    "Accuracy on training data": r"(\d+) / (?:400|100)",
    "Cost on evaluation data": r"(\d+\.\d+(?:e-?\d+)?|nan)",
    "Cost on training data": r"(\d+\.\d+(?:e-?\d+)?)",
}


def monitored(lines: list[str], *names: str) -> dict[str, list[float]]:
    """The numbers printed, once each epoch's lines are just those of the book's program."""
    found: dict[str, list[float]] = {name: [] for name in names}
    length = len(names) + 2
    assert len(lines) % length == 0
    for epoch in range(len(lines) // length):
        first, *middle, last = lines[epoch * length : (epoch + 1) * length]
        assert first == f"Epoch {epoch} training complete"
        assert last == ""
        for name, line in zip(names, middle, strict=True):
            match = re.fullmatch(f"{name}: {COUNTS[name]}", line)
            assert match, line
            found[name].append(float(match[1]))
    return found


def test_cross_entropy_with_large_weights(listing: Any) -> None:
    lines, names = listing(
        LOAD
        + CROSS_ENTROPY
        + """
>>> found = net.SGD(training_data, 30, 10, 0.5, evaluation_data=test_data,
... monitor_evaluation_accuracy=True)
"""
    )
    accuracies = monitored(lines, "Accuracy on evaluation data")["Accuracy on evaluation data"]
    assert names["found"] == ([], accuracies, [], [])
    assert len(accuracies) == 30
    assert max(accuracies) > 55


def test_overfitting_on_the_first_thousand(listing: Any) -> None:
    """400 epochs; fifty images stand for the book's thousand."""
    lines, _ = listing(
        LOAD
        + CROSS_ENTROPY
        + """
>>> found = net.SGD(training_data[:50], 400, 10, 0.5, evaluation_data=test_data,
... monitor_evaluation_accuracy=True, monitor_training_cost=True)
"""
    )
    found = monitored(lines, "Cost on training data", "Accuracy on evaluation data")
    assert len(found["Cost on training data"]) == 400
    assert found["Cost on training data"][-1] < 0.05 < found["Cost on training data"][0]
    assert found["Accuracy on evaluation data"][-1] < 95


def test_regularisation_with_everything_monitored(listing: Any) -> None:
    lines, names = listing(
        LOAD
        + CROSS_ENTROPY
        + """
>>> evaluation_cost, evaluation_accuracy, training_cost, training_accuracy = \\
... net.SGD(training_data[:100], 100, 10, 0.5,
... evaluation_data=test_data, lmbda = 0.1,
... monitor_evaluation_cost=True, monitor_evaluation_accuracy=True,
... monitor_training_cost=True, monitor_training_accuracy=True)
"""
    )
    found = monitored(
        lines,
        "Cost on training data",
        "Accuracy on training data",
        "Cost on evaluation data",
        "Accuracy on evaluation data",
    )
    assert names["training_cost"] == found["Cost on training data"]
    assert names["training_accuracy"] == found["Accuracy on training data"]
    assert names["evaluation_cost"] == found["Cost on evaluation data"]
    assert names["evaluation_accuracy"] == found["Accuracy on evaluation data"]
    assert found["Accuracy on training data"][-1] == 100
    assert found["Cost on training data"][-1] < found["Cost on training data"][0]


@pytest.mark.parametrize(
    ("sizes", "eta", "data"),
    [("[784, 30, 10]", 0.5, "test_data"), ("[784, 100, 10]", 0.5, "validation_data")],
)
def test_regularisation_with_all_images(listing: Any, sizes: str, eta: float, data: str) -> None:
    lines, _ = listing(
        LOAD
        + f"""
>>> net = network2.Network({sizes}, cost=network2.CrossEntropyCost)
>>> net.large_weight_initializer()
>>> found = net.SGD(training_data, 30, 10, {eta},
... evaluation_data={data}, lmbda = 5.0,
... monitor_evaluation_accuracy=True, monitor_training_accuracy=True)
"""
    )
    found = monitored(lines, "Accuracy on training data", "Accuracy on evaluation data")
    assert len(found["Accuracy on training data"]) == 30


def test_a_hundred_hidden_neurons_at_a_lower_rate_for_sixty_epochs(listing: Any) -> None:
    lines, _ = listing(
        LOAD
        + """
>>> net = network2.Network([784, 100, 10], cost=network2.CrossEntropyCost)
>>> found = net.SGD(training_data[:100], 60, 10, 0.1, lmbda=5.0,
... evaluation_data=validation_data, monitor_evaluation_accuracy=True)
"""
    )
    assert len(monitored(lines, "Accuracy on evaluation data")["Accuracy on evaluation data"]) == 60


def test_the_default_start_learns_sooner_than_large_weights(listing: Any) -> None:
    first = {}
    for start in ("default", "large"):
        lines, _ = listing(
            LOAD
            + f"""
>>> net = network2.Network([784, 30, 10], cost=network2.CrossEntropyCost, seed=1)
>>> net.{start}_weight_initializer()
>>> found = net.SGD(training_data, 30, 10, 0.1, lmbda = 5.0,
... evaluation_data=validation_data, monitor_evaluation_accuracy=True)
"""
        )
        first[start] = monitored(lines, "Accuracy on evaluation data")["Accuracy on evaluation data"][2]
    assert first["default"] > first["large"] + 10


def test_the_quadratic_cost_can_be_chosen(listing: Any) -> None:
    lines, names = listing(
        LOAD
        + """
>>> net = network2.Network([784, 30, 10], cost=network2.QuadraticCost)
>>> found = net.SGD(training_data, 10, 10, 3.0, monitor_training_cost=True)
"""
    )
    costs = monitored(lines, "Cost on training data")["Cost on training data"]
    assert names["found"] == ([], [], costs, [])
    assert costs[-1] < costs[0]


def test_the_first_guess_at_hyper_parameters_gives_noise(listing: Any) -> None:
    lines, _ = listing(
        LOAD
        + """
>>> net = network2.Network([784, 30, 10])
>>> found = net.SGD(training_data, 30, 10, 10.0, lmbda = 40.0,
... evaluation_data=validation_data, monitor_evaluation_accuracy=True)
"""
    )
    answers = monitored(lines, "Accuracy on evaluation data")["Accuracy on evaluation data"]
    assert np.mean(answers) < 25


QUICK = """
>>> net = network2.Network([784, 10])
>>> found = net.SGD(training_data[:1000], 30, 10, {eta}, lmbda = {lmbda}, \\
... evaluation_data=validation_data[:100], \\
... monitor_evaluation_accuracy=True)
"""


def test_a_lambda_far_too_large_for_few_images_makes_the_weights_explode(listing: Any) -> None:
    """λ = 1000 on a thousand images, as in the chapter: every step multiplies the weights by −9 or worse."""
    with pytest.warns(RuntimeWarning, match="eta·lmbda/n is 25, and from 2 on"):
        lines, _ = listing(LOAD + QUICK.format(eta=10.0, lmbda=1000.0))
    answers = monitored(lines, "Accuracy on evaluation data")["Accuracy on evaluation data"]
    assert len(answers) == 30
    assert answers[-1] < 25


@pytest.mark.parametrize("eta", [10.0, 100.0, 1.0])
def test_looking_for_a_rate_with_few_images(listing: Any, eta: float) -> None:
    """λ = 8 for 400 images shrinks the weights as the chapter's λ = 20 for 1,000."""
    lines, _ = listing(LOAD + QUICK.format(eta=eta, lmbda=8.0 if eta < 100 else 0.8))
    answers = monitored(lines, "Accuracy on evaluation data")["Accuracy on evaluation data"]
    assert len(answers) == 30
    assert eta > 1 or answers[-1] > 25


def test_training_stops_early_when_accuracy_stands_still(listing: Any) -> None:
    lines, names = listing(
        LOAD
        + """
>>> net = network2.Network([784, 30, 10], cost=network2.CrossEntropyCost, seed=1)
>>> found = net.SGD(training_data, 200, 10, 0.5, lmbda = 0.1,
... evaluation_data=validation_data, monitor_evaluation_accuracy=True, early_stopping_n=5)
"""
    )
    accuracies = names["found"][1]
    assert accuracies == monitored(lines, "Accuracy on evaluation data")["Accuracy on evaluation data"]
    assert 6 <= len(accuracies) < 200
    assert accuracies.index(max(accuracies)) == len(accuracies) - 6
    for epoch in range(6, len(accuracies)):
        assert max(accuracies[epoch - 5 : epoch]) > max(accuracies[: epoch - 5], default=-1)


def test_stopping_early_needs_no_monitoring(listing: Any) -> None:
    lines, names = listing(
        LOAD
        + """
>>> net = network2.Network([784, 30, 10], seed=1)
>>> found = net.SGD(training_data, 200, 10, 0.5, 0.1, validation_data, early_stopping_n=2)
"""
    )
    assert names["found"] == ([], [], [], [])
    assert len(lines) < 400
    monitored(lines)


def test_costs_of_single_outputs() -> None:
    a, y = np.array([[0.5], [1.0], [0.0]]), np.array([[1.0], [1.0], [0.0]])
    assert network2.CrossEntropyCost.fn(a, y) == pytest.approx(np.log(2.0))
    assert network2.QuadraticCost.fn(a, y) == pytest.approx(0.125)
    assert network2.CrossEntropyCost.fn(np.array([[0.0]]), np.array([[1.0]])) == np.inf
    z = np.array([[0.3], [-2.0], [1.0]])
    assert (network2.CrossEntropyCost.delta(z, a, y) == a - y).all()
    slope = network2.sigmoid(z) * (1 - network2.sigmoid(z))
    assert network2.QuadraticCost.delta(z, a, y) == pytest.approx((a - y) * slope)


@pytest.mark.parametrize("cost", [network2.CrossEntropyCost, network2.QuadraticCost])
def test_total_cost_is_the_mean_over_the_images_plus_the_penalty(few: Any, cost: Any) -> None:
    training_data, validation_data, _ = few
    net = network2.Network([784, 30, 10], cost=cost, seed=1)
    mean = sum(cost.fn(net.feedforward(x), y) for x, y in training_data) / 400
    squares = sum(np.linalg.norm(weight) ** 2 for weight in net.weights)
    assert net.total_cost(training_data, 0.0) == pytest.approx(mean, rel=1e-12)
    assert net.total_cost(training_data, 5) == pytest.approx(mean + 5 / 800 * squares, rel=1e-12)
    labelled = [(x, int(np.argmax(y))) for x, y in training_data]
    assert net.total_cost(labelled, 5.0, convert=True) == net.total_cost(training_data, 5.0)
    net.SGD(training_data, 1, 10, 0.1)
    squares = sum(np.linalg.norm(weight) ** 2 for weight in net.weights)
    penalty = net.total_cost(validation_data, 5.0, convert=True) - net.total_cost(
        validation_data, 0.0, convert=True
    )
    assert penalty == pytest.approx(5 / 800 * squares), "n is the number of images trained on"


def test_accuracy_takes_labels_or_columns(few: Any) -> None:
    training_data, _, _ = few
    net = network2.Network([784, 30, 10], seed=1)
    net.SGD(training_data, 2, 10, 0.5)
    counted = sum(int(np.argmax(net.feedforward(x)) == np.argmax(y)) for x, y in training_data)
    assert net.accuracy(training_data, convert=True) == counted
    assert net.accuracy([(x, int(np.argmax(y))) for x, y in training_data]) == counted


def test_the_starts_have_the_spread_the_text_gives() -> None:
    net = network2.Network([400, 300, 10], seed=1)
    assert np.std(net.weights[0]) == pytest.approx(1 / 20, rel=0.02)
    assert np.std(net.biases[0]) == pytest.approx(1.0, rel=0.1)
    net.large_weight_initializer()
    assert np.std(net.weights[0]) == pytest.approx(1.0, rel=0.02)
