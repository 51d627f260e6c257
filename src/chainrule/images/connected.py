"""Connected pieces of a mask, diagonal neighbours included, put together of runs of pixels in a row."""

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

    Writing covers little of a page, and a run is several pixels of it: so there are few runs to join, where
    a walk over all pixels would mostly see paper.

    Args:
        mask: ``(height, width)`` bool.
    """
    height, width = mask.shape
    step = width + 1
    line = np.zeros(1 + height * step, np.bool_)  # paper before each row, so that a run ends with its row
    line[1:].reshape(height, step)[:, :width] = mask
    edges = np.flatnonzero(line[1:] != line[:-1])
    starts, stops = edges[::2], edges[1::2]
    numbers = _joined(len(starts), *_touching(starts, stops, step))
    count = int(numbers.max(initial=-1)) + 1
    rows = starts // step
    lefts, rights = starts - rows * step, stops - rows * step
    boxes = np.empty((count, 4), np.intp)
    boxes[numbers[::-1], 0] = rows[::-1]
    boxes[numbers, 1] = rows + 1
    boxes[:, 2:] = step, 0
    np.minimum.at(boxes[:, 2], numbers, lefts)
    np.maximum.at(boxes[:, 3], numbers, rights)
    lengths = stops - starts
    labels = np.zeros(mask.shape, np.int32)
    labels[mask] = np.repeat(numbers + 1, lengths)
    areas = np.bincount(numbers, lengths, count).astype(np.intp)
    return Components(labels, boxes, areas)


def _touching(starts: Array, stops: Array, step: int) -> tuple[Array, Array]:
    """The pairs of runs, in rows one below the other, that touch, if only with a corner: upper, lower.

    Args:
        starts: ``(n,)`` where runs begin, counted row after row.
        stops: ``(n,)`` where they end.
        step: from a place to the one below.
    """
    first = np.searchsorted(stops, starts - step)
    counts = np.searchsorted(starts, stops - step, "right") - first
    lower = np.repeat(np.arange(len(starts)), counts)
    upper = np.arange(len(lower)) + np.repeat(first - np.cumsum(counts) + counts, counts)
    return upper, lower


def _joined(count: int, ones: Array, others: Array) -> Array:
    """The number, from 0, of the set that each of ``count`` things is in, once these pairs are joined.

    Each set is known by its least member. In a round every set joins the least of those beside it, which at
    least halves them in two rounds, and then each member is told the least of all that became one.
    """
    least = np.arange(count)
    while True:
        one, other = least[ones], least[others]
        apart = np.flatnonzero(one != other)
        if not len(apart):
            break
        ones, others, one, other = ones[apart], others[apart], one[apart], other[apart]
        np.minimum.at(least, np.maximum(one, other), np.minimum(one, other))
        while ((further := least[least]) != least).any():
            least = further
    numbers: Array = (np.cumsum(least == np.arange(count)) - 1)[least]
    return numbers
