"""The hypotheses about a line: what each piece of it may be, and how much speaks for that."""

from __future__ import annotations

from collections.abc import Iterator
from math import log
from typing import NamedTuple

import numpy as np

from chainrule.images.lattice import ANY_DIGIT, Arc
from chainrule.images.segmentation import Piece, WrittenLine
from chainrule.numerics.parameters import Array
from chainrule.reader.separators import likeness

__all__ = ["Tried", "arcs_of"]

_LEAST_ODDS = -5.0
"""However bad a piece, its score falls no lower: one blot must not decide how its neighbours are cut."""
_DUST = 0.35, 0.06
"""An atom of smaller sides and less ink than these, in heights of a digit, may be passed over."""
_PASSED = -1.0
"""The score of passing over it."""
_RIVAL = 0.02
"""A second class with at least this probability is followed as a reading of its own."""


class Tried(NamedTuple):
    """A line and what was tried as a digit on it.

    ``pieces``: the pieces. ``odds``: ``(n,)`` log-odds that each is exactly one digit. ``probabilities``:
    ``(n, 10)`` of the digits, given that it is one.
    """

    line: WrittenLine
    pieces: list[Piece]
    odds: Array
    probabilities: Array


def arcs_of(tried: Tried, wanted: str | None) -> Iterator[Arc]:
    """Each piece as its likeliest digits, as the pattern's other characters, and small ones as dust.

    Args:
        tried: the line.
        wanted: the pattern, or None.
    """
    line = tried.line
    unit = line.digit_height
    others = sorted(set(wanted or "") - {ANY_DIGIT})
    for number, piece in enumerate(tried.pieces):
        score, probabilities = max(_LEAST_ODDS, float(tried.odds[number])), tried.probabilities[number]
        second, first = np.argsort(probabilities)[-2:]
        for label in (first, second):
            share = float(probabilities[label])
            if label == first or share >= _RIVAL:
                yield Arc(piece.first, piece.end, str(label), score + log(max(share, 1e-9)), number)
        for character in others:
            yield Arc(piece.first, piece.end, character, likeness(character, line, piece), number)
        if piece.end == piece.first + 1 and _is_dust(piece, unit):
            yield Arc(piece.first, piece.end, "", _PASSED, number)


def _is_dust(piece: Piece, unit: float) -> bool:
    side, ink = _DUST
    whole = not any(piece.cut)
    return whole and max(piece.ink.shape) < side * unit and float(piece.ink.sum()) < ink * unit**2
