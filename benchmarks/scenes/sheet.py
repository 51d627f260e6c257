"""A sheet with lines of digits on it, before paper and light are chosen."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.random import Generator

from benchmarks.scenes.truth import Box, TrueDigit, Truth
from chainrule.handwriting.writing import SOLID, Floats, Placed

__all__ = ["Sheet", "laid_out"]


@dataclass(frozen=True)
class Sheet:
    """Where ink is, and what it says.

    Attributes:
        ink: ``(height, width)`` float32 in [0, 1], 1 for full ink.
        lines: the digits of each line, in the sheet's coordinates.
        baselines: the row on which each line stands.
        starts: the column at which each line begins.
        size: pixels of a digit's height, roughly.
        pitch: width of a form's boxes, 0 where there are none.
    """

    ink: Floats
    lines: list[list[Placed]]
    baselines: list[int]
    starts: list[int]
    size: float
    pitch: float

    @property
    def shape(self) -> tuple[int, int]:
        """Height and width in pixels."""
        return self.ink.shape[0], self.ink.shape[1]

    def truth(self) -> Truth:
        """What it says, with the box of each digit."""
        return Truth(
            tuple(tuple(TrueDigit(piece.text, _box(piece)) for piece in line) for line in self.lines)
        )


def _box(piece: Placed) -> Box:
    solid = piece.ink > SOLID
    rows, columns = np.flatnonzero(solid.any(axis=1)), np.flatnonzero(solid.any(axis=0))
    top, left = int(rows[0]), int(columns[0])
    return piece.left + left, piece.top + top, int(columns[-1]) - left + 1, int(rows[-1]) - top + 1


def laid_out(
    lines: Sequence[list[Placed]],
    size: float,
    generator: Generator,
    *,
    pitch: float = 0,
    canvas: tuple[int, int] = (0, 0),
) -> Sheet:
    """Lines of digits one below the other on a sheet with margins of 0.4 to 1.5 digits' heights.

    Lines begin within half a digit of the same column, and are 0.5 to 0.9 digits apart, ink to ink. Where
    digits lie upon each other the darker ink counts. A sheet smaller than ``canvas`` (height and width)
    is made as large, and the writing laid anywhere on it.
    """
    margins = generator.uniform(0.4, 1.5, 4) * size
    offsets = [0.0, *(generator.uniform(-0.5, 0.5, len(lines) - 1) * size)]
    down, baselines = 0.0, []
    for line in lines:
        highest = min(piece.top for piece in line)
        lowest = max(piece.top + len(piece.ink) for piece in line)
        baselines.append(down - highest)
        down += lowest - highest + generator.uniform(0.5, 0.9) * size
    bottom = baselines[-1] + max(piece.top + len(piece.ink) for piece in lines[-1])
    lefts = [offset + min(piece.left for piece in line) for offset, line in zip(offsets, lines, strict=True)]
    rights = [
        offset + max(piece.left + piece.ink.shape[1] for piece in line)
        for offset, line in zip(offsets, lines, strict=True)
    ]
    left = min(lefts) - pitch * (pitch > 0) / 2
    right = max(rights) + pitch * (pitch > 0) / 2
    height, width = bottom + margins[0] + margins[1], right - left + margins[2] + margins[3]
    above = margins[0] + max(0, canvas[0] - height) * generator.random()
    before = margins[2] - left + max(0, canvas[1] - width) * generator.random()
    shape = max(canvas[0], int(np.ceil(height)) + 1), max(canvas[1], int(np.ceil(width)) + 1)
    ink = np.zeros(shape, np.float32)
    moved: list[list[Placed]] = []
    feet = [round(above + baseline) for baseline in baselines]
    starts = [round(before + offset) for offset in offsets]
    for line, foot, start in zip(lines, feet, starts, strict=True):
        moved.append([Placed(one.ink, one.left + start, one.top + foot, one.text) for one in line])
        for piece in moved[-1]:
            rows, columns = piece.ink.shape
            there = ink[piece.top : piece.top + rows, piece.left : piece.left + columns]
            np.maximum(there, piece.ink, out=there)
    return Sheet(ink, moved, feet, starts, size, pitch)
