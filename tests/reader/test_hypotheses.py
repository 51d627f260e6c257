"""Hypotheses: digits with their scores, rivals, dust, and separators."""

from math import log

import numpy as np
import pytest

from chainrule.images.segmentation import cut_into_lines
from chainrule.reader.hypotheses import Tried, arcs_of

SURE = np.array([1e-6] * 9 + [1 - 9e-6])
TORN = np.array([0.0] * 8 + [0.4, 0.6])


def tried(ink, odds=2.0, probabilities=SURE):
    (line,) = cut_into_lines(ink)
    pieces = list(line.pieces())
    frames, odds = np.zeros((len(pieces), 28, 28)), np.full(len(pieces), odds)
    return Tried(line, pieces, frames, odds, np.tile(probabilities, (len(pieces), 1)), [])


def bars(*boxes):
    ink = np.zeros((60, 160), np.float32)
    for top, left, height, width in boxes:
        ink[top : top + height, left : left + width] = 1
    return ink


ONE = (10, 20, 40, 8)


def test_a_sure_piece_is_one_digit_with_its_odds():
    (arc,) = arcs_of(tried(bars(ONE)), None)
    assert (arc.start, arc.end, arc.text) == (0, 1, "9")
    assert arc.score == pytest.approx(2, abs=1e-3)


def test_a_likely_second_digit_is_followed_too():
    arcs = list(arcs_of(tried(bars(ONE), probabilities=TORN), None))
    assert {arc.text: arc.score for arc in arcs} == pytest.approx({"9": 2 + log(0.6), "8": 2 + log(0.4)})


def test_a_bad_piece_costs_no_more_than_so_much():
    first, second = (next(arcs_of(tried(bars(ONE), odds=odds), None)).score for odds in (-10, -1000))
    assert first == second


def test_dust_may_be_passed_over_and_a_digit_may_not():
    arcs = list(arcs_of(tried(bars(ONE, (44, 36, 6, 6))), None))
    passed = [(arc.start, arc.end) for arc in arcs if arc.text == ""]
    assert passed == [(1, 2)]


def test_characters_of_the_pattern_are_tried_for_every_piece():
    arcs = list(arcs_of(tried(bars(ONE, (10, 40, 40, 8))), "d/d"))
    assert sum(arc.text == "/" for arc in arcs) == sum(arc.text == "9" for arc in arcs)
    assert not any(arc.text == "d" for arc in arcs)
