"""Confidence: what a digit is held against once its line is read."""

from math import log

import numpy as np
import pytest

from chainrule.images.lattice import Arc, Path, Solved
from chainrule.images.segmentation import Piece, cut_into_lines
from chainrule.reader.confidence import confidence, signs_of
from chainrule.reader.hypotheses import Tried
from chainrule.reader.spotting import Spotted

SURE = np.array([1e-6] * 9 + [1 - 9e-6])


def line_of(*digits, width=60):
    """A line of one wide atom, 40 high, and in it so many spotted digits; the atom itself has odds of 1."""
    ink = np.zeros((60, 120), np.float32)
    ink[10:50, 20 : 20 + width] = 1
    (line,) = cut_into_lines(ink, joined=True)
    (whole,) = line.pieces()
    pieces = [Piece(0, 1, whole.box, whole.ink, (0.0, 0.0)) for _ in digits]
    frames, classes = np.zeros((len(digits), 28, 28)), np.tile(SURE, (len(digits), 1))
    places = list(range(len(digits)))
    spotted = Spotted(0, places, places, classes, np.zeros(9), pieces, frames, np.array(digits), classes)
    everything = np.array([1.0, *digits])
    return Tried(line, [whole, *pieces], frames, everything, np.tile(SURE, (1 + len(digits), 1)), [spotted])


def read(*pieces):
    arcs = tuple(Arc(number, number + 1, "9", 1.0, piece) for number, piece in enumerate(pieces))
    return Solved([Path(1.0, arcs)], dict.fromkeys(pieces, 0.5))


def test_what_stands_by_itself_has_its_own_odds_and_all_the_room():
    (signs,) = signs_of(line_of(3.0), read(0))
    assert signs[:2] == pytest.approx((1.0, 0.0))
    assert (signs.room, signs.apart) == (0.0, 1.0)
    assert signs.likeliest == pytest.approx(log(9999), rel=0.01)


@pytest.mark.parametrize(("spotted", "told"), [(3.0, 1.0), (0.5, 0.5)])
def test_a_digit_that_is_spotted_alone_is_no_surer_than_the_whole_atom(spotted, told):
    (signs,) = signs_of(line_of(spotted), read(1))
    assert signs.digit == told
    assert signs.apart == 0


@pytest.mark.parametrize(("width", "room"), [(80, 0.0), (28, log(0.5))])
def test_digits_that_share_an_atom_have_their_share_of_its_width(width, room):
    first, second = signs_of(line_of(3.0, 4.0, width=width), read(1, 2))
    assert (first.digit, second.digit) == (3.0, 4.0)
    assert first.room == second.room == pytest.approx(room, abs=0.1)


@pytest.mark.parametrize("with_none", [True, False])
def test_a_surer_sign_makes_a_surer_digit(with_none):
    unsure, sure = (
        next(signs_of(tried, read(0)))
        for tried in (line_of(3.0)._replace(odds=np.array([odds, 3.0])) for odds in (-2, 6))
    )
    assert 0 <= confidence(unsure, with_none) < confidence(sure, with_none) <= 1
