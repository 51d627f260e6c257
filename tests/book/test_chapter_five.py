"""The listings of chapter 5 and of note 003: one hidden layer more, again and again."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

LOAD = """
>>> from chainrule.book import mnist_loader
>>> training_data, validation_data, test_data = \\
... mnist_loader.load_data_wrapper()
>>> from chainrule.book import network2
"""


@pytest.mark.parametrize("hidden", [1, 2, 3, 4])
def test_networks_of_more_and_more_layers(listing: Any, hidden: int) -> None:
    sizes = [784, *[30] * hidden, 10]
    lines, names = listing(
        LOAD
        + f"""
>>> net = network2.Network({sizes})
>>> found = net.SGD(training_data, 30, 10, 0.1, lmbda=5.0,
... evaluation_data=validation_data, monitor_evaluation_accuracy=True)
"""
    )
    accuracies = names["found"][1]
    expected = []
    for epoch, right in enumerate(accuracies):
        expected += [f"Epoch {epoch} training complete", f"Accuracy on evaluation data: {right} / 100", ""]
    assert lines == expected
    assert len(accuracies) == 30


def test_the_first_hidden_layer_learns_more_slowly_than_the_second(few: Any) -> None:
    """The chapter's figure: the length of ∂C/∂b, layer by layer, right after the start."""
    from chainrule.book import network2

    training_data, _, _ = few
    net = network2.Network([784, 30, 30, 10], seed=1)
    totals = [np.zeros_like(bias) for bias in net.biases]
    for x, y in training_data:
        for total, nabla in zip(totals, net.backprop(x, y)[0], strict=True):
            total += nabla / len(training_data)
    first, second, _ = (float(np.linalg.norm(total)) for total in totals)
    assert 0 < first < second
