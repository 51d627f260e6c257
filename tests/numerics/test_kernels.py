"""The compiled kernels do what the reference does: the same numbers, sums within rounding."""

from __future__ import annotations

import os
import subprocess
import sys

import numpy as np
import pytest

from chainrule.layers import Convolution, MaxPool
from chainrule.network import Network
from chainrule.numerics.kernels import kernels, reference
from chainrule.numerics.patches import positions

EVERY_DTYPE = pytest.mark.parametrize("dtype", [np.float32, np.float64], ids=["float32", "float64"])
WINDOWS = [
    # Images (n, height, width, channels), window, stride.
    ((3, 6, 6, 2), (2, 2), (2, 2)),
    ((2, 7, 5, 3), (3, 3), (1, 1)),
    ((1, 12, 12, 20), (5, 5), (1, 1)),
    ((2, 5, 8, 1), (3, 2), (1, 2)),
    ((2, 7, 7, 4), (2, 3), (3, 3)),
    ((4, 4, 4, 17), (1, 1), (1, 1)),
    ((1, 9, 4, 8), (3, 4), (2, 1)),
    ((2, 5, 5, 1), (5, 5), (1, 1)),
    ((3, 8, 9, 16), (2, 3), (2, 3)),
]
EVERY_WINDOW = pytest.mark.parametrize(("shape", "window", "stride"), WINDOWS, ids=str)


@pytest.fixture(scope="module")
def compiled():
    pytest.importorskip("numba")
    from chainrule.numerics.kernels import compiled

    return compiled


def places_of(shape, window, stride):
    return tuple(map(positions, shape[1:3], window, stride))


@EVERY_DTYPE
@EVERY_WINDOW
def test_scattered_patches(compiled, shape, window, stride, dtype):
    generator = np.random.default_rng(0)
    places = places_of(shape, window, stride)
    patches = generator.standard_normal((shape[0], *places, *window, shape[3])).astype(dtype)
    room = np.empty((shape[0], *places, shape[3]), dtype)
    found, expected = (np.full(shape, np.nan, dtype) for _ in range(2))
    compiled.scatter_patches(patches, found, stride, room)
    reference.scatter_patches(patches, expected, stride, room)
    close = 50 * np.finfo(dtype).eps
    np.testing.assert_allclose(found, expected, rtol=close, atol=close)


@EVERY_DTYPE
@EVERY_WINDOW
@pytest.mark.parametrize("levels", [2, 1000], ids=["many_equal", "few_equal"])
def test_what_the_largest_receive(compiled, shape, window, stride, dtype, levels):
    generator = np.random.default_rng(1)
    images = generator.integers(0, levels, shape).astype(dtype)
    outputs = (shape[0], *places_of(shape, window, stride), shape[3])
    given = generator.standard_normal(outputs).astype(dtype)
    network = Network([MaxPool(window, stride)], input_shape=shape[1:], dtype=dtype)
    largest = network.forward(images, network.bench(shape[0]))
    rest, share, winner = np.empty_like(given), np.empty_like(given), np.empty(outputs, np.bool_)
    found, expected = (np.full(shape, np.nan, dtype) for _ in range(2))
    for module, received in ((compiled, found), (reference, expected)):
        module.give_to_largest(images, largest, given, received, window, stride, rest, share, winner)
    if stride[0] >= window[0] and stride[1] >= window[1]:
        np.testing.assert_array_equal(found, expected)
    close = 50 * np.finfo(dtype).eps
    np.testing.assert_allclose(found, expected, rtol=close, atol=close)


@EVERY_DTYPE
@EVERY_WINDOW
@pytest.mark.parametrize("share", [0.0, 0.1, 0.2, 1.0])
@pytest.mark.parametrize("by_images", [True, False])
def test_the_way_back_through_a_convolution(compiled, shape, window, stride, dtype, share, by_images):
    generator = np.random.default_rng(2)
    places, filters = places_of(shape, window, stride), 7
    images = generator.standard_normal(shape).astype(dtype)
    given = generator.standard_normal((shape[0], *places, filters)).astype(dtype)
    given *= generator.random(given.shape) < share
    weights = generator.standard_normal((filters, *window, shape[3])).astype(dtype)
    patches = np.empty((shape[0], *places, *window, shape[3]), dtype)
    count = reference.places_needed(places[0] * places[1], filters)
    room = reference.ConvolutionRoom(
        patches,
        patches.reshape(-1, window[0] * window[1] * shape[3]),
        np.empty((shape[0], *places, shape[3]), dtype),
        np.empty(count, np.uint64),
        np.empty(count, dtype),
    )
    found, expected = (
        (np.full_like(weights, np.nan), np.full(shape if by_images else (0, *shape[1:]), np.nan, dtype))
        for _ in range(2)
    )
    compiled.convolve_back(images, given, weights, stride, *found, room)
    reference.convolve_back(images, given, weights, stride, *expected, room)
    close = 200 * np.finfo(dtype).eps
    for one, other in zip(found, expected, strict=True):
        np.testing.assert_allclose(one, other, rtol=close, atol=close)


def test_few_derivatives_need_no_patches(compiled, monkeypatch):
    """Where long runs of a window meet few derivatives that are not 0, and nowhere else."""
    asked = []
    monkeypatch.setattr(compiled.reference, "convolve_back", lambda *given: asked.append(True))
    room = reference.ConvolutionRoom(*(np.zeros(0, np.float32),) * 3, *np.zeros((2, 100), np.uint64))
    for channels, share, by_patches in ((8, 0.2, False), (8, 0.3, True), (7, 0.2, True)):
        images, weights = np.zeros((1, 9, 9, channels), np.float32), np.zeros((2, 4, 4, channels), np.float32)
        given = (np.arange(72).reshape(1, 6, 6, 2) < 72 * share).astype(np.float32)
        compiled.convolve_back(images, given, weights, (1, 1), weights.copy(), images.copy(), room)
        assert (asked == [True]) is by_patches
        asked.clear()


def test_the_compiled_ones_have_the_reference_s_names(compiled):
    assert compiled.__all__ == reference.__all__


def test_they_are_chosen_where_numba_is(compiled, monkeypatch):
    monkeypatch.delenv("CHAINRULE_FAST", raising=False)
    assert kernels() is compiled


def test_a_setting_turns_them_off(monkeypatch):
    monkeypatch.setenv("CHAINRULE_FAST", "0")
    assert kernels() is reference


def test_without_numba_the_reference_does_the_work(monkeypatch):
    monkeypatch.delenv("CHAINRULE_FAST", raising=False)
    monkeypatch.delitem(sys.modules, "chainrule.numerics.kernels.compiled", raising=False)
    monkeypatch.delattr("chainrule.numerics.kernels.compiled", raising=False)
    monkeypatch.setitem(sys.modules, "numba", None)
    assert kernels() is reference


def test_a_network_learns_the_same_with_both(compiled, monkeypatch):
    generator = np.random.default_rng(2)
    images, gradient = generator.random((9, 12, 12, 1)), generator.standard_normal((9, 2, 2, 4))
    found = []
    for setting in ("0", "1"):
        monkeypatch.setenv("CHAINRULE_FAST", setting)
        layers = [Convolution(3, 3, padding="same"), MaxPool(3, 2), Convolution(4, 4)]
        network = Network(layers, input_shape=(12, 12, 1), seed=3, dtype=np.float64)
        bench = network.bench(9, training=True, input_gradient=True)
        network.forward(images, bench)
        found.append((network.backward(gradient, bench), network.parameters.gradient))
    for one, other in zip(*found, strict=True):
        np.testing.assert_allclose(one, other, rtol=1e-12, atol=1e-12)


def in_a_fresh_python(code, **variables):
    environment = {**os.environ, **variables}
    environment.pop("CHAINRULE_FAST", None)
    command = [sys.executable, "-W", "error", "-c", code]
    return subprocess.run(command, env=environment, capture_output=True, text=True, check=True, timeout=60)


def test_who_only_asks_does_not_wait_for_numba():
    code = (
        "import sys, numpy as np, chainrule as cr\n"
        "network = cr.Network([cr.Convolution(3, 3), cr.MaxPool(), cr.Flatten(), cr.Dense(2)], (8, 8, 1))\n"
        "network.predict(np.zeros((2, 8, 8)))\n"
        "print('numba' in sys.modules)"
    )
    assert in_a_fresh_python(code).stdout == "False\n"
