"""Letters as a pen writes them, from skeletons of lines and arcs, and other shapes that are no digit."""

from __future__ import annotations

from itertools import pairwise

import numpy as np
from numpy.random import Generator
from numpy.typing import NDArray
from PIL import Image, ImageDraw

from chainrule.handwriting.writing import Floats, cropped

__all__ = ["SKELETONS", "arrow", "cross", "letter", "pen_strokes", "scribble"]

Path = NDArray[np.float64]
FINENESS = 3
"""Shapes are drawn so many times larger, and brought down by area."""


def _line(*points: tuple[float, float]) -> Path:
    """A line through points (x, y), (0, 0) the upper left and (1, 1) the lower right, 20 points a piece."""
    corners = np.array(points, float)
    parts = [np.linspace(a, b, 20, endpoint=False) for a, b in pairwise(corners)]
    return np.concatenate([*parts, corners[-1:]])


def _arc(x: float, y: float, wide: float, high: float, first: float, last: float) -> Path:
    """An arc of an ellipse about (x, y), from and to degrees counted clockwise from the right."""
    angles = np.deg2rad(np.linspace(first, last, 40))
    return np.stack([x + wide * np.cos(angles), y + high * np.sin(angles)], axis=1)


SKELETONS: dict[str, list[Path]] = {
    "A": [_line((0, 1), (0.5, 0), (1, 1)), _line((0.2, 0.6), (0.8, 0.6))],
    "C": [_arc(0.6, 0.5, 0.6, 0.5, 60, 300)],
    "E": [_line((0.8, 0), (0, 0), (0, 1), (0.8, 1)), _line((0, 0.5), (0.65, 0.5))],
    "F": [_line((0.8, 0), (0, 0), (0, 1)), _line((0, 0.5), (0.65, 0.5))],
    "H": [_line((0, 0), (0, 1)), _line((0.9, 0), (0.9, 1)), _line((0, 0.5), (0.9, 0.5))],
    "K": [_line((0, 0), (0, 1)), _line((0.8, 0), (0, 0.55)), _line((0.2, 0.42), (0.85, 1))],
    "L": [_line((0, 0), (0, 1), (0.75, 1))],
    "M": [_line((0, 1), (0.1, 0), (0.55, 0.7), (1, 0), (1.1, 1))],
    "N": [_line((0, 1), (0, 0), (0.9, 1), (0.9, 0))],
    "P": [
        _line((0, 1), (0, 0)),
        _line((0, 0), (0.3, 0)),
        _arc(0.3, 0.27, 0.45, 0.27, -90, 90),
        _line((0.3, 0.54), (0, 0.54)),
    ],
    "R": [
        _line((0, 1), (0, 0)),
        _line((0, 0), (0.3, 0)),
        _arc(0.3, 0.27, 0.4, 0.27, -90, 90),
        _line((0.3, 0.54), (0, 0.54)),
        _line((0.25, 0.54), (0.8, 1)),
    ],
    "T": [_line((0, 0), (1, 0)), _line((0.5, 0), (0.5, 1))],
    "U": [_line((0, 0), (0, 0.6)), _arc(0.4, 0.6, 0.4, 0.4, 180, 0), _line((0.8, 0.6), (0.8, 0))],
    "V": [_line((0, 0), (0.5, 1), (1, 0))],
    "W": [_line((0, 0), (0.3, 1), (0.6, 0.3), (0.9, 1), (1.2, 0))],
    "X": [_line((0, 0), (0.9, 1)), _line((0.9, 0), (0, 1))],
}
"""Capital letters, without those that may be read as a digit: B, D, G, I, J, O, Q, S, Y and Z."""


def pen_strokes(paths: list[Path], size: float, generator: Generator) -> Floats:
    """Paths drawn with a round pen, 6 % to 14 % of ``size`` broad; a path's unit is ``size`` pixels."""
    thick = max(1.5, generator.uniform(0.06, 0.14) * size) * FINENESS
    points = np.concatenate(paths)
    low = points.min(axis=0)
    width, height = (int(side) + 1 for side in (points.max(axis=0) - low) * size * FINENESS + 2 * thick)
    sheet = Image.new("L", (width, height))
    pen = ImageDraw.Draw(sheet)
    for path in paths:
        places = [tuple(place) for place in (path - low) * size * FINENESS + thick]
        pen.line(places, fill=255, width=round(thick), joint="curve")
        for x, y in (places[0], places[-1]):
            pen.ellipse((x - thick / 2, y - thick / 2, x + thick / 2, y + thick / 2), fill=255)
    return cropped(np.asarray(sheet.reduce(FINENESS), np.float32) / np.float32(255))


def letter(size: float, generator: Generator) -> Floats:
    """One of ``SKELETONS``, 0.7 to 1.1 times as wide, slanted by -0.1 to 0.25, its strokes wavering."""
    paths = SKELETONS[sorted(SKELETONS)[generator.integers(0, len(SKELETONS))]]
    wide, slant = generator.uniform(0.7, 1.1), generator.uniform(-0.1, 0.25)
    shape = np.array([[wide, 0], [-slant, 1]])
    return pen_strokes([_wavering(path @ shape, 0.035, generator) for path in paths], size, generator)


def scribble(size: float, generator: Generator) -> Floats:
    """A pen that goes to and fro: 8 to 24 turns in a field 1 to 3 times as wide as high, bent between."""
    from scipy.interpolate import CubicSpline

    turns = int(generator.integers(8, 25))
    points = generator.uniform(0, 1, (turns, 2)) * [generator.uniform(1, 3), 1]
    path = CubicSpline(np.arange(turns), points)(np.linspace(0, turns - 1, 16 * turns))
    return pen_strokes([path], 0.8 * size, generator)


def cross(size: float, generator: Generator) -> Floats:
    """Two straight lines that cross near their middles, like × or, every third time, +."""
    turn = np.deg2rad(generator.uniform(-15, 15) + 45 * (generator.random() < 2 / 3))
    angles = turn + np.array([0, np.pi / 2]) + np.deg2rad(generator.uniform(-12, 12, 2))
    paths = []
    for angle in angles:
        half = generator.uniform(0.4, 0.6) * np.array([np.cos(angle), np.sin(angle)])
        middle = generator.uniform(-0.06, 0.06, 2)
        paths.append(_wavering(_line(tuple(middle - half), tuple(middle + half)), 0.015, generator))
    return pen_strokes(paths, size, generator)


def arrow(size: float, generator: Generator) -> Floats:
    """An arrow to the right or to the left, within 30° of level; upright ones could be a 1."""
    head = generator.uniform(0.3, 0.5) * np.array([-1, generator.uniform(0.5, 0.9)])
    tip, other = (1.0, 0.0), head * [1, -1]
    paths = [_line((-0.4, 0), tip), _line((1 + head[0], head[1]), tip, (1 + other[0], other[1]))]
    angle = np.deg2rad(generator.uniform(-30, 30) + 180 * generator.integers(0, 2))
    turned = np.array([[np.cos(angle), np.sin(angle)], [-np.sin(angle), np.cos(angle)]])
    return pen_strokes([_wavering(path @ turned, 0.015, generator) for path in paths], 0.7 * size, generator)


def _wavering(path: Path, deviation: float, generator: Generator) -> Path:
    """The path as an unsure hand draws it: three slow waves along it, and all of it moved a little."""
    along = np.linspace(0, 1, len(path))[:, None]
    orders = np.arange(1, 4)
    phases = generator.uniform(0, 2 * np.pi, (2, 1, 3))
    heights = deviation * generator.standard_normal((2, 1, 3)) / orders
    waves = (heights * np.sin(np.pi * orders * along + phases)).sum(axis=2).T
    return np.asarray(path + waves + deviation * generator.standard_normal(2), np.float64)
