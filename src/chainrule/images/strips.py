"""Joined writing laid out as a strip 20 pixels high, for a network to look along."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

import numpy as np

from chainrule.images.framing import BOX, SIDE, area_averaged
from chainrule.images.segmentation import WrittenLine
from chainrule.numerics.parameters import Array

__all__ = ["BESIDE", "MARGIN", "PIECE", "STEP", "Strip", "is_wide", "laid_on_tape", "strip_of"]

MARGIN = 12
"""Columns of paper on either side of the ink."""
STEP = 2
"""Columns from one place of a strip to the next; the first place is between the first two columns."""
BESIDE = 3
"""Places at either end of a strip that lie so far beside its ink that no digit can have its middle there."""
PIECE = 128
"""Columns of a piece of tape, on which strips are laid."""
_WIDE = 0.3
"""Writing may be two digits if it is wider than this, by its own height and by that of a digit."""


@dataclass(frozen=True)
class Strip:
    """A connected piece of writing, made 20 pixels high, in the middle of 28.

    Attributes:
        picture: ``(28, width)``, ink with a margin of paper.
        left: column of the line where the ink begins.
        scale: how many of the line's pixels are one of the strip's, along the line.
    """

    picture: Array
    left: int
    scale: float

    def on_strip(self, columns: Array) -> Array:
        """How far from the strip's left end columns of the line are, in fractions of its pixels."""
        there: Array = (columns - self.left) / self.scale + MARGIN + 0.5
        return there

    def on_line(self, place: int, width: float) -> tuple[float, float]:
        """The columns of the line from ``width`` / 2 before a place to as much after it."""
        middle = self.left + (STEP * (place + 0.5) - MARGIN) * self.scale
        return middle - width / 2, middle + width / 2

    def frame(self, place: int) -> Array:
        """What is seen around a place, ``(28, 28)``."""
        first = STEP * place + STEP // 2 - SIDE // 2
        columns = np.arange(first, first + SIDE)
        inside = (columns >= 0) & (columns < self.picture.shape[1])
        return np.where(inside, self.picture[:, columns * inside], np.float32(0))


def is_wide(line: WrittenLine, atom: int) -> bool:
    """Whether an atom of a line may be several digits."""
    height, width = (side.stop - side.start for side in line.boxes[atom])
    return bool(width > _WIDE * max(height, line.digit_height))


def strip_of(line: WrittenLine, atom: int) -> Strip:
    """One atom of a line as a strip, without the ink of the others.

    Its height becomes 20 pixels, the longer side of a digit framed as MNIST's are, in the middle of 28.
    """
    box = line.boxes[atom]
    ink = np.where(line.atoms[box] == atom + 1, line.ink[box], np.float32(0))
    height, width = ink.shape
    across = max(1, round(width * BOX / height))
    picture = np.zeros((SIDE, MARGIN + across + MARGIN), np.float32)
    above = (SIDE - BOX) // 2
    picture[above : above + BOX, MARGIN : MARGIN + across] = area_averaged(ink, BOX, across)
    return Strip(picture, box[1].start, width / across)


def laid_on_tape(widths: Iterable[int]) -> Iterator[tuple[int, int]]:
    """The piece of tape, from 0, and the column on it, at which each of some strips begins.

    One follows the other, each whole, and begins at a multiple of ``STEP``.

    Args:
        widths: columns of each strip, at most ``PIECE``.
    """
    piece = column = 0
    for width in widths:
        if column + width > PIECE:
            piece, column = piece + 1, 0
        yield piece, column
        column += width + width % STEP
