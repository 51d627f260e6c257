"""Windows to learn from: what is seen where a window slides along joined writing, and what digit is there."""

from __future__ import annotations

import numpy as np
from numpy.random import Generator
from numpy.typing import NDArray

from chainrule.handwriting.cutting import NONE, written
from chainrule.handwriting.hands import HANDS
from chainrule.handwriting.joined import joined_strips
from chainrule.handwriting.writing import Floats
from chainrule.images.framing import SIDE
from chainrule.images.strips import MARGIN

__all__ = ["windows_to_learn"]

_AT, _AWAY = 1.2, 2.6
"""Pixels of a strip: so near, a window is on a digit; so far from all, it is on none."""
_BEYOND = 3
"""Pixels by which the middle of the window goes beyond the ink on either side."""


def windows_to_learn(
    images: NDArray[np.uint8], labels: NDArray[np.int64], count: int, generator: Generator
) -> tuple[NDArray[np.uint8], NDArray[np.int64]]:
    """What the window sees that slides along wide writing, and which digit is in its middle, or none.

    From lines of 1 to 6 digits in all ``HANDS``, three times as often in those where digits touch. A window
    within 1.2 pixels of a digit's centre of mass shows that digit, one that is 2.6 or more from all of them
    shows none, and what lies between is left out. Two of each thing that is written, digit or none, and
    about half as many from between.

    Args:
        images: ``(n, 28, 28)`` or ``(n, 784)`` uint8, to choose what is written from.
        labels: ``(n,)``, which digit each shows, or ``NONE`` for a shape that is none.
        count: how many windows.
        generator: where all chance comes from.

    Returns:
        ``(count, 28, 28)`` uint8 and ``(count,)`` labels, 0 to 9 or ``NONE``.
    """
    frames = np.empty((count, SIDE, SIDE), np.uint8)
    known: list[int] = []
    hands = [*HANDS, *2 * ("touching", "overlapping")]
    while len(known) < count:
        hand = hands[generator.integers(0, len(hands))]
        digits = int(generator.integers(2 if hand in ("touching", "overlapping") else 1, 7))
        for strip, middles, names in joined_strips(*written(hand, images, labels, digits, generator)):
            beyond = SIDE // 2 + _BEYOND - MARGIN
            picture = np.pad(np.rint(255 * strip.picture).astype(np.uint8), ((0, 0), (beyond, beyond)))
            windows = np.lib.stride_tricks.sliding_window_view(picture, SIDE, axis=1).transpose(1, 0, 2)
            # As in MNIST's frame, a digit's centre of mass falls into the pixel to the right of the middle.
            numbers = middles + beyond - (SIDE + 1) / 2
            for place, name in _chosen(len(windows), numbers, names, generator)[: count - len(known)]:
                frames[len(known)] = windows[place]
                known.append(name)
    return frames, np.array(known, np.int64)


def _chosen(count: int, middles: Floats, names: list[int], generator: Generator) -> list[tuple[int, int]]:
    """Some places of a strip, and what is in the middle there."""
    chosen = []
    for middle, name in zip(middles.tolist(), names, strict=True):
        for place in np.rint(middle + generator.uniform(-_AT, _AT, 2)).astype(int).tolist():
            if 0 <= place < count:
                chosen.append((place, name))
    apart = np.abs(np.arange(count)[:, None] - middles).min(axis=1, initial=np.inf)
    away = generator.permutation(np.flatnonzero(apart >= _AWAY))
    return chosen + [(place, NONE) for place in away[: len(names) + 1].tolist()]
