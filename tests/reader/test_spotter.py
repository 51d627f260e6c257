"""A spotter lays strips of any width on tape, and gives each its own answers back."""

import numpy as np
import pytest

from chainrule.images.strips import PIECE, STEP
from chainrule.reader.spotter import Spotter, shipped_spotter


class Columns:
    """In place of a network: of each place, the ink of its columns, and how far along the tape it is."""

    def predict(self, tape):
        ink = tape.mean(axis=1).reshape(len(tape), -1, STEP).mean(axis=2)
        along = np.broadcast_to(np.arange(PIECE // STEP), ink.shape)
        return np.stack([ink, along], axis=2)


@pytest.mark.parametrize("widths", [[40], [40, 61, 128, 30], [129], [90, 1000, 33, 175]])
def test_each_strip_gets_the_answers_about_its_own_columns(widths):
    generator = np.random.default_rng(1)
    strips = [generator.random((28, width)).astype(np.float32) for width in widths]
    found = Spotter(Columns()).answers(strips)
    assert [len(each) for each in found] == [width // STEP for width in widths]
    for strip, answer in zip(strips, found, strict=True):
        whole = strip[:, : len(answer) * STEP]
        wanted = whole.mean(axis=0).reshape(-1, STEP).mean(axis=1)
        np.testing.assert_allclose(answer[:, 0], wanted, rtol=1e-5)


def test_parts_of_a_wide_strip_do_not_answer_where_they_were_cut():
    (answer,) = Spotter(Columns()).answers([np.ones((28, 700), np.float32)])
    inner = answer[12:-12, 1]
    assert inner.min() >= 12
    assert inner.max() < PIECE // STEP - 12


def test_no_strips_have_no_answers():
    assert Spotter(Columns()).answers([]) == []


def test_the_spotter_that_comes_with_the_package_answers_digits_or_none():
    (answer,) = shipped_spotter().answers([np.zeros((28, 50), np.float32)])
    assert answer.shape == (25, 11)
    assert answer.sum(axis=1) == pytest.approx(np.ones(25), abs=1e-5)
    assert (answer[5:-5].argmax(axis=1) == 10).all()
