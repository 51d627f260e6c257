"""Winograd's way to filter against the definition, and where a network takes it."""

from __future__ import annotations

import tracemalloc

import numpy as np
import pytest

import chainrule
from chainrule.layers import Convolution, Dense, Flatten, MaxPool, ReLU
from chainrule.network import Network
from chainrule.numerics import pieces
from chainrule.numerics.winograd import Tiling, Winograd, transforms

ROUNDED = {np.float32: {"rtol": 0, "atol": 1e-4}, np.float64: {"rtol": 0, "atol": 1e-12}}
EVERY_DTYPE = pytest.mark.parametrize("dtype", ROUNDED, ids=["float32", "float64"])


@pytest.mark.parametrize(("answers", "window"), [(m, r) for r in range(2, 8) for m in range(1, 9 - r + 1)])
def test_the_transforms_turn_sums_of_products_into_few_products(answers, window):
    to_answers, to_filters, to_points = transforms(answers, window)
    together = np.einsum("ij,ju,jl->iul", to_answers, to_filters, to_points)
    expected = np.zeros_like(together)
    for answer, place in np.ndindex(answers, window):
        expected[answer, place, answer + place] = 1
    np.testing.assert_allclose(together, expected, atol=1e-12)
    assert (to_answers[:, 1] == 1).all() or answers + window == 2


def by_definition(images, weights, biases, right):
    """Each place's sum of products, with one window row and column after the other."""
    filters, height, width, _ = weights.shape
    rows, columns = images.shape[1] - height + 1, (images.shape[2] - width) // right + 1
    outputs = np.zeros((len(images), rows, columns, filters))
    for down, along in np.ndindex(height, width):
        pixels = images[:, down : down + rows, along : along + (columns - 1) * right + 1 : right]
        outputs += pixels.astype(np.float64) @ weights[:, down, along].T.astype(np.float64)
    return outputs + biases


@EVERY_DTYPE
@pytest.mark.parametrize(("channels", "filters"), [(1, 3), (5, 2), (8, 16)])
@pytest.mark.parametrize(("window", "right"), [((3, 3), 1), ((2, 3), 2), ((5, 1), 1), ((7, 2), 1)])
@pytest.mark.parametrize("rows", range(1, 10))
def test_filters_answer_as_the_definition_says(rows, window, right, channels, filters, dtype):
    generator = np.random.default_rng(rows)
    image = rows + window[0] - 1, 11, channels
    tiling = Tiling(image, window, right, filters)
    images = generator.standard_normal((4, *image)).astype(dtype)
    weights = generator.standard_normal((filters, *window, channels)).astype(dtype)
    biases = generator.standard_normal(filters).astype(dtype)
    winograd = Winograd(tiling, 4, np.dtype(dtype))
    outputs = np.full((4, tiling.rows, tiling.columns, filters), np.nan, dtype)
    room = np.full(winograd.room, np.nan, dtype)
    for given in (weights, 2 * weights):
        winograd.take(given, biases)
        winograd.filter(images, outputs, room)
        expected = by_definition(images, given, biases, right)
        np.testing.assert_allclose(outputs, expected, **ROUNDED[dtype])
    winograd.filter(images[:3], outputs[:3], room)
    np.testing.assert_allclose(outputs[:3], expected[:3], **ROUNDED[dtype])


@EVERY_DTYPE
@pytest.mark.parametrize("padding", ["valid", "same"])
@pytest.mark.parametrize("shape", [(12, 12, 24), (11, 8, 32), (10, 17, 48)])
@pytest.mark.parametrize("batch", [1, 13])
def test_a_network_answers_as_it_does_in_training(batch, shape, padding, dtype, monkeypatch):
    monkeypatch.setattr(pieces, "WHOLE_BYTES", 0)
    monkeypatch.setattr(pieces, "PIECE_BYTES", 1 << 18)
    monkeypatch.setattr(Tiling, "pays", lambda tiling, images: True)
    network = Network([Convolution(48, 3, padding=padding)], input_shape=shape, seed=1, dtype=dtype)
    generator = np.random.default_rng(2)
    network.parameters.values[...] += 0.1 * generator.standard_normal(len(network.parameters))
    images = generator.standard_normal((batch, *shape)).astype(dtype)
    answering, learning = network.bench(batch), network.bench(batch, training=True)
    for _ in range(2):
        assert isinstance(answering.workspace.steps[0][1].way, Winograd)
        expected = network.forward(images, learning)
        np.testing.assert_allclose(network.forward(images, answering), expected, **ROUNDED[dtype])
        network.parameters.values[...] *= 1.5


def test_images_that_lie_otherwise_in_memory_are_taken_too():
    network = Network([Convolution(48, 3)], input_shape=(12, 12, 24), seed=1, dtype=np.float64)
    images = np.asfortranarray(np.random.default_rng(0).standard_normal((3, 12, 12, 24)))
    expected = network.forward(np.ascontiguousarray(images), network.bench(3)).copy()
    np.testing.assert_array_equal(network.forward(images, network.bench(3)), expected)


def taken_in(network: Network, images: int = 14, **purpose: bool) -> list[bool]:
    """Whether Winograd's way is taken, convolution by convolution."""
    steps = network.bench(images, **purpose).workspace.steps
    return [isinstance(bench.way, Winograd) for layer, bench in steps if isinstance(layer, Convolution)]


def test_it_is_taken_where_it_pays_and_only_to_answer():
    network = chainrule.load_model("convnet")
    assert taken_in(network) == [False, True, True, False]
    assert not any(taken_in(network, images=1))
    assert not any(taken_in(network, training=True))
    assert not any(taken_in(network, training=True, input_gradient=True))
    strided = Network([Convolution(48, 3, stride=(2, 1))], input_shape=(12, 12, 24), seed=0)
    assert taken_in(strided) == [False]


@pytest.mark.parametrize(
    ("image", "window", "images", "pays"),
    [
        ((12, 12, 24), (3, 3), 14, True),
        ((12, 12, 24), (3, 3), 1, False),
        ((30, 30, 64), (3, 3), 1, True),
        ((12, 12, 20), (5, 5), 14, True),
        ((12, 12, 1), (3, 3), 1000, False),
        ((12, 12, 24), (1, 3), 1000, False),
        ((12, 12, 24), (12, 3), 1000, False),
        ((3, 12, 24), (3, 3), 1000, False),
    ],
)
def test_few_images_channels_or_rows_do_not_pay(image, window, images, pays):
    assert Tiling(image, window, 1, 48).pays(images) == pays


@pytest.mark.parametrize("name", ["convnet", "reader"])
def test_a_shipped_model_answers_the_same_but_for_rounding(name, monkeypatch):
    network = chainrule.load_model(name)
    images = np.random.default_rng(0).random((40, 28, 28), np.float32)
    logits = network.forward(images, network.bench(40, logits=True)).copy()
    monkeypatch.setattr(Tiling, "pays", lambda tiling, images: False)
    directly = network.forward(images, network.bench(40, logits=True))
    assert 0 < abs(logits - directly).max() < 3e-6 * abs(directly).max()


def test_a_pass_allocates_nothing():
    layers = [Convolution(48, 3), ReLU(), Convolution(64, 3, padding="same"), MaxPool(), Flatten(), Dense(10)]
    network = Network(layers, input_shape=(12, 12, 24), seed=0)
    assert taken_in(network) == [True, True]
    bench = network.bench(40)
    images = np.random.default_rng(0).random((40, 12, 12, 24), np.float32)
    most = 15_000 + 2 * np.getbufsize() * 8
    assert most < images.nbytes / 2
    for _ in range(3):
        network.forward(images, bench)
    tracemalloc.start()
    try:
        network.forward(images, bench)
        assert tracemalloc.get_traced_memory()[1] < most
    finally:
        tracemalloc.stop()
