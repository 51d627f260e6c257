"""The hypotheses about a line: what each piece of it may be, and how much speaks for that."""

from __future__ import annotations

from collections.abc import Iterator
from math import log
from typing import NamedTuple

import numpy as np

from chainrule.images.lattice import ANY_DIGIT, Arc
from chainrule.images.segmentation import Piece, WrittenLine
from chainrule.numerics.parameters import Array
from chainrule.reader.evidence import Weighed
from chainrule.reader.separators import likeness
from chainrule.reader.spotting import Spotted

__all__ = ["Tried", "arcs_of"]

_LEAST_ODDS = -5.0
"""However bad a piece, its score falls no lower: one blot must not decide how its neighbours are cut."""
_DUST = 0.35, 0.06
"""An atom of smaller sides and less ink than these, in heights of a digit, may be passed over."""
_PASSED = 1.0
"""The score of passing over it."""
_RATHER = 0.1
"""By so much an atom above the least odds is rather read, as an unsure digit, than as nothing."""
_RIVAL = 0.02
"""A second class with at least this probability is followed as a reading of its own."""


class Tried(NamedTuple):
    """A line and what was tried as a digit on it: its pieces, and then whatever was spotted in its atoms.

    ``pieces``: the pieces. ``frames``: ``(n, 28, 28)`` as the network saw them. ``odds``: ``(n,)`` log-odds
    that each is exactly one digit. ``probabilities``: ``(n, 10)`` of the digits, given that it is one.
    ``spotted``: what was spotted, atom by atom; its pieces are the last of all.
    """

    line: WrittenLine
    pieces: list[Piece]
    frames: Array
    odds: Array
    probabilities: Array
    spotted: list[Spotted]

    @classmethod
    def of(
        cls, line: WrittenLine, pieces: list[Piece], weighed: Weighed, here: slice, spotted: list[Spotted]
    ) -> Tried:
        """All that was tried on a line, whose pieces are those ``here`` among all that were weighed."""
        return cls(
            line=line,
            pieces=[*pieces, *(piece for each in spotted for piece in each.pieces)],
            frames=np.concatenate([weighed.frames[here], *(each.frames for each in spotted)]),
            odds=np.concatenate([weighed.odds[here], *(each.odds for each in spotted)]),
            probabilities=np.concatenate(
                [weighed.probabilities[here], *(each.probabilities for each in spotted)]
            ),
            spotted=spotted,
        )

    @property
    def first_spotted(self) -> int:
        """The number of the first piece that was spotted."""
        return len(self.pieces) - sum(len(each.pieces) for each in self.spotted)

    @property
    def spotted_in(self) -> dict[int, int]:
        """The atom in which each of the spotted pieces was spotted."""
        atoms = [each.atom for each in self.spotted for _ in each.pieces]
        return dict(enumerate(atoms, start=self.first_spotted))

    @property
    def whole(self) -> dict[int, int]:
        """The piece that is nothing but the whole of an atom, by the atom."""
        cut = self.pieces[: self.first_spotted]
        return {piece.first: number for number, piece in enumerate(cut) if piece.end == piece.first + 1}

    @property
    def boundaries(self) -> list[int]:
        """Of the lattice, where each atom begins and the last one ends."""
        steps = np.ones(len(self.line.boxes), np.intp)
        for each in self.spotted:
            steps[each.atom] = len(each.none)
        return [0, *np.cumsum(steps).tolist()]


def arcs_of(tried: Tried, wanted: str | None) -> Iterator[Arc]:
    """Each piece as its likeliest digits, as the pattern's other characters, and small ones as dust.

    Args:
        tried: the line.
        wanted: the pattern, or None.
    """
    line, at = tried.line, tried.boundaries
    others = sorted(set(wanted or "") - {ANY_DIGIT})
    count = tried.first_spotted
    seen = {each.atom: each for each in tried.spotted}
    for number, piece in enumerate(tried.pieces[:count]):
        start, end = at[piece.first], at[piece.end]
        score, probabilities = max(_LEAST_ODDS, float(tried.odds[number])), tried.probabilities[number]
        second, first = np.argsort(probabilities)[-2:]
        if piece.end == piece.first + 1 and piece.first in seen:
            spotted, hopeless = seen[piece.first], score == _LEAST_ODDS
            score += spotted.as_one
            if not hopeless:
                score = max(score, spotted.as_nothing - log(probabilities[first]) + _RATHER)
        for label in (first, second):
            share = float(probabilities[label])
            if label == first or share >= _RIVAL:
                yield Arc(start, end, str(label), score + log(max(share, 1e-9)), number)
        for character in others:
            yield Arc(start, end, character, likeness(character, line, piece), number)
        if piece.end == piece.first + 1 and _is_dust(piece, line.digit_height):
            yield Arc(start, end, "", _PASSED, number)
    for each in tried.spotted:
        yield from each.arcs(at[each.atom], count)
        count += len(each.pieces)


def _is_dust(piece: Piece, unit: float) -> bool:
    side, ink = _DUST
    whole = not any(piece.cut)
    return whole and max(piece.ink.shape) < side * unit and float(piece.ink.sum()) < ink * unit**2
