"""Ink without what was not written: ruled lines, frames, boxes of forms, and specks."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from chainrule.images.boxes import Box, Place, for_digits, pieces_of, without_rules
from chainrule.images.ink import Ink, near, stroke_width
from chainrule.numerics.parameters import Array

__all__ = ["Cleaned", "clean"]

_FAINT = 0.05
"""Ink of a rule, at least: it may be much fainter than what is written."""
_BLOT = 3.0
"""How thick a piece's strokes are, in those of the pen, at most."""
_HAIR = (4.0, 0.45)
"""A rest of a rule is so many times as long as wide, and thinner than this share of the pen; if it stands up,
it is no thicker than the rules of this picture either: else it may be a 1."""
_SPECK = 0.2
"""The longer side of a speck, in sides of what is written here, at most."""
_FULL = 0.84
"""How full the ink of a piece is beside most ink, on average: the grain of a table or of paper is patchy."""
_ALONG = 0.8
"""Share of a rest of a rule that lies where the rule was; its sides are a few times as broad as that."""
_READABLE = 6
"""Pixels: nothing smaller can be read."""
_FINE = (16, 2.0)
"""Pixels: writing that is lower and whose strokes are thinner would be read better in a larger picture."""


@dataclass(frozen=True)
class Cleaned:
    """The writing alone.

    Attributes:
        ink: ``(height, width)`` float32 in [0, 1], as in `Ink`.
        mask: ``(height, width)`` bool: where more than half is ink.
        labels: ``(height, width)`` the number of the connected piece of the mask that each of its pixels
            belongs to, from 1, some left out.
        boxes: the boxes of a form, each meant for one digit, in reading order; empty where there are none.
        stroke_width: pixels across a stroke, about.
        removed: ``(height, width)`` bool: rules, frames and specks that were ink.
        fine: whether there are rules, or writing so small that it wants a larger picture.
    """

    ink: Array
    mask: Array
    labels: Array
    boxes: list[Box]
    stroke_width: float
    removed: Array
    fine: bool


def clean(found: Ink) -> Cleaned:
    """Take rules, frames, boxes and specks out of the ink.

    A rule goes from left to right (or top to bottom) through the whole of what is joined to it, and far.
    A box has rules on all four sides and something in it. The strokes that cross a rule stay whole. A speck
    is small beside the pieces that hold most of the ink, a blot much thicker than the pen, grain patchy.

    Args:
        found: the ink of a picture whose lines are about level.
    """
    seen = found.ink > _FAINT
    labels, places = pieces_of(seen)
    cells, courses = without_rules(seen, labels, places)
    mask = found.mask & seen
    labels, places = pieces_of(mask)
    written, kept, small = _without_specks(mask, found.ink, labels, places, courses)
    boxes = for_digits(cells, [place for place, stays in zip(places, kept, strict=True) if stays], written)
    ink = found.ink * (near(mask) & seen)
    fine = small or courses is not None
    return Cleaned(ink, mask, labels, boxes, stroke_width(mask), found.mask & ~mask, fine)


def _without_specks(
    mask: Array, ink: Array, labels: Array, places: list[Place], courses: Array | None
) -> tuple[float, Array, bool]:
    """Erase specks, blots, grain, and what rules left behind.

    Returns:
        the side of what is written, 0 if nothing is; which pieces were kept; and whether one of them is fine.
    """
    from scipy.ndimage import maximum

    count = len(places)
    if not count:
        return 0.0, np.zeros(0, np.bool_), False
    heights = np.array([rows.stop - rows.start for rows, _ in places])
    widths = np.array([columns.stop - columns.start for _, columns in places])
    sides = np.maximum(heights, widths)
    inked = np.divmod(np.flatnonzero(mask), mask.shape[1])
    piece = labels[inked]
    areas = np.bincount(piece, minlength=count + 1)[1:]
    full = np.bincount(piece, weights=ink[inked], minlength=count + 1)[1:]
    fullness = full / np.maximum(areas, 1)
    kept = (areas > 0) & (fullness >= _FULL * _middle(fullness, areas))
    broad = np.zeros(count)
    if courses is not None:
        broad = maximum(courses, labels, np.arange(1, count + 1))
        along = np.bincount(labels[courses > 0], minlength=count + 1)[1:] >= _ALONG * areas
        kept &= ~(along & (np.minimum(heights, widths) <= 3 * broad) & (sides <= 6 * broad))
    if min(mask.shape) > 6 * _READABLE:
        kept &= sides >= _READABLE
    lengths = _lengths(mask, inked, piece, count)
    strokes = areas / np.maximum(lengths, 1)
    pen = _middle(strokes[kept], areas[kept])
    kept &= strokes <= _BLOT * pen
    lying = widths > _HAIR[0] * heights
    standing = (heights > _HAIR[0] * widths) & (strokes < broad.max())
    kept &= ~((lying | standing) & (strokes < _HAIR[1] * pen))
    written = _middle(np.minimum(sides, 3 * heights)[kept], areas[kept])
    kept &= sides >= _SPECK * written
    lying = (widths > 6 * heights) & (widths > 1.5 * written)
    standing = (heights > 12 * widths) & (heights > 1.8 * written)
    kept &= ~(lying | standing)
    if not kept.all():
        mask[inked] = kept[piece - 1]
    fine = kept & (heights < _FINE[0]) & (strokes < _FINE[1])
    return written, kept, bool(fine.any())


def _lengths(mask: Array, inked: tuple[Array, Array], piece: Array, count: int) -> Array:
    """About how long the strokes of each piece are, as in `stroke_width`: ``(count,)``.

    Args:
        mask: ``(height, width)`` bool.
        inked: rows and columns, ``(n,)`` each, where it is True.
        piece: ``(n,)`` the piece there, from 1.
        count: how many pieces there are.
    """
    rows, columns = inked
    first_of_row = (columns == 0) | ~mask[rows, columns - 1]
    first_of_column = (rows == 0) | ~mask[rows - 1, columns]
    crossings = (np.bincount(piece[first], minlength=count + 1) for first in (first_of_row, first_of_column))
    lengths: Array = np.hypot(*crossings)[1:]
    return lengths


def _middle(values: Array, weights: Array) -> float:
    """The value that has half of the weight below it, half above; 0 of none."""
    if not len(values):
        return 0.0
    order = np.argsort(values)
    sums = np.cumsum(weights[order])
    return float(values[order][np.searchsorted(sums, sums[-1] / 2)])
