"""A page of ink cut up: into lines of writing, and each line into atoms of which digits are put together."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray
from scipy import ndimage

from chainrule.images.connected import Components
from chainrule.images.framing import area_averaged
from chainrule.images.ink import stroke_width
from chainrule.images.lines import components_of, lines_of_writing
from chainrule.images.seams import seams_through
from chainrule.numerics.parameters import Array

__all__ = ["Piece", "WrittenLine", "cut_into_lines"]

_WORKING_HEIGHT = 40
"""Digits taller than this are made smaller before anything is cut: enough for a frame of 20 pixels."""
_THIN, _PEN = 0.06, 0.1
"""Strokes thinner than the one, in heights of a digit, are thickened to the other, as MNIST's pens were."""
_SOLID = 0.5
_WIDEST = 1.6
"""A piece wider than this many heights of a digit is not tried as one digit."""
_MOST_ATOMS = 8
"""Nor is a piece of more atoms than this."""
_WIDEST_GAP = 0.3
"""Nor is one with a wider empty stretch in it, in heights of a digit."""
_WITHIN = 0.7
"""A fragment of which this share stands over or under another belongs to it: the bar of a 5, a dot."""
_TALL = 0.6
"""What is taller than this, in heights of a digit, is more than a fragment."""
_NARROW = 0.3
"""What is narrower than this, in heights of a digit, is not cut."""


@dataclass(frozen=True)
class Piece:
    """Some neighbouring atoms of a line, taken as one digit.

    Attributes:
        first: the number of its first atom, from 0.
        end: one more than the number of its last atom.
        box: rows and columns in the line's own pixels.
        ink: ``(height, width)`` its ink alone.
        cut: how much ink was cut through to its left and to its right, in heights of a digit.
    """

    first: int
    end: int
    box: tuple[slice, slice]
    ink: Array
    cut: tuple[float, float]


@dataclass(frozen=True)
class WrittenLine:
    """One line of writing, in its own pixels, cut into atoms.

    Attributes:
        ink: ``(height, width)`` the ink of this line alone.
        atoms: ``(height, width)`` the number of the atom that each pixel belongs to, from 1; 0 on paper.
        boxes: rows and columns of each atom.
        owners: for each atom, the number of the connected writing that it was cut from.
        cuts: for each atom, how much ink was cut through to its left and to its right, in heights of a digit.
        digit_height: how tall a digit is, in the line's pixels.
        corner: ``(top, left)`` of the line on the page, in the page's pixels.
        scale: how many pixels of the page are one of the line's.
    """

    ink: Array
    atoms: NDArray[np.int16]
    boxes: list[tuple[slice, slice]]
    owners: list[int]
    cuts: list[tuple[float, float]]
    digit_height: float
    corner: tuple[int, int]
    scale: float

    def piece(self, first: int, end: int) -> Piece:
        """The atoms from ``first`` up to, not including, ``end`` as one piece."""
        rows = [box[0] for box in self.boxes[first:end]]
        columns = [box[1] for box in self.boxes[first:end]]
        box = (
            slice(min(row.start for row in rows), max(row.stop for row in rows)),
            slice(min(column.start for column in columns), max(column.stop for column in columns)),
        )
        numbers = self.atoms[box]
        own = numbers == end if end == first + 1 else (numbers > first) & (numbers <= end)
        return Piece(first, end, box, self.ink[box] * own, (self.cuts[first][0], self.cuts[end - 1][1]))

    def pieces(self) -> Iterator[Piece]:
        """Every piece that could be one digit.

        It is made of neighbouring atoms, together not too wide. Writing that is not connected may be one
        broken digit: then all of it is taken, or a part of one and all of the others, and the gaps are small.
        """
        atoms = Counter(self.owners)
        for first in range(len(self.boxes)):
            inside: Counter[int] = Counter()
            for end in range(first + 1, min(first + _MOST_ATOMS, len(self.boxes)) + 1):
                inside[self.owners[end - 1]] += 1
                columns = [box[1] for box in self.boxes[first:end]]
                width = max(column.stop for column in columns) - min(column.start for column in columns)
                if end > first + 1 and width > _WIDEST * self.digit_height:
                    break
                torn = sum(inside[owner] < atoms[owner] for owner in inside)
                if torn <= 1 and (
                    len(inside) == 1 or self.gap(first, end) <= _WIDEST_GAP * self.digit_height
                ):
                    yield self.piece(first, end)

    def gap(self, first: int, end: int) -> int:
        """The widest stretch of columns within some atoms that none of them reaches into."""
        columns = sorted((box[1].start, box[1].stop) for box in self.boxes[first:end])
        reached, gap = columns[0][1], 0
        for start, stop in columns[1:]:
            gap = max(gap, start - reached)
            reached = max(reached, stop)
        return gap

    def on_page(self, box: tuple[slice, slice]) -> tuple[float, float, float, float]:
        """``(left, top, width, height)`` of a box of this line, in the page's pixels."""
        rows, columns = box
        return (
            self.corner[1] + columns.start * self.scale,
            self.corner[0] + rows.start * self.scale,
            (columns.stop - columns.start) * self.scale,
            (rows.stop - rows.start) * self.scale,
        )


def cut_into_lines(ink: Array, *, joined: bool = False) -> list[WrittenLine]:
    """The lines of writing on a page in reading order, each cut into atoms.

    Args:
        ink: ``(height, width)``, 0 paper to 1 full ink.
        joined: True to leave whole what is connected; an atom may then be several digits.
    """
    components = components_of(ink)
    return [_line(ink, components, numbers, joined) for numbers in lines_of_writing(components)]


def _line(ink: Array, components: Components, numbers: NDArray[np.intp], joined: bool) -> WrittenLine:
    """One line: its components alone, made smaller if need be, and cut."""
    boxes = components.boxes[numbers]
    top, left = int(boxes[:, 0].min()), int(boxes[:, 2].min())
    bottom, right = int(boxes[:, 1].max()), int(boxes[:, 3].max())
    margin = 1
    top, left = max(top - margin, 0), max(left - margin, 0)
    area = slice(top, min(bottom + margin, ink.shape[0])), slice(left, min(right + margin, ink.shape[1]))
    cut = ink[area].copy()
    own = components.part(area, numbers)
    tops, bottoms, lefts, rights = components.boxes.T
    within = (tops < area[0].stop) & (bottoms > top) & (lefts < area[1].stop) & (rights > left)
    if np.count_nonzero(within) > len(numbers):
        others = own.labels == 0
        cut[ndimage.binary_dilation((components.labels[area] > 0) & others) & others] = 0
    digit_height = components.digit_height(numbers)
    pen = stroke_width(cut > _SOLID)
    if pen < _THIN * digit_height:
        grown = max(1, round((_PEN * digit_height - pen) / 2))
        cut = ndimage.maximum_filter(np.pad(cut, grown), 2 * grown + 1)
        top, left = top - grown, left - grown
    scale = max(1.0, digit_height / _WORKING_HEIGHT)
    if scale > 1:
        cut = area_averaged(cut, *(max(1, round(side / scale)) for side in cut.shape))
    changed = own.labels.shape != cut.shape
    parts = _parts(cut, components_of(cut) if changed else own, digit_height / scale, joined)
    atoms = np.zeros(cut.shape, np.int16)
    for number, part in enumerate(parts, start=1):
        atoms[part.area][part.mask] = number
    atoms = np.where((atoms == 0) & (cut > 0), _largest_around(atoms), atoms)
    return WrittenLine(
        ink=cut,
        atoms=atoms,
        boxes=[box for box in ndimage.find_objects(atoms) if box is not None],
        owners=[part.owner for part in parts],
        cuts=[part.cut for part in parts],
        digit_height=digit_height / scale,
        corner=(top, left),
        scale=scale,
    )


def _largest_around(numbers: NDArray[Any]) -> NDArray[Any]:
    """Of each number and its eight neighbours the largest."""
    higher = numbers.copy()
    np.maximum(higher[1:], numbers[:-1], out=higher[1:])
    np.maximum(higher[:-1], numbers[1:], out=higher[:-1])
    largest = higher.copy()
    np.maximum(largest[:, 1:], higher[:, :-1], out=largest[:, 1:])
    np.maximum(largest[:, :-1], higher[:, 1:], out=largest[:, :-1])
    return largest


class _Part(NamedTuple):
    """An atom on its way: where its middle is, whose it is, what was cut beside it, and its pixels."""

    middle: float
    owner: int
    cut: tuple[float, float]
    area: tuple[slice, slice]
    mask: NDArray[np.bool_]


def _parts(ink: Array, components: Components, digit_height: float, joined: bool) -> list[_Part]:
    """The atoms of a line, from left to right."""
    masks, areas = [], []
    for group in _joined(components, digit_height):
        boxes = components.boxes[group]
        area = (
            slice(int(boxes[:, 0].min()), int(boxes[:, 1].max())),
            slice(int(boxes[:, 2].min()), int(boxes[:, 3].max())),
        )
        areas.append(area)
        own = np.zeros(components.count + 1, bool)
        own[group + 1] = True
        masks.append(own[components.labels[area]])
    narrow = np.inf if joined else _NARROW * digit_height
    wide = [number for number, mask in enumerate(masks) if mask.shape[1] >= narrow]
    inks = [np.where(masks[number], ink[areas[number]], np.float32(0)) for number in wide]
    seams = dict(zip(wide, seams_through(inks, digit_height), strict=True))
    parts: list[_Part] = []
    for owner, (mask, area) in enumerate(zip(masks, areas, strict=True)):
        cuts = seams.get(owner, [])
        if not cuts:
            parts.append(_Part((area[1].start + area[1].stop) / 2, owner, (0.0, 0.0), area, mask))
            continue
        side = np.zeros(mask.shape, np.int16)
        for cut in cuts:
            side += np.arange(mask.shape[1]) >= cut.columns[:, None]
        edges = [0.0, *(cut.ink for cut in cuts), 0.0]
        for place in range(len(cuts) + 1):
            part = mask & (side == place)
            if part.any():
                middle = area[1].start + float(np.flatnonzero(part.any(axis=0)).mean()) + 0.5
                parts.append(_Part(middle, owner, (edges[place], edges[place + 1]), area, part))
    return sorted(parts, key=lambda part: part.middle)


def _joined(components: Components, digit_height: float) -> list[NDArray[np.intp]]:
    """Components put together that stand over each other and are not both as tall as a digit."""
    boxes = components.boxes
    owner = np.arange(components.count)
    heights, widths = boxes[:, 1] - boxes[:, 0], boxes[:, 3] - boxes[:, 2]
    shared = np.minimum(boxes[:, 3:], boxes[:, 3]) - np.maximum(boxes[:, 2:3], boxes[:, 2])
    np.fill_diagonal(shared, 0)
    low = heights < _TALL * digit_height
    near = (shared >= _WITHIN * widths[:, None]) & (widths >= widths[:, None]) & (low | low[:, None])
    narrow = np.flatnonzero(near.any(axis=1))
    for small in narrow[np.argsort(widths[narrow], kind="stable")]:
        other = int(np.flatnonzero(near[small])[np.argmax(shared[small, near[small]])])
        owner[owner == owner[small]] = owner[other]
    return [np.flatnonzero(owner == each) for each in np.unique(owner)]
