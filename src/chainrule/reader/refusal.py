"""Why a piece of writing is not taken for a digit, in plain words."""

from __future__ import annotations

import numpy as np

from chainrule.images.segmentation import Piece, WrittenLine
from chainrule.numerics.parameters import Array

__all__ = ["reason_for"]

_LITTLE_INK = 0.03
_LOW = 0.45
_WIDE = 1.25
_SOLID = 0.8
_THICK = 0.4


def reason_for(line: WrittenLine, piece: Piece, odds: float, share: float, probabilities: Array) -> str:
    """What speaks most against a piece.

    Args:
        line: the line that it stands on.
        piece: the piece.
        odds: log-odds that it is one digit.
        share: probability that the line is to be cut just so.
        probabilities: ``(10,)`` of the digits.
    """
    unit = line.digit_height
    height, width = (side.stop - side.start for side in piece.box)
    mass = float(piece.ink.sum())
    first, second = (int(each) for each in np.argsort(probabilities)[:-3:-1])
    if mass < _LITTLE_INK * unit**2:
        return "too little ink"
    if mass > _SOLID * height * width and min(height, width) > _THICK * unit:
        return "a blot, no strokes"
    if height < _LOW * unit:
        return "too low for a digit of this line"
    if width > _WIDE * height:
        return "looks like two digits, or none"
    if odds < 0:
        return "does not look like one digit"
    if share < 0.5:
        return "it is not clear where this digit ends"
    if probabilities[second] > 0.2:
        return f"could be {first} or {second}"
    return "no digit is likely enough"
