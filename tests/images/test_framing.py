"""Framing as MNIST was framed: MNIST's own images come back from any size and any place."""

import numpy as np
import pytest
from PIL import Image

from chainrule.images.framing import BOX, SIDE, area_averaged, frame, frame_all

MANY = 300


@pytest.fixture(scope="module")
def digits(mnist):
    return mnist.validation.inputs[:MANY].reshape(-1, 28, 28).astype(np.float32) / 255


def moved(image, generator):
    top, left, bottom, right = generator.integers(0, 40, 4)
    return np.pad(image, ((top, bottom), (left, right)))


@pytest.mark.parametrize("times", [1, 3, 5])
def test_digits_of_mnist_enlarged_and_moved_come_back(digits, times):
    generator = np.random.default_rng(times)
    large = [moved(np.kron(image, np.ones((times, times), np.float32)), generator) for image in digits]
    away = np.abs(frame_all(large) - digits).mean(axis=(1, 2))
    assert away.mean() < 0.008
    assert np.median(away) < 0.004


def test_digits_enlarged_smoothly_come_back_nearly(digits):
    generator = np.random.default_rng(1)
    large = [
        moved(np.asarray(Image.fromarray(image).resize((104, 104), Image.Resampling.BICUBIC)), generator)
        for image in digits
    ]
    assert np.abs(frame_all(large) - digits).mean() < 0.04


@pytest.mark.parametrize("shape", [(7, 3), (20, 20), (61, 18), (9, 200), (1, 1), (300, 1), (1, 300)])
def test_ink_fills_the_box_and_its_mass_is_in_the_middle(shape):
    framed = frame(np.pad(np.ones(shape, np.float32), 5))
    rows, columns = np.flatnonzero(framed.any(axis=1)), np.flatnonzero(framed.any(axis=0))
    assert max(np.ptp(rows), np.ptp(columns)) + 1 == BOX
    for axis in (0, 1):
        masses = framed.sum(axis=1 - axis)
        centre = masses @ np.arange(SIDE) / masses.sum()
        assert SIDE / 2 - 0.5 <= centre + 1e-4 < SIDE / 2 + 0.51
    assert framed.dtype == np.float32
    assert 0 <= framed.min() < framed.max() <= 1 + 1e-4


def test_mass_far_from_the_middle_stays_on_the_image():
    ink = np.zeros((40, 40), np.float32)
    ink[:, 0], ink[-1, :] = 0.6, 0.6
    ink[30:, :10] = 1
    assert frame(ink).sum() == pytest.approx(area_averaged(ink, 20, 20).sum(), rel=1e-5)


def test_nothing_gives_nothing():
    assert not frame(np.zeros((30, 30), np.float32)).any()
    assert not frame(np.zeros((0, 4), np.float32)).any()
    assert not frame(np.zeros((3, 3))).any()
    assert frame_all([]).shape == (0, SIDE, SIDE)


def test_pieces_of_any_sizes_are_framed_together_as_alone():
    generator = np.random.default_rng(2)
    sides = [(5, 7), (40, 900), (3, 1500), (1100, 1000), (20, 20), (1, 1)]
    pieces = [generator.random(shape, np.float32) for shape in sides]
    alone = [frame(ink) for ink in pieces]
    assert np.allclose(frame_all(pieces), alone, atol=1e-6)
    assert np.allclose(frame_all(pieces[::-1]), alone[::-1], atol=1e-6)


def test_faint_ink_is_framed_like_full_ink(digits):
    assert np.allclose(frame(digits[0] * 0.3), frame(digits[0]) * 0.3, atol=1e-6)


def test_averages_keep_the_mean_and_are_those_of_whole_blocks():
    image = np.random.default_rng(0).random((12, 18)).astype(np.float32)
    blocks = image.reshape(4, 3, 6, 3).mean(axis=(1, 3))
    assert np.allclose(area_averaged(image, 4, 6), blocks, atol=1e-6)
    assert area_averaged(image, 5, 7).mean() == pytest.approx(image.mean(), rel=1e-5)


def test_a_small_image_is_enlarged_without_gaps():
    assert np.allclose(area_averaged(np.ones((2, 3), np.float32), 20, 30), 1, atol=1e-6)
