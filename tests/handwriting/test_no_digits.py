"""What is no digit: framed as MNIST is, the same for a seed, and without what could be read after all."""

from __future__ import annotations

import numpy as np
import pytest

from chainrule.errors import DataError, SettingError
from chainrule.handwriting import HALVES, KINDS, not_a_digit, reading_lessons, spoilt_digits
from chainrule.handwriting.redrawing import redrawn
from chainrule.handwriting.spoilt_digits import ink_boxes

CENTRE = 14


@pytest.fixture(scope="module")
def images(mnist):
    return mnist.train.inputs[:4000], mnist.train.labels[:4000]


def middles(drawings):
    """Rows and columns of the centres of mass, counted from the middle of pixel 0."""
    mass = drawings.sum(axis=(1, 2))
    places = np.arange(28)
    return drawings.sum(axis=2) @ places / mass, drawings.sum(axis=1) @ places / mass


def test_as_many_come_as_are_asked_for(images):
    made = not_a_digit(*images, 300, np.random.default_rng(1))
    assert made.shape == (300, 28, 28)
    assert made.dtype == np.uint8
    assert not_a_digit(*images, 0, np.random.default_rng(1)).shape == (0, 28, 28)


def test_one_seed_gives_one_set_of_images(images):
    first, again, other = (not_a_digit(*images, 200, np.random.default_rng(seed)) for seed in (1, 1, 2))
    np.testing.assert_array_equal(first, again)
    assert (first != other).any(axis=(1, 2)).mean() > 0.95


@pytest.mark.parametrize("kind", KINDS)
def test_every_kind_is_framed_as_mnist_is(kind, images):
    made = not_a_digit(*images, 60, np.random.default_rng(1), {kind: 1}).astype(np.float32) / 255
    made = made[made.any(axis=(1, 2))]
    assert len(made) > 40
    rows, columns = middles(made)
    _, _, height, width = ink_boxes(made)
    longer = np.maximum(height, width)
    assert longer.max() <= 20
    if kind == "noise":
        return
    assert np.abs(rows - CENTRE).max() < 1.5
    assert np.abs(columns - CENTRE).max() < 1.5
    assert np.mean((longer >= 17) & (longer <= 20)) > 0.9


def test_what_is_drawn_anew_is_as_sharp_as_before(images):
    own = images[0][:200].reshape(-1, 28, 28).astype(np.float32) / 255
    grey = [
        ((drawn > 0.2) & (drawn < 0.8)).sum() / (drawn > 0.2).sum()
        for drawn in (own, redrawn(own, np.random.default_rng(1)))
    ]
    assert grey[1] == pytest.approx(grey[0], abs=0.1)


def test_a_half_keeps_a_third_to_two_thirds_of_the_ink_on_one_side(images):
    """A digit is drawn as a square of known ink here, so that what is kept can be counted."""
    square = np.zeros((10, 28, 28), np.uint8)
    square[:, 4:24, 4:24] = 255
    kept = spoilt_digits.halves(square, np.arange(10), 400, np.random.default_rng(1))
    shares = kept.sum(axis=(1, 2)) / 400
    assert len(kept) == 400
    assert ((shares >= 0.35) & (shares <= 0.65)).all()
    _, _, height, width = ink_boxes(kept)
    assert ((height == 20) ^ (width == 20)).all()


def test_no_half_is_made_of_a_digit_whose_halves_are_digits():
    assert set(HALVES).isdisjoint({1, 3, 6, 7, 8, 9})


def test_two_in_one_place_are_unlike_and_each_has_ink_of_its_own():
    one, other = np.divmod(np.arange(100), 10)
    unlike = spoilt_digits.unlike(one, other).reshape(10, 10)
    assert not unlike.diagonal().any()
    assert not unlike[1].any()
    assert not unlike[:, 1].any()
    assert not unlike[0, 7]
    assert not unlike[7, 0]
    assert unlike[2, 7]
    np.testing.assert_array_equal(unlike, unlike.T)
    first, second = np.zeros((2, 1, 28, 28), np.float32)
    first[0, 5:20, 5:8] = 1
    second[0, 5:20, 7:10] = 1
    assert not spoilt_digits.apart_enough(first, second)[0]
    assert spoilt_digits.apart_enough(first, np.roll(second, 5, axis=2))[0]


def test_pairs_are_wider_than_high(images):
    made = not_a_digit(*images, 80, np.random.default_rng(1), {"pairs": 1}).astype(np.float32) / 255
    _, _, height, width = ink_boxes(made)
    assert (width > height).all()


def test_a_reader_learns_from_images_pieces_and_what_is_no_digit(mnist):
    data = mnist.train.part(slice(0, 500), "part")
    more = reading_lessons(data, np.random.default_rng(1))
    assert len(more) == 500 + 500 + 125
    assert more.class_names == (*"0123456789", "none")
    np.testing.assert_array_equal(more.labels[:500], data.labels)
    assert 0.1 < (more.labels[500:1000] == 10).mean() < 0.6
    assert (more.labels[1000:] == 10).all()
    np.testing.assert_array_equal(more.inputs[1:500:2], data.inputs[1::2])
    changed = np.abs(more.inputs[:500:2].astype(int) - data.inputs[::2]).mean(axis=1)
    assert (changed > 0).all()
    assert changed.mean() < 10
    assert more.inputs.dtype == np.uint8
    with pytest.raises(DataError, match="ten digits"):
        reading_lessons(more, np.random.default_rng(1))


@pytest.mark.parametrize(
    ("change", "error"),
    [
        ({"images": np.zeros((20, 28, 27), np.uint8)}, DataError),
        ({"images": np.zeros((20, 28, 28))}, DataError),
        ({"labels": np.zeros(20, int)}, DataError),
        ({"labels": np.arange(10)}, DataError),
        ({"count": -1}, SettingError),
        ({"shares": {"horses": 1.0}}, SettingError),
        ({"shares": {}}, SettingError),
        ({"shares": {"halves": -1.0, "pairs": 2.0}}, SettingError),
    ],
)
def test_what_cannot_be_made_is_refused(change, error):
    given = {"images": np.zeros((20, 28, 28), np.uint8), "labels": np.arange(20) % 10, "count": 1}
    with pytest.raises(error):
        not_a_digit(**given | {"generator": np.random.default_rng(1)} | change)


def test_images_from_which_nothing_can_be_made_are_refused():
    blank = np.zeros((20, 28, 28), np.uint8)
    with pytest.raises(DataError, match="halves"):
        not_a_digit(blank, np.arange(20) % 10, 5, np.random.default_rng(1), {"halves": 1})
