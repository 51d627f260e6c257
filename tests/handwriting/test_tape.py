"""Tape to learn from: as much as asked for, the same for a seed, and on its places what their label says."""

from dataclasses import replace

import numpy as np
import pytest

from chainrule.data.dataset import NOT_SAID
from chainrule.handwriting import NONE, tape_to_learn
from chainrule.handwriting.hands import HANDS, tilted
from chainrule.images.strips import PIECE, STEP


@pytest.fixture(scope="module")
def images(mnist):
    return mnist.train.part(slice(0, 500), "some digits")


def test_there_is_as_much_tape_as_asked_for_and_the_same_again(images):
    tape = tape_to_learn(images, 12, np.random.default_rng(3))
    assert tape.inputs.shape == (12, 28 * PIECE)
    assert tape.input_shape == (28, PIECE, 1)
    assert tape.inputs.dtype == np.uint8
    assert tape.labels.shape == (12, PIECE // STEP)
    assert tape.class_names[NONE] == "none"
    assert tape.inputs.any(axis=1).all()
    again = tape_to_learn(images, 12, np.random.default_rng(3))
    assert again.sha256() == tape.sha256()


def test_places_are_digits_none_or_not_spoken_of(images):
    labels = tape_to_learn(images, 40, np.random.default_rng(3)).labels
    shares = [np.mean(labels == NOT_SAID), np.mean(labels == NONE), np.mean((labels >= 0) & (labels < NONE))]
    assert sum(shares) == pytest.approx(1)
    assert 0.2 < shares[0] < 0.6
    assert 0.3 < shares[1] < 0.7
    assert 0.04 < shares[2] < 0.15


def test_a_place_that_shows_a_digit_has_it_in_its_middle(images):
    """All digits are upright bars with a thin one across: places on one have more ink than places on none."""
    bars = np.zeros((20, 28, 28), np.uint8)
    bars[:, 4:24, 13:15] = 255
    bars[:, 13:15, 6:22] = 255
    crosses = replace(images, inputs=bars, labels=np.arange(20) % 10)
    tape = tape_to_learn(crosses, 60, np.random.default_rng(1))
    pixels = tape.inputs.reshape(60, 28, PIECE)
    upright = pixels[:, 4:24].astype(float).mean(axis=1).reshape(60, -1, STEP).mean(axis=2)
    digits = (tape.labels >= 0) & (tape.labels < NONE)
    assert np.median(upright[digits]) > 2 * np.median(upright[tape.labels == NONE])


def test_a_tilted_hand_slants_and_climbs_as_a_whole():
    hand = HANDS["overlapping"](6, np.random.default_rng(1))
    differences = [tilted(hand, np.random.default_rng(seed)) for seed in range(50)]
    slants = np.array([each.slants - hand.slants for each in differences])
    assert np.ptp(slants, axis=1) == pytest.approx(np.zeros(50))
    assert 0.05 < slants.std() < 0.3
    climbs = np.array([np.diff(each.rises - hand.rises) for each in differences])
    assert np.ptp(climbs, axis=1) == pytest.approx(np.zeros(50), abs=1e-9)
    assert np.abs(climbs).max() < 0.03 * np.median(hand.sizes)
