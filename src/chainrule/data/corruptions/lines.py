"""Lines across the digit, dotted and zigzag, drawn with the digit's own ink."""

from __future__ import annotations

import numpy as np
from numpy.random import Generator

from chainrule.numerics.parameters import Array

__all__ = ["dotted_line", "zigzag"]

_DOT, _TOOTH, _MARGIN = 2, 2, 2


def dotted_line(images: Array, level: tuple[int, float], generator: Generator) -> Array:
    """Dotted lines cross the field from left to right: two columns of ink, two without, and so on.

    ``level`` is how many lines, and how bright. The row at either edge is drawn uniformly for each.
    """
    columns = np.arange(images.shape[2])
    dots = columns // _DOT % 2 == 1
    return _crossed(images, level, generator, wave=0 * columns, drawn=dots)


def zigzag(images: Array, level: tuple[int, float], generator: Generator) -> Array:
    """Zigzag lines cross the field from left to right, with teeth 2 pixels up and 2 pixels down.

    ``level`` is how many lines, and how bright. The row at either end is drawn uniformly for each;
    a line ends 2 pixels before the edge.
    """
    columns = np.arange(images.shape[2])
    teeth = abs(columns % (4 * _TOOTH) - 2 * _TOOTH) - _TOOTH
    inside = (columns >= _MARGIN) & (columns < images.shape[2] - _MARGIN)
    return _crossed(images, level, generator, wave=teeth, drawn=inside)


def _crossed(
    images: Array, level: tuple[int, float], generator: Generator, wave: Array, drawn: Array
) -> Array:
    """Images with lines whose height in a column is a straight line's plus ``wave``, where ``drawn``.

    Ink fades with the distance from the line: full within half a pixel, none from 1.5 pixels on.
    """
    lines, brightness = level
    n, side = images.shape[:2]
    along = np.arange(side) / (side - 1)
    crossed = images.copy()
    for _ in range(lines):
        first, last = generator.uniform(0, side - 1, (2, n, 1))
        height = first + (last - first) * along + wave
        steepness = np.hypot(1, np.gradient(height, axis=1))
        distance = abs(np.arange(side)[:, None] - height[:, None, :]) / steepness[:, None, :]
        ink = brightness * (1.5 - distance).clip(0, 1) * drawn
        np.maximum(crossed, ink, out=crossed, casting="same_kind")
    return crossed
