"""Writing cut for the reader to learn from: labels are right, digits are all there, chance is a seed."""

import numpy as np
import pytest

from chainrule.handwriting import NONE, cut, not_a_digit, windows_to_learn, written
from chainrule.handwriting.writing import Placed


@pytest.fixture(scope="module")
def images(mnist):
    return mnist.train.inputs[:500], mnist.train.labels[:500]


@pytest.mark.parametrize(("hand", "digits"), [("separate", 4), ("uneven spacing", 4), ("touching", 2)])
def test_every_digit_is_among_the_pieces(images, hand, digits):
    found = whole = 0
    for seed in range(8):
        generator = np.random.default_rng(seed)
        lines = list(cut(*written(hand, *images, digits, generator)))
        found += sum(
            len({line.pieces[k].box[1].start for k in np.flatnonzero(line.labels != NONE)}) for line in lines
        )
        whole += digits
        assert all(len(line.pieces) == len(line.labels) for line in lines)
    assert found >= 0.85 * whole


def test_pieces_of_one_digit_have_its_label(images):
    inputs, labels = images
    sevens = inputs[labels == 7]
    all_sevens = written("overlapping", sevens, np.full(len(sevens), 7), 4, np.random.default_rng(1))
    for line in cut(*all_sevens):
        assert set(line.labels.tolist()) <= {7, NONE}
        assert NONE in line.labels


def test_of_garbage_nothing_is_a_digit(images):
    (shape,) = not_a_digit(*images, 1, np.random.default_rng(2), {"scribbles": 1})
    for line in cut([Placed(shape.repeat(2, 0).repeat(2, 1) / np.float32(255), 0, 0, "")], [NONE]):
        assert set(line.labels.tolist()) == {NONE}


def test_windows_to_learn_from_are_as_many_as_asked_for_and_the_same_again(images):
    frames, labels = windows_to_learn(*images, 60, np.random.default_rng(3))
    assert (frames.shape, frames.dtype, labels.shape) == ((60, 28, 28), np.uint8, (60,))
    assert 0.3 < np.mean(labels == NONE) < 0.7
    again, same = windows_to_learn(*images, 60, np.random.default_rng(3))
    assert (again == frames).all()
    assert (same == labels).all()


def test_a_window_on_a_digit_shows_it_in_its_middle():
    """Ones are upright bars here; a window on one has ink in its middle columns, one on none has little."""
    bars = np.zeros((20, 28, 28), np.uint8)
    bars[:, 4:24, 13:15] = 255
    bars[:, 13:15, 6:22] = 255
    frames, labels = windows_to_learn(bars, np.full(20, 1), 200, np.random.default_rng(1))
    upright = frames[:, 4:24, 12:16].astype(float).max(axis=2).mean(axis=1)
    assert upright[labels == 1].min() > 1.5 * np.median(upright[labels == NONE])
