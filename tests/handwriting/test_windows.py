"""Windows to learn from: as many as asked for, the same for a seed, and on what their label says."""

import numpy as np
import pytest

from chainrule.handwriting import NONE, windows_to_learn


@pytest.fixture(scope="module")
def images(mnist):
    return mnist.train.inputs[:500], mnist.train.labels[:500]


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
