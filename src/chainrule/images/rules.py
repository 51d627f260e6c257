"""Straight lines that were there before the writing: found in a piece of ink, and taken out of it."""

from __future__ import annotations

from dataclasses import dataclass
from math import ceil

import numpy as np

from chainrule.numerics.parameters import Array

__all__ = ["Rule", "erase", "rules_across"]

_COVERED = 0.7
"""Share of a piece's width that a rule covers."""
_DRIFT = 0.006
"""How far a rule may stray from a row, as a share of its length; a pixel more is allowed."""
_THICKEST = 0.015
"""Of its length; four pixels are allowed."""
_ALONE = 0.5
"""Share of a rule where no stroke crosses or touches it."""


@dataclass(frozen=True)
class Rule:
    """A line across a piece of ink, from left to right.

    Attributes:
        row: about where.
        thickness: in pixels.
        reach: rows above and below in which it strays.
        covered: the share of the piece's width in which there is ink.
    """

    row: float
    thickness: float
    reach: int
    covered: float

    @property
    def broadest(self) -> int:
        """Pixels across which ink is still the rule alone."""
        return min(255, ceil(1.3 * self.thickness) + 1)


def rules_across(piece: Array) -> list[Rule]:
    """The rules that run from left to right through a piece, from the top down.

    A row belongs to one if nearly each column has ink there or a little above or below.

    Args:
        piece: ``(height, width)`` bool. For rules from top to bottom give its transpose.
    """
    width = piece.shape[1]
    reach = 1 + ceil(_DRIFT * width)
    near = piece.copy()
    for step in range(1, reach + 1):
        near[step:] |= piece[:-step]
        near[:-step] |= piece[step:]
    covered = np.count_nonzero(near, axis=1) >= _COVERED * width
    edges = np.flatnonzero(np.diff(covered, prepend=False, append=False))
    rules = []
    for start, stop in zip(edges[::2].tolist(), edges[1::2].tolist(), strict=True):
        if stop - start > 3 * reach + max(4.0, _THICKEST * width):
            continue
        first = max(0, start - reach)
        rows = np.count_nonzero(piece[first : stop + reach], axis=1)
        row = first + float(rows @ np.arange(len(rows))) / max(1, int(rows.sum()))
        band = np.count_nonzero(piece[max(0, round(row) - reach) : round(row) + reach + 1], axis=0)
        thickness = float(np.median(band[band > 0]))
        alone = (band > 0) & (band <= 1.5 * thickness + 1)
        if thickness <= min(2 * reach, max(4.0, _THICKEST * width)) and alone.mean() >= _ALONE:
            rules.append(Rule(row, thickness, reach, float((band > 0).mean())))
    return rules


def erase(piece: Array, rule: Rule) -> tuple[Array, Array]:
    """Take a rule out of a piece, but for the places where a stroke crosses it.

    The rule is followed from left to right. Where the ink that is met there is no thicker than the rule, it
    is the rule and goes; where it is thicker, a stroke crosses or touches, and all of it stays, as does what
    lies between two such places close by: a stroke that crosses aslant.

    Args:
        piece: ``(height, width)`` bool; changed.
        rule: one of its rules.

    Returns:
        two bool arrays like ``piece``: what was erased, and the whole course of the rule.
    """
    from scipy.ndimage import binary_closing

    height, width = piece.shape
    columns = np.arange(width)
    middle = _course(piece, rule)
    thickest = rule.broadest
    start = middle.copy()
    for step in (1, -1, 2, -2):
        missed = ~piece[start, columns]
        start[missed] = np.clip(middle[missed] + step, 0, height - 1)
    runs = [columns * 0, columns * 0]
    inked = piece[start, columns]
    for side, sign in enumerate((-1, 1)):
        going = inked.copy()
        for step in range(1, thickest + 1):
            rows = start + sign * step
            going &= (rows >= 0) & (rows < height)
            going &= piece[np.clip(rows, 0, height - 1), columns]
            runs[side] += going
    crossed = inked & (runs[0] + runs[1] + 1 > thickest)
    alone = inked & ~binary_closing(np.pad(crossed, thickest), np.ones(thickest))[thickest:-thickest]
    erased, course = np.zeros_like(piece), np.zeros_like(piece)
    for step in range(-thickest, thickest + 1):
        rows = start + step
        within = alone & (-runs[0] <= step) & (step <= runs[1])
        erased[rows[within], columns[within]] = True
        rows = np.clip(middle + step, 0, height - 1)
        course[rows, columns] = True
    piece &= ~erased
    return erased, course


def _course(piece: Array, rule: Rule) -> Array:
    """The row of the rule's middle in each column: followed where it is alone, smoothed, joined between."""
    from scipy.ndimage import median_filter

    height, width = piece.shape
    top = max(0, round(rule.row) - rule.reach - ceil(rule.thickness))
    band = piece[top : round(rule.row) + rule.reach + ceil(rule.thickness) + 1]
    counts = band.sum(axis=0)
    alone = np.flatnonzero((counts > 0) & (counts <= 1.5 * rule.thickness + 1))
    if not len(alone):
        return np.full(width, min(round(rule.row), height - 1))
    means = (np.arange(len(band)) @ band[:, alone]) / counts[alone]
    smooth = median_filter(means, min(len(means), 31), mode="nearest")
    course = np.interp(np.arange(width), alone, smooth) + top
    whole: Array = np.clip(np.rint(course).astype(np.intp), 0, height - 1)
    return whole
