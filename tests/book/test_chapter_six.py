"""The listings of chapter 6: networks of convolutions, pools and fully connected layers."""

from __future__ import annotations

import re
from typing import Any

import pytest

from chainrule.book import network3
from chainrule.data.dataset import Dataset, Split

TRAINING, EVALUATION = 60, 40

LOAD = """
>>> from chainrule.book import network3
>>> from chainrule.book.network3 import Network
>>> from chainrule.book.network3 import ConvPoolLayer, FullyConnectedLayer, SoftmaxLayer
>>> from chainrule.book.network3 import ReLU
>>> training_data, validation_data, test_data = network3.load_data_shared()
>>> expanded_training_data, _, _ = network3.load_data_shared(
...         "../data/mnist_expanded.pkl.gz")
>>> mini_batch_size = 10
"""
PLAIN = ("training_data", "0.1", "")
RELU = ("training_data", "0.03", ", lmbda=0.1")
EXPANDED = ("expanded_training_data", "0.03", ", lmbda=0.1")
DROPPED = ("expanded_training_data", "0.03", "")


def convolutions(count: int, settings: str = "") -> str:
    """The first or the first two layers of the chapter's networks."""
    layers = [
        f"ConvPoolLayer(image_shape=(mini_batch_size, 1, 28, 28), "
        f"filter_shape=(20, 1, 5, 5), poolsize=(2, 2){settings})",
        f"ConvPoolLayer(image_shape=(mini_batch_size, 20, 12, 12), "
        f"filter_shape=(40, 20, 5, 5), poolsize=(2, 2){settings})",
    ]
    return ", ".join(layers[:count])


def relu_network(size: int, layers: int, dropout: str = "") -> str:
    """Two convolutions and fully connected layers, all of rectified linear units."""
    sizes = ["40*4*4", *[str(size)] * layers]
    connected = [
        f"FullyConnectedLayer(n_in={n_in}, n_out={size}, activation_fn=ReLU{dropout})" for n_in in sizes[:-1]
    ]
    end = f"SoftmaxLayer(n_in={size}, n_out=10{dropout})"
    return ", ".join([convolutions(2, ", activation_fn=ReLU"), *connected, end])


FULLY = "FullyConnectedLayer(n_in={}, n_out=100), SoftmaxLayer(n_in=100, n_out=10)"
LISTINGS = {
    "fully connected": (FULLY.format(784), PLAIN),
    "one convolution": (f"{convolutions(1)}, {FULLY.format('20*12*12')}", PLAIN),
    "no fully connected layer": (f"{convolutions(1)}, SoftmaxLayer(n_in=20*12*12, n_out=10)", PLAIN),
    "two convolutions": (f"{convolutions(2)}, {FULLY.format('40*4*4')}", PLAIN),
    "hyperbolic tangent": (
        f"{convolutions(2, ', activation_fn=network3.tanh')}, {FULLY.format('40*4*4')}",
        PLAIN,
    ),
    "rectified linear units": (relu_network(100, 1), RELU),
    "expanded data": (relu_network(100, 1), EXPANDED),
    "300 neurons": (relu_network(300, 1), EXPANDED),
    "1000 neurons": (relu_network(1000, 1), EXPANDED),
    "one more layer": (relu_network(100, 2), EXPANDED),
    "two layers of 1000 with dropout": (relu_network(1000, 2, ", p_dropout=0.5"), DROPPED),
}


@pytest.fixture
def shortened(mnist: Split, monkeypatch: pytest.MonkeyPatch) -> Split:
    """MNIST as ``load_data_shared`` finds it in this test: few images."""

    def first(part: Dataset, count: int) -> Dataset:
        return part.part(slice(count), part.name)

    assert mnist.validation is not None
    few = Split(
        first(mnist.train, TRAINING), first(mnist.validation, EVALUATION), first(mnist.test, EVALUATION)
    )
    monkeypatch.setattr(network3, "load", lambda name: few)
    return few


def test_no_convolution_is_needed_to_see_the_lines_of_the_books_program(
    shortened: Split, listing: Any
) -> None:
    layers, _ = LISTINGS["fully connected"]
    lines, _ = listing(
        LOAD
        + f"""
>>> net = Network([{layers}], mini_batch_size, seed=1)
>>> net.SGD(training_data, 200, mini_batch_size, 0.1,
...         validation_data, test_data)
"""
    )
    started = [line for line in lines if line.startswith("Training mini-batch")]
    assert started == ["Training mini-batch number 0", "Training mini-batch number 1000"]
    told = [re.fullmatch(r"Epoch (\d+): validation accuracy (\d+\.\d\d)%", line) for line in lines]
    found = [(int(each[1]), float(each[2])) for each in told if each]
    assert [epoch for epoch, _ in found] == list(range(200))
    best = max(accuracy for _, accuracy in found)
    last = max(epoch for epoch, accuracy in found if accuracy == best)
    place = lines.index(f"Epoch {last}: validation accuracy {best:.2f}%")
    assert lines[place + 1] == "This is the best validation accuracy to date."
    match = re.fullmatch(r"The corresponding test accuracy is (\d+\.\d\d)%", lines[place + 2])
    assert match
    assert lines[-3:] == [
        "Finished training network.",
        f"Best validation accuracy of {best:.2f}% obtained at iteration {6 * last + 5}",
        f"Corresponding test accuracy of {match[1]}%",
    ]


@pytest.mark.parametrize("name", LISTINGS)
def test_a_listing_runs(name: str, shortened: Split, listing: Any) -> None:
    layers, (data, eta, lmbda) = LISTINGS[name]
    lines, names = listing(
        LOAD
        + f"""
>>> net = Network([{layers}], mini_batch_size)
>>> net.SGD({data}, 1, mini_batch_size, {eta},
...         validation_data, test_data{lmbda})
"""
    )
    assert lines[0] == "Training mini-batch number 0"
    assert re.fullmatch(r"Epoch 0: validation accuracy \d+\.\d\d%", lines[1])
    assert lines[-3] == "Finished training network."
    iteration = TRAINING * (5 if "expanded" in data else 1) // 10 - 1
    assert lines[-2].endswith(f"obtained at iteration {iteration}")
    read = [names["net"].test_mb_predictions(j) for j in range(EVALUATION // 10)]
    right = sum(int((digits == names["test_data"][1][10 * j :][:10]).sum()) for j, digits in enumerate(read))
    assert lines[-1] == f"Corresponding test accuracy of {right / EVALUATION:.2%}"


def test_a_convolutional_network_learns_to_read(shortened: Split, listing: Any) -> None:
    layers, _ = LISTINGS["rectified linear units"]
    lines, _ = listing(
        LOAD
        + f"""
>>> net = Network([{layers}], mini_batch_size, seed=1)
>>> net.SGD(training_data, 25, mini_batch_size, 0.03, training_data, test_data, lmbda=0.1)
"""
    )
    match = re.fullmatch(r"Best validation accuracy of (\d+\.\d\d)% obtained.*", lines[-2])
    assert match
    assert float(match[1]) > 60, "it was asked about the images that it learns from"


def test_setting_gpu_changes_nothing(shortened: Split, listing: Any) -> None:
    text = (
        LOAD
        + """
>>> network3.GPU = {}
>>> net = Network([FullyConnectedLayer(n_in=784, n_out=20), SoftmaxLayer(n_in=20, n_out=10)], 10, seed=1)
>>> net.SGD(training_data, 1, 10, 0.1, validation_data, test_data)
"""
    )
    assert listing(text.format(True))[0] == listing(text.format(False))[0]


def test_images_are_those_of_the_split(shortened: Split) -> None:
    training, validation, test = network3.load_data_shared()
    assert (training[0].shape, training[1].shape) == ((TRAINING, 784), (TRAINING,))
    assert (test[0] == shortened.test.inputs).all()
    assert shortened.validation is not None
    assert (validation[1] == shortened.validation.labels).all()
