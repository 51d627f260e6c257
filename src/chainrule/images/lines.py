"""Connected pieces of ink on a page, and which of them stand together on a line of writing."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy import ndimage

from chainrule.numerics.parameters import Array

__all__ = ["Components", "components_of", "lines_of_writing"]

_INK = 0.5
_NEIGHBOURS = np.ones((3, 3), bool)
_SMALL = 0.5
"""What is lower than this share of a digit's height does not make a line; it joins one nearby."""
_SHARED = 0.4
"""Neighbours on a line share this much of the height of the lower one."""
_FAR = 3.0
"""Digits further apart than this many of their heights stand on lines of their own."""
_NEAR = 0.7
"""A small piece belongs to a digit that is not further away than this, in heights of a digit."""
_BROKEN = (0.25, 0.3, 1.4)
"""Parts of a digit that broke across are at least so high, so far apart at most, and no larger together."""
_BESIDE = 0.2
"""Share of the narrower part that is above or below the other."""
_SPECK = 0.12
"""What is smaller than this both ways, in heights of a digit, is dust."""
_ROUNDS = 3
"""Writing may come in so many sizes on one page."""
_LEAST_HEIGHT = 6
"""Digits lower than this many pixels cannot be read."""
_MOST = 1000
"""No page has more pieces of writing than this; of more, the largest are kept."""


@dataclass(frozen=True)
class Components:
    """The connected pieces of ink on a page, diagonal neighbours included.

    Attributes:
        labels: ``(height, width)`` the number of each pixel's component plus 1; 0 on paper.
        boxes: ``(count, 4)`` top, bottom, left, right of each; the ends not included.
        areas: ``(count,)`` pixels of each.
    """

    labels: NDArray[np.int32]
    boxes: NDArray[np.intp]
    areas: NDArray[np.intp]

    @property
    def count(self) -> int:
        """How many there are."""
        return len(self.areas)

    def digit_height(self, numbers: NDArray[np.intp]) -> float:
        """How tall a digit is among these: the median height, each weighted by its area."""
        heights = self.boxes[numbers, 1] - self.boxes[numbers, 0]
        order = np.argsort(heights, kind="stable")
        weight = np.cumsum(self.areas[numbers][order])
        return float(heights[order][np.searchsorted(weight, weight[-1] / 2)])


def components_of(ink: Array) -> Components:
    """The connected pieces of what is at least half full of ink.

    Args:
        ink: ``(height, width)``, 0 paper to 1 full ink.
    """
    labels, count = ndimage.label(ink > _INK, _NEIGHBOURS)
    boxes = np.array(
        [
            (rows.start, rows.stop, columns.start, columns.stop)
            for rows, columns in ndimage.find_objects(labels)
        ],
        np.intp,
    ).reshape(count, 4)
    return Components(labels, boxes, np.bincount(labels.reshape(-1), minlength=count + 1)[1:])


def lines_of_writing(components: Components) -> list[NDArray[np.intp]]:
    """The numbers of the components on each line of writing, from the top line down.

    Of the components still without a line, those about as tall as a digit are linked, each to the next on
    its right that stands at its height. So a line may climb, fall or wave. Smaller ones join a digit close
    by. What is then left is smaller writing, and is looked at again by itself, or dust.
    """
    left = np.arange(components.count)
    if len(left) > _MOST:
        left = np.sort(np.argsort(components.areas)[-_MOST:])
    lines: list[NDArray[np.intp]] = []
    for _ in range(_ROUNDS):
        if not len(left):
            break
        height = components.digit_height(left)
        if height < _LEAST_HEIGHT:
            break
        found, left = _lines_of_one_size(components, left, height)
        lines += found
    return _in_reading_order(components, lines)


def _lines_of_one_size(
    components: Components, numbers: NDArray[np.intp], height: float
) -> tuple[list[NDArray[np.intp]], NDArray[np.intp]]:
    """The lines of writing about so tall, and what of ``numbers`` is on none of them."""
    boxes = components.boxes[numbers]
    heights, widths = boxes[:, 1] - boxes[:, 0], boxes[:, 3] - boxes[:, 2]
    tall = heights >= _SMALL * height
    owner = np.arange(len(numbers))
    for each in np.flatnonzero(heights >= _BROKEN[0] * height):
        rest = _broken_off(boxes, int(each), height)
        owner[np.isin(owner, owner[rest])] = owner[each]
        tall[each] |= rest.any()
    for each in np.flatnonzero(tall):
        shared = np.minimum(boxes[:, 1], boxes[each, 1]) - np.maximum(boxes[:, 0], boxes[each, 0])
        middle = boxes[:, 2] + boxes[:, 3]
        right = tall & (middle > middle[each]) & (shared >= _SHARED * np.minimum(heights, heights[each]))
        gap = boxes[:, 2] - boxes[each, 3]
        right &= gap <= _FAR * height
        if right.any():
            following = int(np.flatnonzero(right)[np.argmin(middle[right])])
            owner[owner == owner[each]] = owner[following]
    big = np.flatnonzero(tall)
    lost = np.zeros(len(numbers), bool)
    for each in np.flatnonzero(~tall):
        aside = np.maximum(boxes[big, 2] - boxes[each, 3], boxes[each, 2] - boxes[big, 3])
        above = np.maximum(boxes[big, 0] - boxes[each, 1], boxes[each, 0] - boxes[big, 1])
        distance = np.maximum(aside, 0) + 2 * np.maximum(above, 0)
        nearest = int(np.argmin(distance))
        dust = max(heights[each], widths[each]) < _SPECK * height
        if distance[nearest] <= _NEAR * height and not dust:
            owner[each] = owner[big[nearest]]
        else:
            lost[each] = not dust
    placed = ~lost & np.isin(owner, owner[big])
    lines = [numbers[placed & (owner == each)] for each in np.unique(owner[big])]
    return lines, numbers[lost]


def _broken_off(boxes: NDArray[np.intp], each: int, height: float) -> NDArray[np.bool_]:
    """Which boxes are the rest of a digit that broke across: close above or below, large as one together."""
    least, apart, most = (share * height for share in _BROKEN)
    tops, bottoms, lefts, rights = boxes.T
    top, bottom, left, right = boxes[each]
    beside = np.minimum(rights, right) - np.maximum(lefts, left)
    gap = np.maximum(tops, top) - np.minimum(bottoms, bottom)
    found: NDArray[np.bool_] = (bottoms - tops >= least) & (gap > -least) & (gap <= apart)
    together = np.maximum(bottoms, bottom) - np.minimum(tops, top)
    found &= (together >= _SMALL * height) & (together <= most)
    found &= beside >= _BESIDE * np.minimum(rights - lefts, right - left)
    found &= np.maximum(rights, right) - np.minimum(lefts, left) <= most
    return found


def _in_reading_order(components: Components, lines: list[NDArray[np.intp]]) -> list[NDArray[np.intp]]:
    """Lines from top to bottom; those side by side from left to right."""

    def box(line: NDArray[np.intp]) -> tuple[int, int, int]:
        boxes = components.boxes[line]
        return int(boxes[:, 0].min()), int(boxes[:, 1].max()), int(boxes[:, 2].min())

    waiting = sorted(lines, key=lambda line: sum(box(line)[:2]))
    ordered: list[NDArray[np.intp]] = []
    while waiting:
        top, bottom, _ = box(waiting[0])
        middle = (top + bottom) / 2
        row = [line for line in waiting if box(line)[0] < middle < box(line)[1]]
        ordered += sorted(row, key=lambda line: box(line)[2])
        waiting = [line for line in waiting if not any(line is other for other in row)]
    return ordered
