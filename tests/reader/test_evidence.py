"""Evidence: what a piece is judged by, and that the fitted numbers fit the code."""

import json

import numpy as np
import pytest

from chainrule.images.segmentation import cut_into_lines
from chainrule.reader import evidence
from chainrule.reader.confidence import Signs
from chainrule.reader.evidence import FEATURES, coefficients, traits, weigh


def line_of(*boxes):
    ink = np.zeros((60, 200), np.float32)
    for top, left, height, width in boxes:
        ink[top : top + height, left : left + width] = 1
    return cut_into_lines(ink)[0]


@pytest.mark.parametrize("with_none", [True, False])
def test_the_stored_numbers_are_as_many_as_the_features(with_none):
    fitted = coefficients(with_none)
    assert len(fitted["digit"]["weights"]) == len(FEATURES)
    assert len(fitted["confidence"]["weights"]) == len(Signs._fields)
    assert 0.05 <= fitted["temperature"] <= 20
    assert json.loads(evidence.FILE.read_text(encoding="utf-8")).keys() == {"with none", "without none"}


@pytest.mark.parametrize("with_none", [True, False])
def test_confidence_rises_with_every_sign(with_none):
    assert min(coefficients(with_none)["confidence"]["weights"]) >= 0


def test_traits_are_measured_in_heights_of_a_digit():
    line = line_of((10, 10, 40, 20), (10, 60, 40, 20))
    piece = next(piece for piece in line.pieces() if piece.box == (slice(1, 41), slice(1, 21)))
    found = dict(zip(FEATURES[3:], traits(line, piece), strict=True))
    assert found["log_height"] == pytest.approx(0)
    assert found["width"] == pytest.approx(0.5)
    assert found["ink"] == pytest.approx(0.5)
    assert found["fill"] == pytest.approx(1)
    assert found["wider_than_high"] == found["gap_inside"] == found["sides_cut"] == 0


def test_a_gap_inside_a_piece_is_a_trait():
    line = line_of((10, 10, 40, 10), (10, 26, 40, 10))
    both = line.piece(0, len(line.boxes))
    found = dict(zip(FEATURES[3:], traits(line, both), strict=True))
    assert found["gap_inside"] == pytest.approx(6 / 40)


def test_every_piece_is_weighed_once_in_order(network):
    lines = [line_of((10, 10, 40, 20)), line_of((10, 10, 40, 20), (10, 60, 40, 30))]
    pieces = [list(line.pieces()) for line in lines]
    weighed = weigh(network, lines, pieces)
    count = sum(map(len, pieces))
    assert weighed.frames.shape == (count, 28, 28)
    assert weighed.probabilities.shape == (count, 10)
    assert weighed.traits.shape == (count, len(FEATURES))
    assert weighed.probabilities.sum(axis=1) == pytest.approx(np.ones(count))
    second = weigh(network, lines[1:], pieces[1:])
    assert weighed.odds[len(pieces[0]) :] == pytest.approx(second.odds, abs=1e-4)
