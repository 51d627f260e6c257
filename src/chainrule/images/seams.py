"""Where joined writing may be cut: paths from top to bottom that cross as little ink as they can."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from chainrule.numerics.parameters import Array

__all__ = ["Seam", "seams_through"]

_BEND = 0.1
"""What a step aside costs, in pixels of full ink: an idle path goes straight down."""
_LEVELS = 0.2, 0.35, 0.5, 0.65, 0.8
"""Heights, from the top, at which a path is sought through every column."""
_VALLEY = 0.06
"""A path is tried where none within this distance is better, in heights of a digit."""
_MOST_INK = 0.6
"""A path through more ink than this, in heights of a digit, follows a stroke and cuts nothing."""
_LEAST_SIDE = 0.05
"""Ink that a cut leaves on either side at least, in squares of a digit's height. A thin 1 has 0.07."""
_LEAST_BETWEEN = 0.035
"""Ink between two cuts at least, likewise; with less they are one cut, and the cheaper one is kept."""
_CUTS_A_HEIGHT = 6
"""Cuts tried in a piece as wide as a digit is high."""
_WALL = np.float32(1e6)


@dataclass(frozen=True)
class Seam:
    """A path from the top of some writing to its bottom.

    Attributes:
        columns: ``(height,)`` in each row, the first column to the right of the cut.
        ink: how much ink lies on it, in heights of a digit.
    """

    columns: NDArray[np.intp]
    ink: float


def seams_through(inks: Sequence[Array], digit_height: float) -> list[list[Seam]]:
    """For each piece of writing the cuts worth trying, from left to right; none crosses another.

    A path goes down by one pixel at a time, straight or one pixel aside, and costs the ink on it. Two sweeps
    of dynamic programming, from the top and from the bottom, give the best path through every pixel. Where
    it is better than those through the pixels beside, there is a gap, a touching point, a thin joint.

    Args:
        inks: each ``(height, width)``, one piece of writing, 0 paper to 1 full ink.
        digit_height: how tall a digit is, in pixels.
    """
    if not inks:
        return []
    height = max(len(ink) for ink in inks)
    starts = np.cumsum([1, *(ink.shape[1] + 1 for ink in inks)])
    beside = np.full((2, height, int(starts[-1])), _WALL, np.float32)
    for start, ink in zip(starts, inks, strict=False):
        area = slice(int(start), int(start) + ink.shape[1])
        beside[:, :, area] = 0
        beside[0, : len(ink), area] = ink
        beside[1, height - len(ink) :, area] = ink[::-1]
    costs, steps = _sweep(beside)
    through = costs[0] + costs[1, ::-1] - beside[0]
    found = []
    for (start, following), ink in zip(pairwise(starts.tolist()), inks, strict=True):
        area = slice(start, following - 1)
        paths = []
        for level in _LEVELS:
            row = int(level * len(ink))
            for column in _valleys(through[row, area], max(1, round(_VALLEY * digit_height))):
                upper = _followed(steps[0, row::-1, area], column)
                lower = _followed(steps[1, height - 1 - row :: -1, area], column)[: len(ink) - row]
                paths.append(np.concatenate([upper[::-1], lower[1:]]))
        found.append(_chosen(paths, ink, digit_height))
    return found


def _sweep(ink: Array) -> tuple[Array, NDArray[np.int8]]:
    """Cost of the best path from the first row to each pixel, and where it came from: -1, 0 or 1."""
    costs, steps = np.empty_like(ink), np.zeros(ink.shape, np.int8)
    costs[:, 0] = ink[:, 0]
    left, right = np.full_like(ink[:, 0], _WALL), np.full_like(ink[:, 0], _WALL)
    for row in range(1, ink.shape[1]):
        above = costs[:, row - 1]
        np.add(above[:, :-1], _BEND, out=left[:, 1:])
        np.add(above[:, 1:], _BEND, out=right[:, :-1])
        aside = np.minimum(left, right)
        np.multiply(aside < above, np.where(left < right, np.int8(-1), np.int8(1)), out=steps[:, row])
        np.add(np.minimum(aside, above), ink[:, row], out=costs[:, row])
    return costs, steps


def _followed(steps: NDArray[np.int8], column: int) -> NDArray[np.intp]:
    """The columns of a path back through rows of steps, the one it starts from first."""
    columns = np.empty(len(steps), np.intp)
    for row, step in enumerate(steps):
        columns[row] = column
        column += int(step[column])
    return columns


def _valleys(costs: Array, apart: int) -> list[int]:
    """Places with no lower cost within ``apart`` to either side; of equal ones side by side, the middle."""
    padded = np.pad(costs, apart, constant_values=np.inf)
    lowest = np.lib.stride_tricks.sliding_window_view(padded, 2 * apart + 1).min(axis=1)
    low = np.flatnonzero(costs <= lowest)
    runs = np.split(low, np.flatnonzero(np.diff(low) > 1) + 1)
    return [int(run[len(run) // 2]) for run in runs]


def _chosen(paths: list[NDArray[np.intp]], ink: Array, digit_height: float) -> list[Seam]:
    """The cheapest of the paths that cut off enough and differ from one another, in order."""
    rows, most = np.arange(len(ink)), _CUTS_A_HEIGHT * ink.shape[1] / digit_height
    before = np.pad(ink, ((0, 0), (1, 0))).cumsum(axis=1)
    square = digit_height * digit_height
    whole = float(before[:, -1].sum()) / square
    seams = [Seam(path, float(ink[rows, path].sum()) / digit_height) for path in paths]
    kept: list[Seam] = []
    for seam in sorted(seams, key=lambda seam: seam.ink):
        left = before[rows, seam.columns]
        side = float(left.sum()) / square
        if seam.ink > _MOST_INK or len(kept) >= most:
            break
        apart = all(
            float(np.abs(left - before[rows, other.columns]).sum()) >= _LEAST_BETWEEN * square
            for other in kept
        )
        if apart and min(side, whole - side) >= _LEAST_SIDE:
            kept.append(seam)
    kept.sort(key=lambda seam: float(seam.columns.mean()))
    furthest = np.zeros(len(ink), np.intp)
    ordered = []
    for seam in kept:
        furthest = np.maximum(furthest, seam.columns)
        ordered.append(Seam(furthest, seam.ink))
    return ordered
