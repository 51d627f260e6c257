"""Pieces to learn from: lines of writing, cut as the reader cuts them, and which digit each piece is."""

from __future__ import annotations

import numpy as np
from numpy.random import Generator
from numpy.typing import NDArray

from chainrule.handwriting.cutting import cut, written
from chainrule.handwriting.hands import HANDS
from chainrule.images.framing import SIDE, frame_all

__all__ = ["pieces_to_learn"]

_MOST_DIGITS = 6


def pieces_to_learn(
    images: NDArray[np.uint8], labels: NDArray[np.int64], count: int, generator: Generator
) -> tuple[NDArray[np.uint8], NDArray[np.int64]]:
    """What the reader asks its network about, framed as it frames it, and what is right to answer.

    From lines of up to 6 digits in all ``HANDS``: digits, digits that touch, two that stand near each other,
    parts of broken ones. What is joined stays whole, and is none. Pieces that are neither clearly one digit
    nor clearly none are left out.

    Args:
        images: ``(n, 28, 28)`` or ``(n, 784)`` uint8, to choose what is written from.
        labels: ``(n,)``, which digit each shows, or ``NONE`` for a shape that is none.
        count: how many pieces.
        generator: where all chance comes from.

    Returns:
        ``(count, 28, 28)`` uint8 and ``(count,)`` labels, 0 to 9 or ``NONE``.
    """
    frames = np.empty((count, SIDE, SIDE), np.uint8)
    known = np.empty(count, np.int64)
    hands, done = list(HANDS), 0
    while done < count:
        hand = hands[generator.integers(0, len(hands))]
        digits = int(generator.integers(2 if hand in ("touching", "overlapping") else 1, _MOST_DIGITS + 1))
        for line in cut(*written(hand, images, labels, digits, generator), joined=True):
            some = slice(done, min(done + len(line.pieces), count))
            framed = frame_all([piece.ink for piece in line.pieces[: some.stop - done]])
            frames[some], known[some] = np.rint(255 * framed), line.labels[: len(framed)]
            done = some.stop
    return frames, known
