"""Connected pieces of a mask, diagonal neighbours included: their labels, boxes and areas."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from chainrule.numerics.parameters import Array

__all__ = ["Components", "connected"]


@dataclass(frozen=True)
class Components:
    """The connected pieces of a mask, numbered in the order in which reading row by row comes upon them.

    Attributes:
        labels: ``(height, width)`` the number of each pixel's piece plus 1; 0 outside.
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

    def part(self, area: tuple[slice, slice], numbers: NDArray[np.intp]) -> Components:
        """Some of them by themselves, in the rows and columns of ``area``, which hold them whole."""
        renumbered = np.zeros(self.count + 1, np.int32)
        renumbered[numbers + 1] = np.arange(1, len(numbers) + 1)
        corner = np.repeat([area[0].start, area[1].start], 2)
        return Components(renumbered[self.labels[area]], self.boxes[numbers] - corner, self.areas[numbers])


def connected(mask: Array) -> Components:
    """The connected pieces of a mask.

    Writing is few runs of pixels in each row. Runs that touch, in one row and the next, get the lower of
    their two numbers, until none changes; so a piece's number is that of its first run. For a page of writing
    that takes half as long as `scipy.ndimage.label` and `find_objects`, which go from pixel to pixel.

    Args:
        mask: ``(height, width)`` bool.
    """
    height, width = mask.shape
    line = width + 1
    starts, ends = _runs(mask)
    first = _first_runs(starts, ends, line)
    alone = first == np.arange(len(first))
    number = (np.cumsum(alone) - 1)[first]
    rows, lefts = np.divmod(starts, line)
    by_piece = np.argsort(number, kind="stable")
    begins = np.searchsorted(number[by_piece], np.arange(np.count_nonzero(alone)))
    boxes = [
        rows[alone],
        np.maximum.reduceat(rows[by_piece], begins) + 1,
        np.minimum.reduceat(lefts[by_piece], begins),
        np.maximum.reduceat((ends - rows * line)[by_piece], begins),
    ]
    areas = np.bincount(number, weights=ends - starts).astype(np.intp)
    values = np.zeros(2 * len(number) + 1, np.int32)
    values[1::2] = number + 1
    edges = np.stack([starts, ends], axis=1).reshape(-1)
    labels = np.repeat(values, np.diff(edges, prepend=0, append=height * line)).reshape(height, line)
    return Components(labels[:, :width], np.stack(boxes, axis=1), areas)


def _runs(mask: Array) -> tuple[NDArray[np.intp], NDArray[np.intp]]:
    """Where runs of True in the rows of a mask start and end, counting row by row, a row one pixel longer."""
    paper = np.zeros((mask.shape[0], mask.shape[1] + 1), np.bool_)
    paper[:, :-1] = mask
    flat = paper.reshape(-1)
    edges = np.flatnonzero(np.diff(flat, prepend=False))
    return edges[::2], edges[1::2]


def _first_runs(starts: NDArray[np.intp], ends: NDArray[np.intp], line: int) -> NDArray[np.intp]:
    """For each run the first one of its piece, by number.

    Args:
        starts: as `_runs` gives them.
        ends: likewise.
        line: pixels of a row.
    """
    below = np.searchsorted(ends, starts + line)
    counts = np.searchsorted(starts, ends + line, side="right") - below
    upper = np.repeat(np.arange(len(starts)), counts)
    lower = np.arange(len(upper)) + np.repeat(below - np.cumsum(counts) + counts, counts)
    first = np.arange(len(starts))
    while len(upper):
        np.minimum.at(first, np.maximum(first[upper], first[lower]), np.minimum(first[upper], first[lower]))
        while not np.array_equal(further := first[first], first):
            first = further
        apart = first[upper] != first[lower]
        upper, lower = upper[apart], lower[apart]
    return first
