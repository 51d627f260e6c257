"""Digits cut, merged and written over each other, so that no single digit can be read."""

from __future__ import annotations

import numpy as np
from numpy.random import Generator
from numpy.typing import NDArray

from chainrule.numerics.parameters import Array

__all__ = ["HALVES", "apart_enough", "doubles", "halves", "ink_boxes", "pairs", "unlike"]

Raw = NDArray[np.uint8]
Labels = NDArray[np.int64]

HALVES = {
    0: ("top", "bottom"),
    2: ("bottom",),
    4: ("left",),
    5: ("top", "left"),
}
"""The halves of digits in which no digit can be read.

Left out, because they can: what is left of a 1 is a 1; of a 7 it is a smaller 7 or a 1; a 6 leaves a 0, a 1
or a bracket; the right half of a 3 or an 8 is a 3, the upper or lower half of an 8 a 0, its left half, where
it is slanted, a 4 or a 6; the upper half of a 9 is a 0, its lower or right half a 1, its left half may be a
5; the right or lower half of a 4 is a 1, its upper half 11; the upper half of a 2 or a 3 may be a 7, the left
half of either a 2, the lower half of a 5 or a 3 a 3 or a 5, the sides of a 0 a bent 1.
"""
KEPT = 0.35, 0.65
"""A half keeps at least and at most so much of the ink."""
LEAST_RATIO = 0.4
"""A half that is narrower, by its height or its width, could be a 1 or a dash."""
ALONE = 0.4
"""Of two digits in one place, each has at least so much of its ink a pixel or more from the other's."""
_SOLID = 0.5
_MERGED = 1.1
"""Two digits side by side are this much wider than high, else they could be one (a 1 and a 3 an 8)."""


def halves(images: Raw, labels: Labels, count: int, generator: Generator) -> Array:
    """Digits cut near the middle, so that 0.4 to 0.5 of their box stays: one part of ``HALVES``.

    Args:
        images: ``(n, 28, 28)`` uint8, white on black.
        labels: ``(n,)``, which digit each shows.
        count: how many to try.
        generator: draws which digits, and how.

    Returns:
        ``(at most count, height, width)`` float32 in [0, 1]: those that came out as no digit.
    """
    known = [(digit, side) for digit, sides in HALVES.items() for side in sides]
    kinds = generator.integers(0, len(known), count)
    digits = np.array([digit for digit, _ in known])[kinds]
    sides = np.array([side for _, side in known])[kinds]
    chosen = _inks(images[_one_of_each(labels, digits, generator)])
    top, left, height, width = ink_boxes(chosen)
    share = generator.uniform(0.4, 0.5, count)
    share = np.where(sides == "bottom", 1 - share, share)
    row = (top + share * height)[:, None, None]
    column = (left + share * width)[:, None, None]
    rows, columns = np.arange(chosen.shape[1])[:, None], np.arange(chosen.shape[2])
    parts = {"top": rows < row, "bottom": rows >= row, "left": columns < column}
    kept = np.zeros_like(chosen)
    for side, part in parts.items():
        own = sides == side
        kept[own] = (chosen * part)[own]
    share = kept.sum(axis=(1, 2)) / np.maximum(1e-6, chosen.sum(axis=(1, 2)))
    _, _, height, width = ink_boxes(kept)
    thick = np.minimum(height, width) >= LEAST_RATIO * np.maximum(height, width)
    good: Array = kept[(share >= KEPT[0]) & (share <= KEPT[1]) & thick]
    return good


def doubles(images: Raw, labels: Labels, count: int, generator: Generator) -> Array:
    """Two digits in the same place, up to 3 pixels beside each other; see ``unlike`` and ``ALONE``.

    Takes what `halves` takes, and gives ``(at most count, height, width)`` float32 in [0, 1].
    """
    one, other = generator.integers(0, len(labels), (2, count))
    first, second = _inks(images[one]), _inks(images[other])
    second = _moved(second, generator.integers(-3, 4, count), images.shape[2])
    good = unlike(labels[one], labels[other]) & apart_enough(first, second)
    both: Array = np.maximum(first, second)[good]
    return both


def unlike(one: Labels, other: Labels) -> NDArray[np.bool_]:
    """Whether two digits in one place are no digit, ``(n,)``: unlike, no 1, nor 0 and 7, a slashed zero."""
    low, high = np.minimum(one, other), np.maximum(one, other)
    found: NDArray[np.bool_] = (low != high) & (low != 1) & (high != 1) & ~((low == 0) & (high == 7))
    return found


def apart_enough(first: Array, second: Array) -> NDArray[np.bool_]:
    """Whether each of two drawings, ``(n, height, width)``, has ``ALONE`` of its ink away from the other."""
    from scipy.ndimage import maximum_filter

    inks = first > _SOLID, second > _SOLID
    near = [maximum_filter(ink, (1, 3, 3)) for ink in inks]
    found = np.ones(len(first), bool)
    for ink, other in zip(inks, near[::-1], strict=True):
        found &= (ink & ~other).sum(axis=(1, 2)) >= ALONE * ink.sum(axis=(1, 2))
    return found


def pairs(images: Raw, labels: Labels, count: int, generator: Generator) -> Array:
    """Two whole digits side by side, from 2 pixels in each other to 4 apart, clearly wider than high.

    Takes what `halves` takes, and gives ``(at most count, height, width)`` float32 in [0, 1].
    """
    one, other = generator.integers(0, len(images), (2, count))
    drawings = _beside(_inks(images[one]), _inks(images[other]), generator.integers(-2, 5, count))
    _, _, height, width = ink_boxes(drawings)
    return drawings[width >= _MERGED * height]


def ink_boxes(drawings: Array) -> tuple[Array, Array, Array, Array]:
    """First row, first column, height and width of each drawing's ink, each ``(n,)``; all 0 where none is.

    Only what is at least half as full as the fullest bounds the box.

    Args:
        drawings: ``(n, height, width)``, 0 for paper.
    """
    least = _SOLID * drawings.max(axis=(1, 2), keepdims=True)[:, 0]
    edges = []
    for axis in (2, 1):
        lines = drawings.max(axis=axis) > least
        first = lines.argmax(axis=1)
        last = lines.shape[1] - lines[:, ::-1].argmax(axis=1)
        some = lines.any(axis=1)
        edges.append((first * some, (last - first) * some))
    (top, height), (left, width) = edges
    return top, left, height, width


def _inks(images: Raw) -> Array:
    return images.astype(np.float32) / np.float32(255)


def _one_of_each(labels: Labels, digits: Labels, generator: Generator) -> NDArray[np.intp]:
    """For each digit asked for, the index of one of its images."""
    found = np.zeros(len(digits), np.intp)
    for digit in np.unique(digits):
        own = digits == digit
        found[own] = generator.choice(np.flatnonzero(labels == digit), int(own.sum()))
    return found


def _beside(first: Array, second: Array, gaps: NDArray[np.int64]) -> Array:
    """Two drawings side by side, so many pixels between their inks in the nearest row."""
    count, height, width = first.shape
    inks = first > _SOLID, second > _SOLID
    last = np.where(inks[0].any(axis=2), width - 1 - inks[0][:, :, ::-1].argmax(axis=2), -2 * width)
    start = np.where(inks[1].any(axis=2), inks[1].argmax(axis=2), 2 * width)
    shifts = (last - start).max(axis=1) + 1 + gaps
    room = 2 * width + 8
    wide = np.zeros((count, height, room), np.float32)
    wide[:, :, :width] = first
    both: Array = np.maximum(wide, _moved(second, shifts.clip(0, width + 8), room))
    return both


def _moved(drawings: Array, shifts: NDArray[np.int64], room: int) -> Array:
    """Each drawing moved to the right by its own number of pixels, in a frame ``room`` pixels wide."""
    origin = np.arange(room) - shifts[:, None]
    inside = (origin >= 0) & (origin < drawings.shape[2])
    index = origin.clip(0, drawings.shape[2] - 1)[:, None, :]
    result: Array = np.take_along_axis(drawings, index, axis=2) * inside[:, None, :]
    return result
