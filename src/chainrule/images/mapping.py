"""Where a changed picture lies in the original one: straight lines stay straight, boxes find back."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from math import ceil, floor

import numpy as np

from chainrule.numerics.parameters import Array

__all__ = ["Mapping", "corners_to_corners", "cropped", "warped"]


_MARGIN = 4
"""Pixels of paper that are left around the ink."""


@dataclass(frozen=True, eq=False)
class Mapping:
    """From places here to places in the original picture.

    Places are (x, y) from the upper left corner of the upper left pixel, whose lower right corner is (1, 1).

    Attributes:
        matrix: ``(3, 3)`` float64: (x, y, 1) here times it is (x', y', 1) there, but for a factor.
        size: width and height of the original.
    """

    matrix: Array
    size: tuple[int, int]

    @classmethod
    def scaled(cls, scale: float, shape: tuple[int, ...]) -> Mapping:
        """From a picture that was reduced by this factor to this height and width."""
        return cls(np.diag([scale, scale, 1.0]), (round(shape[1] * scale), round(shape[0] * scale)))

    def after(self, matrix: Array) -> Mapping:
        """The mapping of what was changed once more; ``matrix`` leads from the new places to the old ones."""
        return Mapping(self.matrix @ matrix, self.size)

    def box(self, left: float, top: float, width: float, height: float) -> tuple[int, int, int, int]:
        """The box (left, top, width, height), in whole pixels of the original, that holds this one there."""
        places = [self.place(x, y) for x in (left, left + width) for y in (top, top + height)]
        low, high = [], []
        for side, size in zip(zip(*places, strict=True), self.size, strict=True):
            low.append(min(max(floor(min(side) + 1e-6), 0), size - 1))
            high.append(min(max(ceil(max(side) - 1e-6), low[-1] + 1), size))
        return low[0], low[1], high[0] - low[0], high[1] - low[1]

    def place(self, x: float, y: float) -> tuple[float, float]:
        """Where a place lies in the original."""
        to_x, to_y, by = ((a * x + b * y + c) for a, b, c in self._rows)
        return to_x / by, to_y / by

    @cached_property
    def _rows(self) -> list[list[float]]:
        rows: list[list[float]] = self.matrix.tolist()
        return rows


def cropped(ink: Array, mask: Array) -> tuple[tuple[Array, Array], Array]:
    """Ink and its mask without the empty paper around, but for a margin; one pixel of paper if all is empty.

    Args:
        ink: ``(height, width)`` float32, 0 paper to 1 full ink.
        mask: ``(height, width)`` bool: where ink is.

    Returns:
        both, as views, and the matrix that leads from places in them to those in what was given.
    """
    sides, matrix = [], np.eye(3)
    for axis in (0, 1):
        inked = np.flatnonzero(mask.any(axis=1 - axis))
        first, last = (int(inked[0]), int(inked[-1])) if len(inked) else (_MARGIN, -_MARGIN)
        sides.append(slice(max(0, first - _MARGIN), last + 1 + _MARGIN))
        matrix[1 - axis, 2] = sides[-1].start
    return (ink[sides[0], sides[1]], mask[sides[0], sides[1]]), matrix


def warped(image: Array, matrix: Array, shape: tuple[int, int]) -> Array:
    """An image seen through a matrix, interpolated linearly; 0 where there was nothing.

    Args:
        image: ``(height, width)`` float32.
        matrix: ``(3, 3)``, leads from places in the result to places in ``image``.
        shape: height and width of the result.
    """
    from PIL import Image
    from PIL.Image import Resampling, Transform

    numbers = (matrix / matrix[2, 2]).ravel().tolist()
    straight = not matrix[2, :2].any()
    kind = (Transform.AFFINE, numbers[:6]) if straight else (Transform.PERSPECTIVE, numbers[:8])
    seen = Image.fromarray(image).transform(shape[::-1], *kind, Resampling.BILINEAR)
    there: Array = np.asarray(seen)
    return there


def corners_to_corners(here: Array, there: Array) -> Array:
    """The matrix ``(3, 3)`` that leads from four places ``(4, 2)`` to four others.

    Of x' = (a x + b y + c) / (g x + h y + 1) and y' = (d x + e y + f) / (g x + h y + 1), multiplied out, each
    pair of places gives two equations that are linear in the eight unknowns.
    """
    rows, right = [], []
    for (x, y), (far_x, far_y) in zip(here.tolist(), there.tolist(), strict=True):
        rows.append([x, y, 1, 0, 0, 0, -far_x * x, -far_x * y])
        rows.append([0, 0, 0, x, y, 1, -far_y * x, -far_y * y])
        right += [far_x, far_y]
    matrix: Array = np.append(np.linalg.solve(np.array(rows), np.array(right)), 1.0).reshape(3, 3)
    return matrix
