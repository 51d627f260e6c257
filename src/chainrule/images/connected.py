"""Connected pieces of a mask, diagonal neighbours included: their labels, boxes and areas."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy import ndimage

from chainrule.numerics.parameters import Array

__all__ = ["Components", "connected"]

_NEIGHBOURS = np.ones((3, 3), np.bool_)


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

    Args:
        mask: ``(height, width)`` bool.
    """
    labels, count = ndimage.label(mask, _NEIGHBOURS)
    boxes = [
        (rows.start, rows.stop, columns.start, columns.stop) for rows, columns in ndimage.find_objects(labels)
    ]
    areas = np.bincount(labels[mask], minlength=count + 1)[1:]
    return Components(labels, np.array(boxes, np.intp).reshape(count, 4), areas)
