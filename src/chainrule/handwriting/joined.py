"""What is wide and connected in a line of writing, as strips, and which digit is where on them."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import numpy as np
from numpy.random import Generator
from numpy.typing import NDArray

from chainrule.data.dataset import Dataset
from chainrule.handwriting.cutting import MARGIN, NONE, laid, owners
from chainrule.handwriting.no_digits import not_a_digit
from chainrule.handwriting.writing import Floats, Placed
from chainrule.images.framing import SIDE
from chainrule.images.segmentation import cut_into_lines
from chainrule.images.strips import Strip, is_wide, strip_of

__all__ = ["joined_strips", "to_be_joined"]

_AMONG_DIGITS = {"halves": 2.0, "doubles": 2.0, "strokes": 2.0, "runes": 3.0, "scribbles": 2.0, "blots": 1.0}
"""What stands between digits in joined writing, by shares: no pairs, which in a line are two digits."""
_ONE_IN = 8
"""Of so many things in a line of joined writing, one is no digit."""


def to_be_joined(data: Dataset, generator: Generator) -> tuple[NDArray[np.uint8], NDArray[np.int64]]:
    """Images of a data set and, one in eight, of shapes that are no digit: ``(n, 28, 28)``, and their labels.

    Args:
        data: 28 by 28 images of the ten digits.
        generator: draws the shapes.
    """
    shapes = not_a_digit(data.inputs, data.labels, len(data) // (_ONE_IN - 1), generator, _AMONG_DIGITS)
    labels = np.append(data.labels, np.full(len(shapes), NONE))
    return np.concatenate([data.inputs.reshape(-1, SIDE, SIDE), shapes]), labels


def joined_strips(
    placed: Sequence[Placed], names: Sequence[int]
) -> Iterator[tuple[Strip, Floats, list[int]]]:
    """The wide atoms of a line as strips, with how far along them its digits are, and their names.

    Args:
        placed: the parts of the line, each a digit or a shape that is none.
        names: of each part, 0 to 9 or ``NONE``.
    """
    ink, owner = laid(placed)
    left = min(part.left for part in placed) - MARGIN
    centres = np.array(
        [
            part.left - left + part.ink.sum(axis=0) @ np.arange(part.ink.shape[1]) / part.ink.sum()
            for part in placed
        ]
    )
    for line in cut_into_lines(ink, joined=True):
        most = owners(line, owner, len(placed)).argmax(axis=0)
        for atom in range(len(line.boxes)):
            if is_wide(line, atom):
                strip, own = strip_of(line, atom), np.flatnonzero(most == atom)
                middles = strip.on_strip((centres[own] - line.corner[1]) / line.scale)
                yield strip, middles, [names[number] for number in own.tolist()]
