"""Digits spotted in joined writing: a network looks along it and says where a digit is.

No cut is made, so digits may run into each other (a space displacement network: Matan et al. 1992). Where no
digit has its middle, the network has learnt to say "none".
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from itertools import product

import numpy as np

from chainrule.images.framing import SIDE
from chainrule.images.lattice import Arc
from chainrule.images.segmentation import Piece, WrittenLine
from chainrule.images.strips import BESIDE, Strip, is_wide, strip_of
from chainrule.metrics import tempered
from chainrule.numerics.parameters import Array
from chainrule.reader.evidence import coefficients
from chainrule.reader.spotter import Spotter

__all__ = ["Spotted", "spot", "sure_atoms"]

_BEFORE, _AFTER = 1, 2
"""Places from the middle of a digit on, before and after, that it takes for itself."""
_LESS = 0, 1
"""By so much less, at either end, where digits crowd."""
_CROWDED = 2.0
"""What that costs, at either end: a digit must not be read twice because several places show it."""
_LEAST = -2.5
"""A place is not tried whose log-odds of a digit against none are lower."""
_WIDTH = 0.65
"""How wide a digit is drawn, in heights."""
_RIVAL = 0.02
"""A second class with at least this probability is followed as a reading of its own."""
_SURE = 4.0
"""An atom with higher log-odds of being one digit is not looked through for several."""
_SMALLEST = 1e-5
"""No probability counts as smaller."""
_MOST_ODDS = 8.0
"""Nothing is surer to be a digit, or to be none, than these log-odds: e⁸ is 3,000 to 1."""


@dataclass(frozen=True)
class Spotted:
    """What was spotted in an atom of a line.

    Attributes:
        atom: its number.
        places: ``(m,)`` where the middle of a digit may be, in increasing order.
        owners: ``(m,)`` which of the pieces each of them belongs to: places side by side may show one digit.
        scores: ``(m, 10)`` what a digit with its middle there adds to a reading.
        none: ``(n,)`` what each place of the strip adds where no digit is near.
        pieces: the k pieces of writing that may be digits.
        frames: ``(k, 28, 28)`` what is seen at the best place of each.
        odds: ``(k,)`` log-odds of a digit against none, there.
        probabilities: ``(k, 10)`` of the digits there, given that it is one; calibrated.
    """

    atom: int
    places: list[int]
    owners: list[int]
    scores: Array
    none: Array
    pieces: list[Piece]
    frames: Array
    odds: Array
    probabilities: Array

    @property
    def as_nothing(self) -> float:
        """What the network says of there being no digit at all."""
        return float(self.none.sum())

    @property
    def as_one(self) -> float:
        """What the network says of there being one digit, at its best place; if it has none, of nothing."""
        sums = np.concatenate([[0.0], np.cumsum(self.none)])
        middles = np.array(self.places, np.intp)
        taken = sums[np.minimum(middles + _AFTER, len(self.none))] - sums[np.maximum(middles - _BEFORE, 0)]
        gains = self.scores.max(axis=1, initial=-np.inf) - taken
        return self.as_nothing + float(gains.max(initial=0.0))

    def arcs(self, start: int, first: int) -> Iterator[Arc]:
        """The strip as a part of the lattice, a boundary a place.

        Args:
            start: the boundary at which the strip begins.
            first: the number of its first piece.
        """
        for place, score in enumerate(self.none.tolist()):
            yield Arc(start + place, start + place + 1, "", score, -1)
        for place, owner, scores in zip(self.places, self.owners, self.scores, strict=True):
            probabilities = self.probabilities[owner]
            second, likeliest = np.argsort(probabilities)[-2:]
            rivals = [likeliest, second] if probabilities[second] >= _RIVAL else [likeliest]
            for label, left, right in product(rivals, _LESS, _LESS):
                score = float(scores[label]) - _CROWDED * (left + right)
                begin, end = max(place - _BEFORE + left, 0), min(place + _AFTER - right, len(self.none))
                yield Arc(start + begin, start + end, str(label), score, first + owner)


def spot(
    spotter: Spotter, lines: Sequence[WrittenLine], sure: Sequence[Collection[int]]
) -> list[list[Spotted]]:
    """Look for digits in all wide atoms of all lines, asking the network once.

    Args:
        spotter: says what is at each place of a strip.
        lines: their atoms are whole: nothing that is connected was cut.
        sure: of each line, the atoms that need no looking at: they are surely one digit.
    """
    wide = [
        (number, atom, strip_of(line, atom))
        for number, (line, known) in enumerate(zip(lines, sure, strict=True))
        for atom in range(len(line.boxes))
        if atom not in known and is_wide(line, atom)
    ]
    answers = spotter.answers([strip.picture for _, _, strip in wide])
    found: list[list[Spotted]] = [[] for _ in lines]
    for (number, atom, strip), answer in zip(wide, answers, strict=True):
        found[number].append(_spotted(lines[number], atom, strip, answer))
    return found


def sure_atoms(pieces: Sequence[Piece], odds: Sequence[float]) -> set[int]:
    """The atoms of a line that are so surely one digit each that nothing else need be looked for in them."""
    both = zip(pieces, odds, strict=True)
    return {piece.first for piece, each in both if piece.end == piece.first + 1 and each > _SURE}


def _spotted(line: WrittenLine, atom: int, strip: Strip, answer: Array) -> Spotted:
    """Where a digit may be: wherever one is likely enough.

    What the network says counts by a fitted weight; each digit adds a fitted bonus, which is what speaks for
    a sure digit that stands alone.
    """
    fitted = coefficients(True)["spotting"]
    seen = np.log(answer[BESIDE:-BESIDE].astype(np.float64).clip(_SMALLEST))
    margin = np.logaddexp.reduce(seen[:, :10], axis=1) - seen[:, 10]
    places = np.flatnonzero(margin > _LEAST)
    runs = _runs(places, seen[places, :10])
    best = np.array([max(run, key=lambda place: seen[place, :10].max()) for run in runs], np.intp)
    digits = np.exp(seen[best, :10])
    return Spotted(
        atom=atom,
        places=places.tolist(),
        owners=[number for number, run in enumerate(runs) for _ in run],
        scores=fitted["bonus"] + fitted["weight"] * seen[places, :10],
        none=fitted["weight"] * seen[:, 10],
        pieces=[_piece(line, atom, strip, place + BESIDE) for place in best.tolist()],
        frames=np.array([strip.frame(place + BESIDE) for place in best.tolist()]).reshape(-1, SIDE, SIDE),
        odds=margin[best].clip(-_MOST_ODDS, _MOST_ODDS),
        probabilities=tempered(digits / digits.sum(axis=1, keepdims=True), fitted["temperature"]),
    )


def _runs(places: Array, seen: Array) -> list[list[int]]:
    """Places side by side that show the same digit, run by run; where it fades and comes again are two.

    Args:
        places: ``(m,)``, in increasing order.
        seen: ``(m, 10)`` how likely each digit is there.
    """
    runs: list[list[int]] = []
    before, falling = (-2, -1, 0.0), False
    for here in zip(places.tolist(), seen.argmax(axis=1).tolist(), seen.max(axis=1).tolist(), strict=True):
        goes_on = here[:2] == (before[0] + 1, before[1]) and not (falling and here[2] > before[2])
        if goes_on:
            runs[-1].append(here[0])
        else:
            runs.append([here[0]])
        before, falling = here, goes_on and (falling or here[2] < before[2])
    return runs


def _piece(line: WrittenLine, atom: int, strip: Strip, place: int) -> Piece:
    """The part of an atom about a place, as wide as a digit mostly is."""
    rows, columns = line.boxes[atom]
    low, high = strip.on_line(place, _WIDTH * (rows.stop - rows.start))
    left = int(np.clip(round(low), columns.start, columns.stop - 1))
    right = int(np.clip(round(high), left + 1, columns.stop))
    box = rows, slice(left, right)
    ink = np.where(line.atoms[box] == atom + 1, line.ink[box], np.float32(0))
    inked = np.flatnonzero(ink.max(axis=1) > 0)
    if len(inked):
        ink = ink[inked[0] : inked[-1] + 1]
        box = slice(rows.start + int(inked[0]), rows.start + int(inked[-1]) + 1), box[1]
    return Piece(atom, atom + 1, box, ink, (0.0, 0.0))
