"""Ruled paper and forms: which lines are printed, taken out of the ink, and the boxes that they leave."""

from __future__ import annotations

from itertools import pairwise

import numpy as np

from chainrule.images.ink import stroke_width
from chainrule.images.rules import Rule, erase, rules_across
from chainrule.numerics.parameters import Array

__all__ = ["Box", "Place", "for_digits", "pieces_of", "without_rules"]

Box = tuple[int, int, int, int]
"""Top, left, bottom, right."""
Place = tuple[slice, slice]
"""Rows and columns."""

_LONG = 0.25
"""A rule that is no side of a box is at least this share of the picture's longer side long,"""
_SLENDER = 60.0
"""so many times as long as thick,"""
_BAND = 0.5
"""and between it and the next one, or the end of what is joined to it, lies at most this share of it."""
_THIN = 0.015
"""Of its length: the height of a piece that is a rule and nothing else."""
_LEAST_CELL = 8.0
"""The sides of a box, in thicknesses of its lines, at least."""
_LEAST_SIDE = 18
"""The same in pixels."""
_INHABITED = 0.04
"""Share of a box that is covered by ink, at least, for it to be no digit itself."""
_EVEN = 0.15
"""How far the teeth of a comb may stray from even distances, as a share of these."""
_SQUARE = (0.4, 2.2)
"""Width by height of a box that is meant for one digit."""
_ROOMY = 3.0
"""Height of such a box in sides of what is written, at most."""
_WITHIN = 0.75
"""Share of a digit that lies within its box, at least."""


def pieces_of(mask: Array) -> tuple[Array, list[Place]]:
    """The number of the connected piece that each pixel belongs to, and where each piece lies."""
    from scipy.ndimage import find_objects, label

    labels, _ = label(mask, np.ones((3, 3), np.int8))
    return labels, find_objects(labels)


def without_rules(mask: Array, labels: Array, places: list[Place]) -> tuple[list[Box], Array | None]:
    """Erase printed lines from the ink.

    Args:
        mask: ``(height, width)`` bool; changed.
        labels: as `pieces_of` gives them.
        places: likewise.

    Returns:
        the cells between lines that cross, and the courses of all lines ``(height, width)`` (None: no line).
    """
    longest = max(mask.shape)
    courses: Array | None = None
    cells: list[Box] = []
    empty: list[int] = []
    for number, place in enumerate(places, start=1):
        height, width = (side.stop - side.start for side in place)
        long = max(height, width) >= _LONG * longest
        if min(height, width) < _LEAST_SIDE and not long:
            continue
        piece = labels[place] == number
        if long and min(height, width) <= _THIN * max(height, width):
            mask[place] &= ~piece
            continue
        if not long and min(height, width) < _LEAST_CELL * stroke_width(piece):
            continue
        across, down = _printed(piece, _LONG * longest)
        if not across and not down:
            continue
        course = np.zeros_like(piece)
        for rule in across:
            course |= erase(piece, rule)[1]
        for rule in down:
            course |= erase(piece.T, rule)[1].T
        found = _cells(across, down, place[0].start, place[1].start)
        if found and not _inhabited(mask[place] & ((labels[place] != number) | piece)):
            empty.append(number)
            continue
        mask[place] &= (labels[place] != number) | piece
        courses = np.zeros_like(mask) if courses is None else courses
        courses[place] |= course
        cells += found
    return cells + _like_the_others(mask, labels, places, empty, cells), courses


def for_digits(cells: list[Box], pieces: list[Place], written: float) -> list[Box]:
    """The cells, if they are boxes for one digit each: of that form, with the writing inside them.

    Squared paper has cells too, but what is written there goes over their sides.

    Args:
        cells: as `without_rules` gives them.
        pieces: where the pieces of writing lie.
        written: the side of what is written, in pixels.

    Returns:
        the boxes in reading order, or none.
    """
    boxes = [
        (top, left, bottom, right)
        for top, left, bottom, right in cells
        if _SQUARE[0] * (bottom - top) <= right - left <= _SQUARE[1] * (bottom - top)
        and bottom - top <= _ROOMY * written
    ]
    large = [place for place in pieces if max(side.stop - side.start for side in place) >= 0.5 * written]
    if not boxes or not large:
        return []
    tops, lefts, bottoms, rights = np.array(boxes).T
    inside = 0
    for rows, columns in large:
        high = np.minimum(rows.stop, bottoms) - np.maximum(rows.start, tops)
        wide = np.minimum(columns.stop, rights) - np.maximum(columns.start, lefts)
        area = (rows.stop - rows.start) * (columns.stop - columns.start)
        inside += bool((np.maximum(high, 0) * np.maximum(wide, 0)).max() >= _WITHIN * area)
    if inside < len(large) / 2:
        return []
    usual = float(np.median(bottoms - tops))
    return sorted(boxes, key=lambda box: (round((box[0] + box[2]) / 2 / usual), box[1]))


def _printed(piece: Array, long: float) -> tuple[list[Rule], list[Rule]]:
    """The rules across and down a piece that belong to ruled paper or to boxes, not to a digit."""
    height, width = piece.shape
    across, down = rules_across(piece), rules_across(piece.T)
    if len(across) == 1 and _is_comb(across[0], down, height, width):
        across = [Rule(0.0, 0.0, 0), *across]
    if len(across) > 1 and len(down) > 1:
        thickest = max(rule.thickness for rule in across + down)
        if min(max(_steps(across)), max(_steps(down))) >= _LEAST_CELL * thickest:
            return across, down
    return (
        across if width >= long and _are_lines(across, height, width) else [],
        down if height >= long and _are_lines(down, width, height) else [],
    )


def _are_lines(rules: list[Rule], height: int, width: int) -> bool:
    """Whether rules are thin, and all between, above and below them is low beside their length: no digit."""
    if not rules or width < _SLENDER * max(rule.thickness for rule in rules):
        return False
    edges = [0.0, *(rule.row for rule in rules), float(height)]
    return float(np.diff(edges).max()) <= _BAND * width


def _is_comb(foot: Rule, teeth: list[Rule], height: int, width: int) -> bool:
    """Whether this is a box without a lid, or some in a row: a foot, and upright lines on it, evenly set."""
    if len(teeth) < 2 or foot.row < 0.8 * height:
        return False
    steps = np.array(_steps(teeth))
    even = float(np.abs(steps - steps.mean()).max()) <= _EVEN * steps.mean()
    ends = teeth[0].row <= _EVEN * steps.mean() and width - teeth[-1].row <= _EVEN * steps.mean()
    return bool(even and ends)


def _steps(rules: list[Rule]) -> list[float]:
    return [below.row - above.row for above, below in pairwise(rules)]


def _cells(across: list[Rule], down: list[Rule], top: int, left: int) -> list[Box]:
    """What lies between neighbouring rules both ways, without the rules."""
    return [
        (
            round(top + above.row + above.thickness / 2) + 1,
            round(left + before.row + before.thickness / 2) + 1,
            round(top + below.row - below.thickness / 2),
            round(left + after.row - after.thickness / 2),
        )
        for above, below in pairwise(across)
        for before, after in pairwise(down)
    ]


def _inhabited(inside: Array) -> bool:
    return bool(np.count_nonzero(inside) >= _INHABITED * inside.size)


def _like_the_others(
    mask: Array, labels: Array, places: list[Place], empty: list[int], cells: list[Box]
) -> list[Box]:
    """Erase the boxes in which nothing is written, if others like them are used; their insides."""
    if not cells:
        return []
    heights = np.median([bottom - top for top, _, bottom, _ in cells])
    widths = np.median([right - left for _, left, _, right in cells])
    found = []
    for number in empty:
        rows, columns = places[number - 1]
        if abs(rows.stop - rows.start - heights) < 0.25 * heights and (
            abs(columns.stop - columns.start - widths) < 0.25 * widths
        ):
            mask[rows, columns] &= labels[rows, columns] != number
            found.append((rows.start, columns.start, rows.stop, columns.stop))
    return found
