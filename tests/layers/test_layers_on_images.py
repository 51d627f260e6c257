"""Convolution and pooling against four nested loops, and what is particular to layers on images."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from chainrule.errors import SettingError, UnknownNameError
from chainrule.layers import (
    AveragePool,
    BatchNorm,
    Convolution,
    Dense,
    Flatten,
    GlobalAveragePool,
    MaxPool,
    ReLU,
    Reshape,
    Residual,
    Softmax,
    Tanh,
    ZeroPad,
)
from chainrule.losses import LossWorkspace, SoftmaxCrossEntropy
from chainrule.network import Network
from chainrule.numerics import pieces
from chainrule.optimizers import SGD
from chainrule.storage import load_model, save_model

CLOSE = {"rtol": 1e-12, "atol": 1e-13}


def by_loops(layer: Convolution, images: Any, gradient: Any) -> tuple[Any, Any, Any, Any]:
    """Outputs, and the derivatives by weights, biases and images, one product of numbers at a time."""
    (top, _), (left, _) = layer.margins(images.shape[1:])
    outputs, by_weights = np.zeros_like(gradient), np.zeros_like(layer.weights)
    by_biases, by_images = np.zeros(layer.filters), np.zeros_like(images)
    _, height, width, _ = images.shape
    for image, row, column, filter_ in np.ndindex(gradient.shape):
        g = gradient[image, row, column, filter_]
        outputs[image, row, column, filter_] = layer.biases[filter_]
        by_biases[filter_] += g
        for down, right, channel in np.ndindex(layer.weights.shape[1:]):
            y, x = row * layer.stride[0] + down - top, column * layer.stride[1] + right - left
            if 0 <= y < height and 0 <= x < width:
                pixel, weight = images[image, y, x, channel], layer.weights[filter_, down, right, channel]
                outputs[image, row, column, filter_] += weight * pixel
                by_weights[filter_, down, right, channel] += g * pixel
                by_images[image, y, x, channel] += g * weight
    return outputs, by_weights, by_biases, by_images


@pytest.mark.parametrize("strands", [1, 2, 16], ids=lambda number: f"{number}_strands")
@pytest.mark.parametrize(("images_a_piece", "pieces_wanted"), [(1, 5), (2, 4), (5, 1)])
@pytest.mark.parametrize(
    "settings",
    [(3, 2), (2, (3, 1), (2, 3)), (2, 3, 1, "same"), (2, (2, 5), (3, 2), "same"), (1, (6, 7))],
    ids=str,
)
def test_a_convolution_is_its_loops_however_the_batch_is_cut_into_pieces(
    settings, images_a_piece, pieces_wanted, strands, monkeypatch
):
    layer, shape = Convolution(*settings), (6, 7, 2)
    numbers_of_an_image = np.prod(layer.output_shape(shape)[:2]) * np.prod(layer.kernel) * shape[2]
    monkeypatch.setattr(pieces, "WHOLE_BYTES", 8 * numbers_of_an_image * (6 if pieces_wanted == 1 else 0))
    monkeypatch.setattr(pieces, "MOST_STRANDS", strands)
    monkeypatch.setattr(pieces, "PIECE_BYTES", images_a_piece * numbers_of_an_image * 8)
    network = Network([layer], input_shape=shape, dtype=np.float64, seed=1)
    generator = np.random.default_rng(2)
    network.parameters.values[...] = generator.standard_normal(len(network.parameters))
    images = generator.standard_normal((5, *shape))
    gradient = generator.standard_normal((5, *network.output_shape))
    bench = network.bench(5, training=True, input_gradient=True)
    assert bench.workspace.steps[0][1].pieces.count == pieces_wanted
    network.parameters.gradient.fill(np.nan)
    for _ in range(2):
        outputs = network.forward(images, bench)
        by_images = network.backward(gradient, bench)
    expected = by_loops(layer, images, gradient)
    found = outputs, layer.weights_gradient, layer.biases_gradient, by_images
    for one, other in zip(found, expected, strict=True):
        np.testing.assert_allclose(one, other, **CLOSE)


@pytest.mark.parametrize(("size", "stride"), [(2, None), ((3, 2), None), (3, 1), (2, (1, 3))])
@pytest.mark.parametrize("kind", [MaxPool, AveragePool])
def test_a_pool_is_its_loops(kind, size, stride):
    layer, shape = kind(size, stride), (5, 7, 2)
    network = Network([layer], input_shape=shape, dtype=np.float64)
    generator = np.random.default_rng(3)
    images = generator.integers(0, 3, (4, *shape)).astype(np.float64)
    gradient = generator.standard_normal((4, *network.output_shape))
    outputs, by_images = np.zeros_like(gradient), np.zeros_like(images)
    (height, width), (down, right) = layer.size, layer.stride
    for image, row, column, channel in np.ndindex(gradient.shape):
        y, x = row * down, column * right
        seen = images[image, y : y + height, x : x + width, channel]
        g = gradient[image, row, column, channel]
        if kind is MaxPool:
            first = np.unravel_index(seen.argmax(), seen.shape)
            outputs[image, row, column, channel] = seen.max()
            by_images[image, y + first[0], x + first[1], channel] += g
        else:
            outputs[image, row, column, channel] = seen.mean()
            by_images[image, y : y + height, x : x + width, channel] += g / seen.size
    bench = network.bench(4, training=True, input_gradient=True)
    np.testing.assert_allclose(network.forward(images, bench), outputs, **CLOSE)
    np.testing.assert_allclose(network.backward(gradient, bench), by_images, **CLOSE)


def test_sides_that_do_not_divide_are_cut_and_same_padding_rounds_up():
    for layer, expected in (
        (MaxPool(), (3, 2, 4)),
        (AveragePool(3, 2), (3, 2, 4)),
        (Convolution(9, 3), (5, 3, 9)),
        (Convolution(9, 3, 2), (3, 2, 9)),
        (Convolution(9, (2, 5), 3, "same"), (3, 2, 9)),
        (Convolution(9, 8, padding="same"), (7, 5, 9)),
        (GlobalAveragePool(), (4,)),
        (ZeroPad((0, 3)), (7, 11, 4)),
    ):
        assert layer.output_shape((7, 5, 4)) == expected


def test_a_convolution_with_a_window_as_large_as_the_image_is_a_dense_layer():
    looking, dense = Convolution(6, (4, 3), bias=False), Dense(6, bias=False)
    images = np.random.default_rng(0).standard_normal((5, 4, 3, 2))
    first = Network([looking, Flatten()], input_shape=(4, 3, 2), seed=1, dtype=np.float64)
    second = Network([Flatten(), dense], input_shape=(4, 3, 2), seed=2, dtype=np.float64)
    dense.weights[...] = looking.weights.reshape(6, -1)
    np.testing.assert_allclose(first.predict(images), second.predict(images), **CLOSE)


def test_a_filter_starts_with_as_many_connections_in_as_its_window_has_numbers():
    layer = Convolution(400, (3, 5))
    Network([layer], input_shape=(8, 8, 10), seed=0)
    assert layer.weights.shape == (400, 3, 5, 10)
    assert layer.weights.std() == pytest.approx((2 / 150) ** 0.5, rel=0.02)
    assert not layer.biases.any()


@pytest.mark.parametrize(
    ("layers", "shape", "word"),
    [
        ([Convolution(2, 5)], (4, 28, 1), "5 × 5, larger than the images of 4 × 28"),
        ([Convolution(2, 3), MaxPool(3), Convolution(2, 2)], (6, 6, 1), "larger than the images of 1 × 1"),
        ([MaxPool((2, 9))], (8, 8, 1), "the window of MaxPool is 2 × 9, larger than the images of 8 × 8"),
        ([AveragePool(3)], (2, 2, 1), "AveragePool is 3 × 3"),
        ([Convolution(2, 5)], 784, r"such as Reshape\(\(28, 28, 1\)\)"),
        ([MaxPool()], 10, r"such as Reshape\(\(height, width, channels\)\)"),
        ([Convolution(2, 5)], (28, 27), r"such as Reshape\(\(28, 27, 1\)\)"),
        ([GlobalAveragePool()], (2, 3, 4, 5), "takes images"),
        ([Flatten(), Convolution(2, 5)], (28, 28, 1), "Put a Reshape layer before it"),
        ([Convolution(2, 5), Dense(3)], (28, 28, 1), "Put a Flatten layer before it"),
        ([Residual([Convolution(2, 3)])], (5, 5, 2), r"\(5, 5, 2\) goes in and \(3, 3, 2\) comes out"),
    ],
)
def test_layers_that_do_not_chain_are_refused_when_the_network_is_built(layers, shape, word):
    with pytest.raises(SettingError, match=word):
        Network(layers, input_shape=shape)


@pytest.mark.parametrize(
    ("make", "word"),
    [
        (lambda: Convolution(0, 3), "whole number of filters, at least 1, not 0"),
        (lambda: Convolution(2.0, 3), "not 2.0"),
        (lambda: Convolution(2, 0), "kernel of a Convolution is a whole number of at least 1"),
        (lambda: Convolution(2, (3, 3, 3)), "height and width"),
        (lambda: Convolution(2, 3, stride=0), "stride of a Convolution"),
        (lambda: Convolution(2, 3, stride=1.5), "stride of a Convolution"),
        (lambda: Convolution(2, 3, padding="sane"), "Did you mean 'same'"),
        (lambda: Convolution(2, 3, padding=1), "padding"),
        (lambda: MaxPool(-1), "size of MaxPool"),
        (lambda: AveragePool(2, (1, 0)), "stride of AveragePool"),
    ],
)
def test_impossible_settings_are_refused_with_the_reason(make, word):
    with pytest.raises(SettingError, match=word):
        make()


def test_an_unknown_padding_is_answered_with_those_there_are():
    with pytest.raises(UnknownNameError, match="valid"):
        Convolution(2, 3, padding="full")


def small_network(seed: int = 0) -> Network:
    layers = [
        Convolution(6, 3, padding="same", bias=False),
        BatchNorm(),
        ReLU(),
        Residual([Convolution(6, 3, padding="same"), Tanh()]),
        MaxPool(),
        Convolution(8, (2, 3)),
        ReLU(),
        Flatten(),
        Dense(4),
        Softmax(),
    ]
    return Network(layers, input_shape=(8, 8, 1), seed=seed)


def test_a_network_says_the_shapes_of_its_images():
    lines = small_network().describe().splitlines()
    assert "8 × 8 × 1" in lines[1]
    assert "Convolution(kernel 3 × 3)" in lines[2]
    assert "8 × 8 × 6" in lines[2]
    assert "MaxPool(size 2 × 2)" in lines[6]
    assert "4 × 4 × 6" in lines[6]
    assert "Convolution(kernel 2 × 3)" in lines[7]
    assert "3 × 2 × 8" in lines[7]
    assert max(map(len, lines)) < 80


def test_a_network_of_images_survives_its_file(tmp_path):
    network = small_network(seed=3)
    save_model(network, tmp_path / "model.safetensors")
    again = load_model(tmp_path / "model.safetensors")
    images = np.random.default_rng(0).integers(0, 256, (5, 8, 8), dtype=np.uint8)
    assert again.fingerprint() == network.fingerprint()
    assert again.architecture() == network.architecture()
    assert np.array_equal(again.predict(images), network.predict(images))


def test_it_learns_where_a_bright_square_is():
    generator = np.random.default_rng(1)
    corners, labels = [(0, 0), (0, 4), (4, 0), (4, 4)], generator.integers(0, 4, 64)
    images = generator.random((64, 8, 8, 1), dtype=np.float32)
    for image, label in zip(images, labels, strict=True):
        y, x = np.add(corners[label], generator.integers(0, 3, 2))
        image[y : y + 2, x : x + 2] += 1.0
    targets = np.eye(4, dtype=np.float32)[labels]
    network, loss, optimizer = small_network(), SoftmaxCrossEntropy(0.1), SGD(0.3)
    optimizer.bind(network.parameters)
    bench = network.bench(64, training=True, logits=True)
    workspace = LossWorkspace(64, 4, network.dtype)
    costs = []
    for _ in range(40):
        costs.append(loss.forward(network.forward(images, bench), targets, workspace))
        network.backward(loss.backward(workspace), bench)
        optimizer.step(0.3)
    assert costs[0] > 1.0
    least = -0.925 * np.log(0.925) - 3 * 0.025 * np.log(0.025)
    assert least < costs[-1] < least + 0.1
    assert (network.classify(images) == labels).all()


@pytest.mark.parametrize("last", [Convolution(3, 2), BatchNorm(), MaxPool(), GlobalAveragePool(), ReLU()])
def test_rows_that_become_images_lie_image_by_image(last):
    """A Dense layer's rows lie neuron by neuron; the layers after a Reshape find images all the same."""
    reshaping = Reshape((4, 2, 3))
    network = Network([Dense(24), reshaping, last], input_shape=5, seed=0)
    bench = network.bench(7, training=True, input_gradient=True)
    network.forward(np.ones((7, 5), np.float32), bench)
    images = bench.workspace.steps[1][1].outputs
    assert bench.workspace.steps[0][1].outputs.flags.f_contiguous
    assert images.flags.c_contiguous
    assert np.array_equal(images.reshape(7, 24), bench.workspace.steps[0][1].outputs)


@pytest.mark.parametrize("pool", [(2, 2), (3, 2), (2, 3)], ids=["apart", "overlapping", "with_gaps"])
def test_a_pool_goes_before_the_relu_it_follows_and_nothing_else_changes(pool):
    """Small whole numbers: many windows have several largest pixels, and many have none above 0."""
    generator = np.random.default_rng(4)
    images = generator.integers(-3, 3, (5, 8, 8, 2)).astype(np.float32)
    together = Network([ReLU(), MaxPool(*pool)], input_shape=(8, 8, 2))
    bench = together.bench(5, training=True, input_gradient=True)
    assert [type(layer) for layer, _ in bench.workspace.steps] == [MaxPool, ReLU]
    first, second = (Network([kind], input_shape=(8, 8, 2)) for kind in (ReLU(), MaxPool(*pool)))
    one, other = (network.bench(5, training=True, input_gradient=True) for network in (first, second))

    outputs = together.forward(images, bench)
    assert np.array_equal(outputs, second.forward(first.forward(images, one), other))
    given = generator.integers(-9, 9, outputs.shape).astype(np.float32)
    back = first.backward(second.backward(given, other), one)
    assert np.array_equal(together.backward(given, bench), back)


def test_layers_share_the_room_for_patches_a_thread_each():
    """The largest that is asked for serves the others too, also inside a block."""
    block = Residual([Convolution(3, 3, padding="same")])
    network = Network([Convolution(3, 3), block, Convolution(2, 2)], input_shape=(9, 9, 1))
    for training in (True, False):
        bench = network.bench(4, training=training)
        (_, first), (_, inner), (_, last) = bench.workspace.steps
        hands = [workspace.hands[0] for workspace in (first, inner.steps[0][1], last)]
        patches = [hand.patches_of(4)[0] for hand in hands]
        assert all(np.shares_memory(patches[1], other) for other in patches)
        assert hands[0].scratch.rooms[0].size == patches[1].size
    assert not np.shares_memory(patches[1], network.bench(4).workspace.steps[0][1].hands[0].patches_of(4)[0])
