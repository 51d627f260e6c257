"""How sure a digit is that was read: a few signs of it, weighed as was fitted to pictures."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from math import log, tanh
from operator import mul
from typing import NamedTuple

from chainrule.images.lattice import Solved
from chainrule.reader.evidence import coefficients
from chainrule.reader.hypotheses import Tried

__all__ = ["Signs", "confidence", "signs_of"]

_ROOMY = 0.7
"""The width, in heights of a digit, that each has of its atom where joined digits are as wide as others."""


class Signs(NamedTuple):
    """What a digit's confidence is made of, once its line is read; more of any of them makes it surer.

    ``digit``: log-odds that it is one digit. Where it was spotted in an atom in which nothing else was read,
    those of the whole atom count if they are lower: it should be all of it. ``place``: log-odds that the
    line is to be cut just so. ``likeliest``: log-odds that it is this digit, if any. ``room``: log of the
    width that it has in its atom by that of other digits, at most 0, and 0 of what was not joined.
    ``apart``: 1 if nothing was joined to it, else 0.
    """

    digit: float
    place: float
    likeliest: float
    room: float
    apart: float


def signs_of(tried: Tried, solved: Solved) -> Iterator[Signs]:
    """The signs of each digit on the best path through a line, from left to right."""
    taken = [arc.piece for arc in solved.paths[0].arcs if arc.text.isdecimal()]
    atoms, wholes = tried.spotted_in, tried.whole
    together = Counter(atoms[piece] for piece in taken if piece in atoms)
    for piece in taken:
        odds, room = float(tried.odds[piece]), 0.0
        if piece in atoms:
            whole = wholes[atoms[piece]]
            columns = tried.pieces[whole].box[1]
            each = (columns.stop - columns.start) / together[atoms[piece]]
            room = min(0.0, log(each / (_ROOMY * tried.line.digit_height)))
            if together[atoms[piece]] == 1:
                odds = min(odds, float(tried.odds[whole]))
        likeliest = float(tried.probabilities[piece].max())
        place = solved.shares[piece]
        yield Signs(odds, _log_odds(place), _log_odds(likeliest), room, float(piece not in atoms))


def confidence(signs: Signs, with_none: bool) -> float:
    """The probability that a digit with these signs was read rightly, by a network with "none" or without."""
    fitted = coefficients(with_none)["confidence"]
    odds = sum(map(mul, fitted["weights"], signs), fitted["bias"])
    return (1 + tanh(odds / 2)) / 2


def _log_odds(share: float) -> float:
    share = min(max(share, 1e-4), 1 - 1e-4)
    return log(share / (1 - share))
