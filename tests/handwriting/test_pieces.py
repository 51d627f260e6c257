"""Pieces to learn from: as many as asked for, the same for a seed, and what their label says."""

import numpy as np
import pytest

from chainrule.handwriting import NONE, pieces_to_learn


@pytest.fixture(scope="module")
def images(mnist):
    return mnist.train.inputs[:500], mnist.train.labels[:500]


def test_pieces_to_learn_from_are_as_many_as_asked_for_and_the_same_again(images):
    frames, labels = pieces_to_learn(*images, 60, np.random.default_rng(3))
    assert (frames.shape, frames.dtype, labels.shape) == ((60, 28, 28), np.uint8, (60,))
    assert 0.1 < np.mean(labels == NONE) < 0.6
    again, same = pieces_to_learn(*images, 60, np.random.default_rng(3))
    assert (again == frames).all()
    assert (same == labels).all()


def test_pieces_are_digits_whole_and_alone_or_none():
    """Ones are upright bars here: framed, a bar is 20 high and narrow, and two of them are wider."""
    bars = np.zeros((20, 28, 28), np.uint8)
    bars[:, 4:24, 13:16] = 255
    frames, labels = pieces_to_learn(bars, np.full(20, 1), 300, np.random.default_rng(1))
    wide = np.count_nonzero((frames > 100).any(axis=1), axis=1)
    high = np.count_nonzero((frames > 100).any(axis=2), axis=1)
    assert set(labels.tolist()) == {1, NONE}
    assert high[labels == 1].min() >= 18
    assert np.median(wide[labels == 1]) < np.median(wide[labels == NONE])
