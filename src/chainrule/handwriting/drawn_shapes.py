"""Strokes, blots and noise, drawn by chance: what a pen leaves that is no digit."""

from __future__ import annotations

import numpy as np
from numpy.random import Generator

from chainrule.images.framing import BOX, SIDE
from chainrule.numerics.parameters import Array

__all__ = ["blots", "dashes", "noise", "runes", "scribbles", "strokes"]

_AT_ONCE = 128
_STEPS = 36
"""Points at which a stroke is drawn from end to end, or a long one from point to point."""


def strokes(count: int, generator: Generator) -> Array:
    """Three to six bent strokes, each between two points anywhere and round a third.

    Returns:
        ``(count, 28, 28)`` float32 in [0, 1].
    """
    ends = generator.uniform(0, 1, (count, 6, 3, 2))
    along = np.linspace(0, 1, _STEPS)[:, None]
    weights = np.concatenate([(1 - along) ** 2, 2 * along * (1 - along), along**2], axis=1)
    curves = np.einsum("pk,nskd->nspd", weights, ends)
    return _drawn(_some(curves, (3, 7), generator), generator)


def runes(count: int, generator: Generator) -> Array:
    """Four to six straight strokes between points of a 3 by 3 grid, moved by up to 0.1: unknown letters.

    Fewer could be a 1, a 4 or a 7; some of these may look like a digit to a willing reader.

    Returns:
        ``(count, 28, 28)`` float32 in [0, 1].
    """
    grid = np.stack(np.meshgrid([0.0, 0.5, 1.0], [0.0, 0.4, 0.8], indexing="ij"), axis=-1).reshape(9, 2)
    grid = grid + generator.uniform(-0.1, 0.1, (count, 9, 2))
    lines_between = np.stack(np.triu_indices(9, 1))
    starts, ends = lines_between[:, generator.random((count, 36)).argsort(axis=1)[:, :6]]
    which = np.arange(count)[:, None]
    first, last = grid[which, starts][:, :, None], grid[which, ends][:, :, None]
    lines = first + np.linspace(0, 1, _STEPS)[:, None] * (last - first)
    return _drawn(_some(lines, (4, 7), generator), generator)


def scribbles(count: int, generator: Generator) -> Array:
    """One long stroke that wanders through 9 to 16 points, smoothly (Catmull and Rom's curve).

    Returns:
        ``(count, 28, 28)`` float32 in [0, 1].
    """
    points = generator.uniform(0, 1, (count, 16, 2))
    t = np.linspace(0, 1, _STEPS, endpoint=False)
    weights = (
        np.stack([-t + 2 * t**2 - t**3, 2 - 5 * t**2 + 3 * t**3, t + 4 * t**2 - 3 * t**3, t**3 - t**2]) / 2
    )
    pieces = np.stack([points[:, start : start + 4] for start in range(13)], axis=1)
    curves = np.einsum("kp,nskd->nspd", weights, pieces)
    return _drawn(_some(curves, (6, 14), generator), generator, thickest=1)


def dashes(count: int, generator: Generator) -> Array:
    """One to three straight lines that lean by 55° at least from the upright, or cross so: no line is a 1.

    Returns:
        ``(count, 28, 28)`` float32 in [0, 1].
    """
    angles = np.deg2rad(generator.uniform(-35, 35, (count, 3, 1, 1)))
    middles = generator.uniform(0.2, 0.8, (count, 3, 1, 2))
    along = np.linspace(-0.5, 0.5, _STEPS)[:, None] * generator.uniform(0.5, 1, (count, 3, 1, 1))
    lines = middles + along * np.concatenate([np.cos(angles), np.sin(angles)], axis=-1)
    return _drawn(_some(lines, (1, 4), generator), generator)


def blots(count: int, generator: Generator) -> Array:
    """A filled shape with a wavy edge, at most a quarter higher than wide: no 1, no 0.

    Returns:
        ``(count, 28, 28)`` float32 in [0, 1].
    """
    rows, columns = np.arange(SIDE)[:, None] - (SIDE - 1) / 2, np.arange(SIDE) - (SIDE - 1) / 2
    stretch = generator.uniform(0.8, 1.25, (count, 1, 1))
    far, angle = np.hypot(rows, columns * stretch), np.arctan2(rows, columns * stretch)
    orders = np.arange(2, 7)[:, None, None]
    phases = generator.uniform(0, 2 * np.pi, (count, 5, 1, 1))
    heights = generator.uniform(0, 0.7, (count, 5, 1, 1)) / orders
    radius = generator.uniform(6, 10, (count, 1, 1)) * (
        1 + (heights * np.cos(orders * angle[:, None] + phases)).sum(1)
    )
    return np.asarray((radius - far + 0.5).clip(0, 1), np.float32)


def noise(count: int, generator: Generator) -> Array:
    """Nothing at all (one in eight), or specks: smoothed noise of which a share of 2 % to 50 % is ink.

    Returns:
        ``(count, 28, 28)`` float32 in [0, 1].
    """
    from scipy.ndimage import gaussian_filter

    rough = generator.standard_normal((count, SIDE, SIDE), np.float32)
    for each, deviation in enumerate(generator.uniform(0, 1.5, count)):
        gaussian_filter(rough[each], deviation, output=rough[each])
    rough /= rough.std(axis=(1, 2), keepdims=True)
    height = np.quantile(rough.reshape(count, -1), 1 - generator.uniform(0.02, 0.5), axis=1)
    ink = (0.5 + 1.5 * (rough - height[:, None, None])).clip(0, 1)
    ink[generator.random(count) < 1 / 8] = 0
    return np.asarray(ink, np.float32)


def _some(lines: Array, many: tuple[int, int], generator: Generator) -> Array:
    """Points ``(n, all, 2)`` of the first few of each drawing's lines, ``(n, lines, points, 2)``.

    A point that stands twice is drawn once, so a line left out is the first one again.
    """
    count, most, points, _ = lines.shape
    left_out = np.arange(most) >= generator.integers(*many, (count, 1))
    kept = np.where(left_out[:, :, None, None], lines[:, :1], lines)
    result: Array = kept.reshape(count, most * points, 2)
    return result


def _drawn(points: Array, generator: Generator, thickest: float = 1.7) -> Array:
    """Drawings ``(n, 28, 28)`` of points brought into a box of 20, with a pen of radius 0.5 at least."""
    low, high = points.min(axis=1, keepdims=True), points.max(axis=1, keepdims=True)
    points = (points - (low + high) / 2) / (high - low).max(axis=2, keepdims=True)
    radius = generator.uniform(0.5, thickest, (len(points), 1, 1)).astype(np.float32)
    places = np.asarray(SIDE / 2 + points * (BOX - 2 * radius), np.float32)
    drawings = np.empty((len(points), SIDE, SIDE), np.float32)
    pixels = np.arange(SIDE, dtype=np.float32) + np.float32(0.5)
    for start in range(0, len(points), _AT_ONCE):
        part = places[start : start + _AT_ONCE]
        across, down = ((pixels - part[:, :, None, axis]) ** 2 for axis in (0, 1))
        far = np.full((len(part), SIDE, SIDE), np.inf, np.float32)
        for point in range(part.shape[1]):
            np.minimum(far, down[:, point, :, None] + across[:, point, None, :], out=far)
        drawings[start : start + _AT_ONCE] = np.sqrt(far)
    return (radius + np.float32(0.5) - drawings).clip(0, 1)
