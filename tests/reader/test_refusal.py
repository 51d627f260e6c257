"""Reasons: each kind of piece that is no digit gets its own words."""

import numpy as np
import pytest

from chainrule.images.segmentation import Piece, cut_into_lines
from chainrule.reader.refusal import reason_for

SURE = np.array([0.0, 0, 0, 0, 1, 0, 0, 0, 0, 0])
TORN = np.array([0.0, 0, 0, 0, 0.55, 0, 0, 0, 0, 0.45])


def line_of_height_40():
    ink = np.zeros((60, 100), np.float32)
    ink[10:50, 10:14] = 1
    return cut_into_lines(ink)[0]


def piece(height, width, fill=0.3):
    ink = np.zeros((height, width), np.float32)
    ink.reshape(-1)[: round(fill * ink.size)] = 1
    return Piece(0, 1, (slice(0, height), slice(0, width)), ink, (0.0, 0.0))


@pytest.mark.parametrize(
    ("found", "odds", "share", "probabilities", "expected"),
    [
        (piece(5, 5, 1.0), -3, 1, SURE, "too little ink"),
        (piece(40, 30, 0.95), -3, 1, SURE, "a blot, no strokes"),
        (piece(12, 40), -3, 1, SURE, "too low for a digit of this line"),
        (piece(40, 60), -3, 1, SURE, "looks like two digits, or none"),
        (piece(40, 25), -3, 1, SURE, "does not look like one digit"),
        (piece(40, 25), 2, 0.3, SURE, "it is not clear where this digit ends"),
        (piece(40, 25), 2, 0.9, TORN, "could be 4 or 9"),
        (piece(40, 25), 2, 0.9, SURE, "no digit is likely enough"),
    ],
    ids=lambda value: value.replace(" ", "-") if isinstance(value, str) else "",
)
def test_reasons(found, odds, share, probabilities, expected):
    assert reason_for(line_of_height_40(), found, odds, share, probabilities) == expected
