"""Ruled paper and forms: which lines are printed, taken out of the ink, and the boxes that they leave."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import chain, pairwise
from math import ceil

import numpy as np

from chainrule.images.connected import connected
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
_WHOLE_SIDE = 0.88
"""Share of the side of a box that is there, at least; a digit's flat stroke is shorter than the digit."""
_WHOLE = 0.95
"""Share of the way across ruled paper that a margin line covers."""
_LEAST_CELL = 8.0
"""The sides of a box, in thicknesses of its lines, at least."""
_LEAST_SIDE = 18
"""The same in pixels."""
_FOOT, _COVERED = 0.1, 0.8
"""In so much of its height from below, a box has ink in this share of its width."""
_INHABITED = 0.04
"""Share of a box that is covered by ink, at least, for it to be no digit itself."""
_EVEN = 0.15
"""How far rules may stray from even distances, as a share of these, and a lid from the top of a box."""
_SQUARE = (0.4, 2.2)
"""Width by height of a box that is meant for one digit."""
_ROOMY = 3.0
"""Height of such a box in sides of what is written, at most."""
_ALIKE = 0.25
"""Boxes of one form differ by less than this share of their shorter side."""
_WITHIN = 0.75
"""Share of a digit that lies within its box, at least."""


@dataclass(frozen=True, eq=False)
class _Lines:
    """The printed lines of one connected piece.

    ``number`` and ``place``: of the piece. ``rest``: what of it is no line. ``courses``: as `without_rules`
    returns them. ``cells``: between its lines, where they cross.
    """

    number: int
    place: Place
    rest: Array
    courses: Array
    cells: list[Box]

    def rest_here(self, mask: Array, labels: Array) -> Array:
        """The ink in its place without the lines, with that of other pieces."""
        rest: Array = mask[self.place] & ((labels[self.place] != self.number) | self.rest)
        return rest


def pieces_of(mask: Array) -> tuple[Array, list[Place]]:
    """The number of the connected piece that each pixel belongs to, and where each piece lies."""
    pieces = connected(mask)
    places = [(slice(top, bottom), slice(left, right)) for top, bottom, left, right in pieces.boxes.tolist()]
    return pieces.labels, places


def without_rules(mask: Array, labels: Array, places: list[Place]) -> tuple[list[Box], Array | None]:
    """Erase printed lines from the ink.

    Args:
        mask: ``(height, width)`` bool; changed.
        labels: as `pieces_of` gives them.
        places: likewise.

    Returns:
        the cells between lines that cross, and the courses of all lines, ``(height, width)`` uint8: how broad
        the line is that runs there, else 0 (None: no line).
    """
    gone: list[_Lines] = []
    empty: list[_Lines] = []
    for each in _lines_of(labels, places, max(mask.shape)):
        unused = each.cells and not _inhabited(each.rest_here(mask, labels))
        (empty if unused else gone).append(each)
    known = list(chain.from_iterable(each.cells for each in gone))
    if not known and _are_a_form([each.cells for each in empty]):
        known = list(chain.from_iterable(each.cells for each in empty))
    gone += [each for each in empty if known and _alike(each.cells, known)]
    if not gone:
        return [], None
    courses = np.zeros(mask.shape, np.uint8)
    for each in gone:
        mask[each.place] = each.rest_here(mask, labels)
        courses[each.place] = np.maximum(courses[each.place], each.courses)
    return [cell for each in gone for cell in each.cells], courses


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


def _lines_of(labels: Array, places: list[Place], longest: int) -> Iterator[_Lines]:
    """The printed lines of each piece that has any, in a picture with this longer side."""
    for number, place in enumerate(places, start=1):
        height, width = (side.stop - side.start for side in place)
        long = max(height, width) >= _LONG * longest
        if min(height, width) < _LEAST_SIDE and not long:
            continue
        rest = labels[place] == number
        foot = rest[-ceil(_FOOT * height) :]
        if not long and np.count_nonzero(foot.any(axis=0)) / width < _COVERED:
            continue
        courses = np.zeros(rest.shape, np.uint8)
        if long and min(height, width) <= _THIN * max(height, width):
            yield _Lines(number, place, np.zeros_like(rest), courses, [])
            continue
        across, down = _printed(rest, _LONG * longest)
        if not across and not down:
            continue
        for rules, piece, course in ((across, rest, courses), (down, rest.T, courses.T)):
            for rule in rules:
                np.maximum(course, erase(piece, rule)[1] * np.uint8(rule.broadest), out=course)
        yield _Lines(number, place, rest, courses, _cells(across, down, place[0].start, place[1].start))


def _printed(piece: Array, long: float) -> tuple[list[Rule], list[Rule]]:
    """The rules across and down a piece that belong to ruled paper or to boxes, not to a digit."""
    height, width = piece.shape
    across, down = rules_across(piece), rules_across(piece.T)
    sides = [[rule for rule in rules if rule.covered >= _WHOLE_SIDE] for rules in (across, down)]
    for high, wide in (sides, (across, down)) if max(height, width) >= long else (sides,):
        high = _without_strokes(high, wide, height, width)
        if len(high) > 1 and len(wide) > 1:
            thickest = max(rule.thickness for rule in high + wide)
            if min(max(_steps(high)), max(_steps(wide))) >= _LEAST_CELL * thickest:
                return high, wide
    lines = across if width >= long and _are_lines(across, height, width) else []
    if len(lines) > 1 and down:
        return lines, [rule for rule in down if _is_margin(piece, rule, lines)]
    return lines, down if height >= long and _are_lines(down, width, height) else []


def _are_lines(rules: list[Rule], height: int, width: int) -> bool:
    """Whether rules are thin, and all between, above and below them is low beside their length: no digit."""
    if not rules or width < _SLENDER * max(rule.thickness for rule in rules):
        return False
    edges = [0.0, *(rule.row for rule in rules), float(height)]
    return float(np.diff(edges).max()) <= _BAND * width


def _is_margin(piece: Array, rule: Rule, lines: list[Rule]) -> bool:
    """Whether an upright rule crosses three lines of ruled paper, or goes on above one and below another."""
    column = round(rule.row)
    inked: Array = np.any(piece[:, max(0, column - rule.reach) : column + rule.reach + 1], axis=1)
    beyond = 2 + ceil(2 * lines[0].thickness)
    ends = inked[: round(lines[0].row)], inked[round(lines[-1].row) + 1 :]
    far = len(lines) > 2 or all(np.count_nonzero(end) >= beyond for end in ends)
    return bool(far and inked.mean() >= _WHOLE)


def _without_strokes(across: list[Rule], down: list[Rule], height: int, width: int) -> list[Rule]:
    """The rules across, without strokes of what is written in a box, and with a lid where a comb has none."""
    if len(down) == 2 and not _are_even(_steps(across)):
        across = [across[0], across[-1]]
    if across and len(across) < 3 and _is_comb(across[-1], down, height, width):
        lids = [rule for rule in across[:-1] if rule.row <= _EVEN * height]
        return [lids[0] if lids else Rule(0.0, 0.0, 0, 0.0), across[-1]]
    return across


def _is_comb(foot: Rule, teeth: list[Rule], height: int, width: int) -> bool:
    """Whether this is a box without a lid, or some in a row: a foot, and upright lines on it, evenly set."""
    if len(teeth) < 2 or foot.row < 0.8 * height:
        return False
    steps = _steps(teeth)
    near = _EVEN * sum(steps) / len(steps)
    return _are_even(steps) and teeth[0].row <= near and width - teeth[-1].row <= near


def _are_even(steps: list[float]) -> bool:
    mean = sum(steps) / max(1, len(steps))
    return all(abs(step - mean) <= _EVEN * mean for step in steps)


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


def _are_a_form(empty: list[list[Box]]) -> bool:
    """Whether boxes in which nothing is written are boxes: one or two by themselves may be noughts."""
    joined = any(before[0] == after[0] for found in empty for before, after in pairwise(found))
    return joined or len(empty) > 2


def _alike(some: list[Box], others: list[Box]) -> bool:
    """Whether boxes are as large as others."""
    one, other = (
        np.median([(bottom - top, right - left) for top, left, bottom, right in cells], axis=0)
        for cells in (some, others)
    )
    return bool(np.abs(one - other).max() < _ALIKE * other.min())
