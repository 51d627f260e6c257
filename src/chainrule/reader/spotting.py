"""Digits spotted in joined writing: a window slides along it, and the network says where a digit is.

No cut is made, so digits may run into each other (a space displacement network: Matan et al. 1992). Where
the window's middle is not a digit's, the network has learnt to say "none".
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from itertools import product

import numpy as np

from chainrule.images.lattice import Arc
from chainrule.images.segmentation import Piece, WrittenLine
from chainrule.images.strips import Strip, is_wide, strip_of
from chainrule.metrics import shares, tempered
from chainrule.network import Network
from chainrule.numerics.parameters import Array
from chainrule.reader.evidence import coefficients

__all__ = ["Spotted", "spot", "sure_atoms"]

_BEFORE, _AFTER = 2, 3
"""Places from the middle of a digit on, before and after, that it takes for itself."""
_LESS = 0, 1
"""By so much less, at either end, where digits crowd."""
_LEAST = -9.0
"""A place is not tried where less speaks for a digit against none."""
_WIDTH = 0.65
"""How wide a digit is drawn, in heights."""
_RIVAL = 0.02
"""A second class with at least this probability is followed as a reading of its own."""
_SURE = 4.0
"""An atom with higher log-odds of being one digit is not looked through for several."""
_MOST_ODDS = 8.0
"""Nothing is surer to be a digit, or to be none, than these log-odds: e⁸ is 3,000 to 1."""


@dataclass(frozen=True)
class Spotted:
    """What was spotted in an atom of a line.

    Attributes:
        atom: its number.
        places: ``(k,)`` where a digit may be, in increasing order.
        pieces: the writing about each of these places.
        frames: ``(k, 28, 28)`` what the window saw there.
        odds: ``(k,)`` log-odds of a digit against none.
        probabilities: ``(k, 10)`` of the digits, given that it is one; calibrated.
        scores: ``(k, 10)`` what a digit there adds to a reading.
        none: ``(n,)`` what each place of the strip adds where no digit is near.
    """

    atom: int
    places: list[int]
    pieces: list[Piece]
    frames: Array
    odds: Array
    probabilities: Array
    scores: Array
    none: Array

    @property
    def as_nothing(self) -> float:
        """What the windows say of there being no digit at all."""
        return float(self.none.sum())

    @property
    def as_one(self) -> float:
        """What the windows say of there being one digit, at its best place; if it has none, of nothing."""
        sums = np.concatenate([[0.0], np.cumsum(self.none)])
        middles = np.array(self.places, np.intp)
        gains = self.scores.max(axis=1) - (sums[middles + _AFTER] - sums[middles - _BEFORE])
        return self.as_nothing + float(gains.max(initial=0.0))

    def arcs(self, start: int, first: int) -> Iterator[Arc]:
        """The strip as a part of the lattice, a boundary a place.

        Args:
            start: the boundary at which the strip begins.
            first: the number of its first piece.
        """
        for place, score in enumerate(self.none.tolist()):
            yield Arc(start + place, start + place + 1, "", score, -1)
        for number, place in enumerate(self.places):
            probabilities = self.probabilities[number]
            second, likeliest = np.argsort(probabilities)[-2:]
            middle = start + place
            rivals = [likeliest, second] if probabilities[second] >= _RIVAL else [likeliest]
            for label, left, right in product(rivals, _LESS, _LESS):
                score = float(self.scores[number, label])
                yield Arc(middle - _BEFORE + left, middle + _AFTER - right, str(label), score, first + number)


def spot(
    network: Network, lines: Sequence[WrittenLine], sure: Sequence[Collection[int]]
) -> list[list[Spotted]]:
    """Look for digits in all wide atoms of all lines, asking the network once.

    Args:
        network: answers 0 to 9 or "none".
        lines: their atoms are whole: nothing that is connected was cut.
        sure: of each line, the atoms that need no looking at: they are surely one digit.
    """
    wide = [
        [
            (atom, strip_of(line, atom))
            for atom in range(len(line.boxes))
            if atom not in known and is_wide(line, atom)
        ]
        for line, known in zip(lines, sure, strict=True)
    ]
    windows = [strip.windows for some in wide for _, strip in some]
    if not windows:
        return [[] for _ in lines]
    pixels = np.concatenate([np.rint(255 * each).astype(np.uint8).reshape(len(each), -1) for each in windows])
    answers = np.log(shares(network.predict(pixels)).astype(np.float64).clip(1e-5))
    found, start = [], 0
    for line, some in zip(lines, wide, strict=True):
        spotted = []
        for atom, strip in some:
            end = start + len(strip.windows)
            spotted.append(_spotted(line, atom, strip, answers[start:end]))
            start = end
        found.append(spotted)
    return found


def sure_atoms(pieces: Sequence[Piece], odds: Sequence[float]) -> set[int]:
    """The atoms of a line that are so surely one digit each that nothing else need be looked for in them."""
    both = zip(pieces, odds, strict=True)
    return {piece.first for piece, each in both if piece.end == piece.first + 1 and each > _SURE}


def _spotted(line: WrittenLine, atom: int, strip: Strip, answers: Array) -> Spotted:
    """Where the likeliest digit is likelier than in the places beside: the sum over three windows tells.

    Windows side by side see nearly the same, so what they say counts by a fitted weight; each digit adds a
    fitted bonus, which is what speaks for a sure digit that stands alone.
    """
    fitted = coefficients(True)
    weight, bonus = fitted["spotting"]["weight"], fitted["spotting"]["bonus"]
    around = answers[:-2] + answers[1:-1] + answers[2:]
    margin = np.logaddexp.reduce(around[:, :10], axis=1) - around[:, 10]
    each = around[:, :10] - around[:, 10:]
    padded = np.pad(each, ((1, 1), (0, 0)), constant_values=-np.inf)
    peaks = (each >= padded[:-2]) & (each > padded[2:]) & (each == each.max(axis=1, keepdims=True))
    places = 1 + np.flatnonzero(peaks.any(axis=1) & (margin > 3 * _LEAST))
    places = places[(places >= _BEFORE) & (places <= len(answers) - _AFTER)]
    digits = np.exp(around[places - 1, :10] / 3)
    probabilities = tempered(digits / digits.sum(axis=1, keepdims=True), fitted["temperature"])
    return Spotted(
        atom=atom,
        places=places.tolist(),
        pieces=[_piece(line, atom, strip, int(place)) for place in places],
        frames=np.asarray(strip.windows[places], np.float32),
        odds=(margin[places - 1] / 3).clip(-_MOST_ODDS, _MOST_ODDS),
        probabilities=probabilities,
        scores=bonus + weight * around[places - 1, :10],
        none=weight * answers[:, 10],
    )


def _piece(line: WrittenLine, atom: int, strip: Strip, place: int) -> Piece:
    """The part of an atom about a place, as wide as a digit mostly is."""
    rows, columns = line.boxes[atom]
    low, high = strip.columns(place, _WIDTH * (rows.stop - rows.start))
    left = int(np.clip(round(low), columns.start, columns.stop - 1))
    right = int(np.clip(round(high), left + 1, columns.stop))
    box = rows, slice(left, right)
    ink = np.where(line.atoms[box] == atom + 1, line.ink[box], np.float32(0))
    inked = np.flatnonzero(ink.max(axis=1) > 0)
    if len(inked):
        ink = ink[inked[0] : inked[-1] + 1]
        box = slice(rows.start + int(inked[0]), rows.start + int(inked[-1]) + 1), box[1]
    return Piece(atom, atom + 1, box, ink, (0.0, 0.0))
