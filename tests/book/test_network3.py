"""What the layers of chapter 6 compute, held against the book's algorithm written out for one image."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from chainrule.book import network3
from chainrule.book.network3 import ConvPoolLayer, FullyConnectedLayer, Network, SoftmaxLayer
from chainrule.book.network3_layers import BookDropout
from chainrule.errors import DataError, SettingError
from chainrule.network import Network as ChainruleNetwork

SIDE, FILTERS, MAPS, BATCH = 8, 3, 3, 2
LAMBDA, ETA = 3.0, 0.01
Part = tuple[Any, Any]


def small(activation: Any = network3.tanh, **settings: Any) -> Network:
    """A network for images of 8×8: three maps of 6×6, pooled to 3×3, five neurons, four classes."""
    layers = [
        ConvPoolLayer((FILTERS, 1, 3, 3), (BATCH, 1, SIDE, SIDE), activation_fn=activation),
        FullyConnectedLayer(FILTERS * MAPS * MAPS, 5, activation_fn=activation, **settings),
        SoftmaxLayer(5, 4, **settings),
    ]
    net = Network(layers, BATCH, seed=1)
    net.layers[-1].w[...] = np.random.default_rng(2).standard_normal((5, 4)) / 2
    return net


def images(count: int) -> Part:
    generator = np.random.default_rng(3)
    return generator.random((count, SIDE * SIDE), np.float32), generator.integers(0, 4, count)


def outputs(params: list[Any], image: Any, activation: Any, kept: float = 1.0) -> Any:
    """The book's way from one image to the chances of the classes, loop by loop."""
    filters, filter_biases, w, b, last_w, last_b = params
    square, size = image.reshape(SIDE, SIDE), MAPS * 2
    convolved = np.zeros((FILTERS, size, size))
    for f in range(FILTERS):
        for row in range(size):
            for column in range(size):
                window = square[row : row + 3, column : column + 3]
                convolved[f, row, column] = (filters[f, 0] * window).sum()
    pooled = convolved.reshape(FILTERS, MAPS, 2, MAPS, 2).max(axis=(2, 4))
    maps = activation(pooled + filter_biases[:, np.newaxis, np.newaxis])
    row = maps.transpose(1, 2, 0).ravel()
    hidden = activation(kept * (row @ w) + b)
    powers = np.exp(kept * (hidden @ last_w) + last_b)
    return powers / powers.sum()


def params_of(net: Network) -> list[Any]:
    return [param.astype(np.float64) for layer in net.layers for param in layer.params]


@pytest.mark.parametrize("activation", [network3.sigmoid, network3.tanh, network3.ReLU, network3.linear])
def test_the_answers_are_those_of_the_books_loops(activation: Any) -> None:
    net, (pixels, _) = small(activation), images(3)
    wanted = [outputs(params_of(net), image, activation) for image in pixels]
    assert net.network.predict(pixels) == pytest.approx(np.array(wanted), abs=1e-5)


def test_with_dropout_answers_come_from_weights_times_the_share_that_is_kept() -> None:
    net, (pixels, _) = small(p_dropout=0.3), images(3)
    wanted = [outputs(params_of(net), image, np.tanh, kept=0.7) for image in pixels]
    assert net.network.predict(pixels) == pytest.approx(np.array(wanted), abs=1e-5)


def test_a_step_goes_down_the_books_cost() -> None:
    """Two images are one mini-batch, four are two: λ is divided by the number of mini-batches."""
    net, (pixels, digits) = small(), images(BATCH)
    start = params_of(net)

    def cost(params: list[Any]) -> float:
        chances = [outputs(params, image, np.tanh)[y] for image, y in zip(pixels, digits, strict=True)]
        squares = sum(float((weights**2).sum()) for weights in params[::2])
        return -float(np.log(chances).mean()) + 0.5 * LAMBDA * squares

    net.SGD((pixels, digits), 1, BATCH, ETA, (pixels, digits), (pixels, digits), lmbda=LAMBDA)
    for number, (before, after) in enumerate(zip(start, params_of(net), strict=True)):
        for place in list(np.ndindex(before.shape))[::7]:
            ahead, behind = ([param.copy() for param in start] for _ in range(2))
            ahead[number][place] += 1e-5
            behind[number][place] -= 1e-5
            slope = (cost(ahead) - cost(behind)) / 2e-5
            assert (before[place] - after[place]) / ETA == pytest.approx(slope, abs=2e-4), (number, place)


def test_lambda_is_divided_by_the_number_of_mini_batches() -> None:
    shrunk = []
    for copies in (1, 4):
        net, (pixels, digits) = small(), images(BATCH)
        start = params_of(net)
        data = np.tile(pixels, (copies, 1)), np.tile(digits, copies)
        plain = small()
        plain.SGD(data, 1, BATCH, 1e-4, data, data)
        net.SGD(data, 1, BATCH, 1e-4, data, data, lmbda=LAMBDA)
        difference = params_of(plain)[2] - params_of(net)[2]
        shrunk.append(float(np.vdot(difference, start[2]) / np.vdot(start[2], start[2])))
    assert shrunk == pytest.approx([1e-4 * LAMBDA] * 2, rel=0.02), "four steps of a quarter"


def test_every_epoch_takes_the_images_in_the_order_given() -> None:
    pixels, digits = images(3 * BATCH)
    at_once, in_pieces = small(), small()
    whole = pixels, digits
    at_once.SGD(whole, 1, BATCH, 0.1, whole, whole)
    for start in range(0, 3 * BATCH, BATCH):
        piece = pixels[start : start + BATCH], digits[start : start + BATCH]
        in_pieces.SGD(piece, 1, BATCH, 0.1, whole, whole)
    assert at_once.network.fingerprint() == in_pieces.network.fingerprint()


def test_dropout_silences_what_comes_in_and_leaves_the_rest_as_it_is() -> None:
    network = ChainruleNetwork([BookDropout(0.3)], 1000, seed=1)
    bench = network.bench(20, training=True, generator=np.random.default_rng(1), input_gradient=True)
    given = np.random.default_rng(2).random((20, 1000), np.float32) + 1
    passed = network.forward(given, bench).copy()
    silenced = passed == 0
    assert silenced.mean() == pytest.approx(0.3, abs=0.01)
    assert passed[~silenced] == pytest.approx(given[~silenced], rel=1e-6)
    gradient = network.backward(np.ones_like(given), bench)
    assert gradient == pytest.approx(np.where(silenced, 0, 1), rel=1e-6)
    assert network.predict(given) == pytest.approx(0.7 * given, rel=1e-6)


def test_the_start_has_the_books_spread() -> None:
    layers = [
        ConvPoolLayer((400, 1, 5, 5), (10, 1, 28, 28), poolsize=(4, 4)),
        FullyConnectedLayer(400 * 6 * 6, 50),
        SoftmaxLayer(50, 10),
    ]
    Network(layers, 10, seed=1)
    assert np.std(layers[0].w) == pytest.approx((16 / (400 * 25)) ** 0.5, rel=0.03)
    assert np.std(layers[1].w) == pytest.approx(50**-0.5, rel=0.01)
    assert np.std(layers[0].b) == pytest.approx(1.0, rel=0.1)
    assert not layers[2].w.any()
    assert not layers[2].b.any()


def test_expanded_data_are_each_image_and_its_four_neighbours_shuffled() -> None:
    plain, expanded = (
        network3.load_data_shared(name)[0] for name in ("mnist.pkl.gz", "mnist_expanded.pkl.gz")
    )
    images, digits = expanded
    assert (images.shape, images.dtype) == ((250_000, 784), np.uint8)
    assert np.array_equal(np.bincount(digits), 5 * np.bincount(plain[1]))
    assert digits[:50].tolist() != plain[1][:50].tolist()
    wide = np.pad(plain[0][0].reshape(28, 28), 1)
    for down, right in ((1, 1), (0, 1), (2, 1), (1, 0), (1, 2)):
        moved = wide[down : down + 28, right : right + 28].ravel()
        near = np.flatnonzero((images[:, 400:420] == moved[400:420]).all(axis=1))
        found = [place for place in near if np.array_equal(images[place], moved)]
        assert [digits[place] for place in found] == [plain[1][0]]


BAD_NETWORKS = {
    "rows that do not fit maps": (
        lambda: [ConvPoolLayer((20, 1, 5, 5), (10, 1, 28, 28)), SoftmaxLayer(2000, 10)],
        r"layer 2, SoftmaxLayer: n_in is 2000, but 2880 .*Write n_in=20\*12\*12",
    ),
    "rows that do not fit rows": (
        lambda: [FullyConnectedLayer(784, 100), SoftmaxLayer(50, 10)],
        r"layer 2, SoftmaxLayer: n_in is 50, but 100 .*Write n_in=100",
    ),
    "maps that do not fit maps": (
        lambda: [
            ConvPoolLayer((20, 1, 5, 5), (10, 1, 28, 28)),
            ConvPoolLayer((40, 20, 5, 5), (10, 20, 14, 14)),
            SoftmaxLayer(40 * 25, 10),
        ],
        "layer 2, ConvPoolLayer: .* says 20 maps of 14×14, but 20 maps of 12×12 come",
    ),
    "filters for other maps": (
        lambda: [ConvPoolLayer((20, 3, 5, 5), (10, 1, 28, 28)), SoftmaxLayer(2880, 10)],
        "looks at 3 maps, but image_shape .* has 1",
    ),
    "a filter larger than the image": (
        lambda: [ConvPoolLayer((20, 1, 30, 30), (10, 1, 28, 28)), SoftmaxLayer(20, 10)],
        "layer 1, ConvPoolLayer: .*30",
    ),
    "images of three maps": (
        lambda: [ConvPoolLayer((20, 3, 5, 5), (10, 3, 28, 28)), SoftmaxLayer(2880, 10)],
        "an image has one",
    ),
    "another mini-batch": (
        lambda: [ConvPoolLayer((20, 1, 5, 5), (20, 1, 28, 28)), SoftmaxLayer(2880, 10)],
        "begins with 20, but the network's mini_batch_size is 10",
    ),
    "no softmax": (lambda: [FullyConnectedLayer(784, 10)], "the last layer is a SoftmaxLayer"),
    "nothing": (lambda: [], "takes a list of ConvPoolLayer"),
    "sizes": (lambda: [784, 30, 10], "takes a list of ConvPoolLayer"),
    "a layer twice": (lambda: [FullyConnectedLayer(784, 784)] * 2 + [SoftmaxLayer(784, 10)], "stands twice"),
    "a shape of three": (lambda: [ConvPoolLayer((20, 5, 5), (10, 1, 28, 28))], "filter_shape: expected"),
    "half a neuron": (lambda: [FullyConnectedLayer(784, 0.5)], "whole numbers from 1, got .784, 0.5."),
    "another function": (lambda: [FullyConnectedLayer(784, 9, np.sin)], "sigmoid, tanh, ReLU or linear"),
    "everything dropped": (lambda: [SoftmaxLayer(784, 10, p_dropout=1.0)], "less than 1"),
}


@pytest.mark.parametrize("name", BAD_NETWORKS)
def test_layers_that_do_not_fit_are_refused_with_a_word_on_what_would(name: str) -> None:
    make, message = BAD_NETWORKS[name]
    with pytest.raises(SettingError, match=message):
        Network(make(), 10)


def test_rows_can_become_maps_again() -> None:
    layers = [
        FullyConnectedLayer(784, 2 * 8 * 8),
        ConvPoolLayer((3, 2, 3, 3), (10, 2, 8, 8)),
        SoftmaxLayer(3 * 3 * 3, 10),
    ]
    assert Network(layers, 10).network.output_shape == (10,)


def test_weights_before_there_is_a_network_are_refused() -> None:
    with pytest.raises(SettingError, match="Make the network"):
        _ = SoftmaxLayer(784, 10).w


def test_training_says_what_it_cannot_do() -> None:
    net, data = small(), images(BATCH)
    with pytest.raises(SettingError, match="Train the network first"):
        net.test_mb_predictions(0)
    with pytest.raises(SettingError, match="mini_batch_size is 2 in this network, not 3"):
        net.SGD(data, 1, 3, 0.1, data, data)
    with pytest.raises(DataError, match="training_data: expected a pair"):
        net.SGD([(data[0][:1], 1)], 1, BATCH, 0.1, data, data)
    with pytest.raises(DataError, match="validation_data: expected 64 numbers"):
        net.SGD(data, 1, BATCH, 0.1, (np.zeros((2, 784), np.uint8), data[1]), data)
    net.SGD(data, 1, BATCH, 0.1, data, data)
    with pytest.raises(SettingError, match="from 0 to 0, not 1"):
        net.test_mb_predictions(1)


def test_another_file_is_refused() -> None:
    with pytest.raises(SettingError, match=r"two files, mnist\.pkl\.gz and mnist_expanded\.pkl\.gz"):
        network3.load_data_shared("../data/other.pkl.gz")
