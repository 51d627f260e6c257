"""Connected pieces of ink on a page, and which of them stand together on a line of writing."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from chainrule.images.connected import Components, connected
from chainrule.numerics.parameters import Array

__all__ = ["components_of", "lines_of_writing"]

_INK = 0.5
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


def components_of(ink: Array) -> Components:
    """The connected pieces of what is at least half full of ink.

    Args:
        ink: ``(height, width)``, 0 paper to 1 full ink.
    """
    return connected(ink > _INK)


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
    rests = _broken_off(boxes, height)
    for each in np.flatnonzero(rests.any(axis=1)):
        owner[np.isin(owner, owner[rests[each]])] = owner[each]
        tall[each] = True
    standing = np.flatnonzero(tall)
    tops, bottoms, lefts, rights = boxes[standing].T
    lows, middles = heights[standing], lefts + rights
    shared = np.minimum(bottoms[:, None], bottoms) - np.maximum(tops[:, None], tops)
    to_right = (middles > middles[:, None]) & (shared >= _SHARED * np.minimum(lows[:, None], lows))
    to_right &= lefts - rights[:, None] <= _FAR * height
    following = np.where(to_right, middles, np.iinfo(np.intp).max).argmin(axis=1)
    for place in np.flatnonzero(to_right.any(axis=1)).tolist():
        owner[owner == owner[standing[place]]] = owner[standing[following[place]]]
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


def _broken_off(boxes: NDArray[np.intp], height: float) -> NDArray[np.bool_]:
    """Of each box, which are the rest of a digit that broke across: close by, and as large as one together.

    Returns:
        ``(n, n)``, a row for each box; the row of one that is too low itself is empty.
    """
    least, apart, most = (share * height for share in _BROKEN)
    tops, bottoms, lefts, rights = boxes.T
    top, bottom, left, right = boxes.T[:, :, None]
    high = bottoms - tops >= least
    gap = np.maximum(tops, top) - np.minimum(bottoms, bottom)
    found: NDArray[np.bool_] = high & high[:, None] & (gap > -least) & (gap <= apart)
    together = np.maximum(bottoms, bottom) - np.minimum(tops, top)
    found &= (together >= _SMALL * height) & (together <= most)
    beside = np.minimum(rights, right) - np.maximum(lefts, left)
    found &= beside >= _BESIDE * np.minimum(rights - lefts, right - left)
    found &= np.maximum(rights, right) - np.minimum(lefts, left) <= most
    return found


def _in_reading_order(components: Components, lines: list[NDArray[np.intp]]) -> list[NDArray[np.intp]]:
    """Lines from top to bottom; those side by side from left to right."""
    tops = [int(components.boxes[line, 0].min()) for line in lines]
    bottoms = [int(components.boxes[line, 1].max()) for line in lines]
    lefts = [int(components.boxes[line, 2].min()) for line in lines]
    waiting = sorted(range(len(lines)), key=lambda line: tops[line] + bottoms[line])
    ordered: list[int] = []
    while waiting:
        middle = (tops[waiting[0]] + bottoms[waiting[0]]) / 2
        row = [line for line in waiting if tops[line] < middle < bottoms[line]]
        ordered += sorted(row, key=lefts.__getitem__)
        waiting = [line for line in waiting if line not in row]
    return [lines[line] for line in ordered]
