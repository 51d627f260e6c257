"""Tape to learn from: pieces on which strips of joined writing lie one after the other, and what is where."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from itertools import tee

import numpy as np
from numpy.random import Generator
from numpy.typing import NDArray

from chainrule.data.dataset import NOT_SAID, Dataset
from chainrule.handwriting.cutting import NONE, to_be_written, written
from chainrule.handwriting.hands import HANDS, tilted
from chainrule.handwriting.joined import joined_strips
from chainrule.handwriting.writing import Floats
from chainrule.images.framing import SIDE
from chainrule.images.strips import BESIDE, PIECE, STEP, Strip, laid_on_tape

__all__ = ["tape_to_learn"]

_HANDS = (*HANDS, *6 * ("touching",), *12 * ("overlapping",))
"""What is joined is most of what there is to learn."""
_MOST_DIGITS = 7
_AT, _AWAY = 1.3, 2.7
"""Columns: so near, a place is on a digit; so far from all, it is on none."""


def tape_to_learn(data: Dataset, pieces: int, generator: Generator) -> Dataset:
    """Pieces of tape, and of each of their places which digit has its middle there, or none.

    Lines of 1 to 7 digits, and of shapes that are none, are written in all ``HANDS``, those that touch or
    overlap most often, and tilted, as a picture set upright may still be. What is wide and connected in them
    is laid on the tape, each strip whole. A place within 1.3 columns of a digit's centre of mass shows that
    digit, one that is 2.7 or more from all of them shows none; nothing is said of what lies between, nor of
    what lies beside the writing.

    Args:
        data: 28 by 28 images of the ten digits, to choose from what is written.
        pieces: how many.
        generator: where all chance comes from.

    Returns:
        Examples of shape ``(28, PIECE, 1)``, uint8, with labels ``(pieces, PIECE // STEP)``.
    """
    images, known = to_be_written(data, generator)
    tape = np.zeros((pieces, SIDE, PIECE), np.uint8)
    labels = np.full((pieces, PIECE // STEP), NOT_SAID, np.int64)
    drawn, follow = tee(_drawn(images, known, generator))
    beginnings = laid_on_tape(strip.picture.shape[1] for strip, _, _ in follow)
    for (strip, middles, names), (piece, column) in zip(drawn, beginnings, strict=False):
        if piece == pieces:
            break
        end = column + strip.picture.shape[1]
        tape[piece, :, column:end] = np.rint(255 * strip.picture)
        labels[piece, column // STEP : end // STEP] = _said(end - column, middles, names)
    return replace(
        data,
        inputs=tape,
        labels=labels,
        class_names=(*data.class_names, "none"),
        input_shape=(SIDE, PIECE, 1),
        name=f"{data.name}, joined writing",
    )


def _drawn(
    images: NDArray[np.uint8], known: NDArray[np.int64], generator: Generator
) -> Iterator[tuple[Strip, Floats, list[int]]]:
    """Strips without end, those left out that are wider than a piece of tape."""
    while True:
        hand = _HANDS[generator.integers(0, len(_HANDS))]
        least = 2 if hand in ("touching", "overlapping") else 1
        digits = int(generator.integers(least, _MOST_DIGITS + 1))
        tilt = tilted(HANDS[hand](digits, generator), generator)
        for found in joined_strips(*written(tilt, images, known, digits, generator)):
            if found[0].picture.shape[1] <= PIECE:
                yield found


def _said(width: int, middles: Floats, names: list[int]) -> NDArray[np.int64]:
    """What is at each place of a strip so wide, with such digits so far along it."""
    places = STEP * (np.arange(width // STEP) + 0.5)
    labels = np.full(len(places), NOT_SAID)
    labels[BESIDE:-BESIDE] = NONE
    if names:
        apart = np.abs(places[:, None] - middles)
        nearest = apart.argmin(axis=1)
        labels[apart.min(axis=1) < _AWAY] = NOT_SAID
        near = apart.min(axis=1) <= _AT
        labels[near] = np.array(names)[nearest[near]]
    return labels
