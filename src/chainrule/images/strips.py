"""Joined writing laid out as a strip, through which a window slides a pixel at a time."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from chainrule.images.framing import BOX, SIDE, area_averaged
from chainrule.images.segmentation import WrittenLine
from chainrule.numerics.parameters import Array

__all__ = ["MARGIN", "Strip", "is_wide", "strip_of"]

MARGIN = 3
"""Pixels by which the middle of the window goes beyond the ink on either side."""
_WIDE = 0.45
"""Writing may be two digits if it is wider than this, by its own height and by that of a digit."""


@dataclass(frozen=True)
class Strip:
    """A connected piece of writing, made 20 pixels high.

    Attributes:
        windows: ``(n, 28, 28)`` what is seen at each place; a view of one picture.
        left: column of the line where the ink begins.
        scale: how many of the line's pixels are one of the strip's, along the line.
    """

    windows: Array
    left: int
    scale: float

    def places(self, columns: Array) -> Array:
        """The places, in fractions, at which columns of the line are in the middle of the window."""
        there: Array = (columns - self.left) / self.scale + MARGIN
        return there

    def columns(self, place: int, width: float) -> tuple[float, float]:
        """The columns of the line from ``width`` / 2 before the middle at a place to as much after it."""
        middle = self.left + (place - MARGIN) * self.scale
        return middle - width / 2, middle + width / 2


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
    reach = SIDE // 2 + MARGIN
    picture = np.zeros((SIDE, across + 2 * reach), np.float32)
    above = (SIDE - BOX) // 2
    picture[above : above + BOX, reach : reach + across] = area_averaged(ink, BOX, across)
    windows = np.lib.stride_tricks.sliding_window_view(picture, SIDE, axis=1).transpose(1, 0, 2)
    return Strip(windows, box[1].start, width / across)
