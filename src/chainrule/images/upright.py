"""Writing set upright: how far its lines climb and its strokes lean, and the ink turned and slanted back."""

from __future__ import annotations

from math import ceil, cos, degrees, radians, sin, tan

import numpy as np
from scipy.ndimage import label

from chainrule.images.mapping import warped
from chainrule.numerics.parameters import Array

__all__ = ["lean", "leaned", "skew", "turned"]

_USUAL_LEAN = 10.0
"""Degrees to the right by which MNIST's digits lean on average: what a network trained on them knows."""
_BY_CHANCE = 38.0
"""Degrees: more than twice the deviation of a digit's lean; the mean of n digits deviates √n less."""
_LEAST_PART = 0.2
"""Ink of a part that counts as a digit, as a share of the largest one's."""

_STEEPEST = 17.0
"""Degrees; lines that climb more are taken for something else."""
_POINTS = 5000
"""Of the ink, at most, that are looked at."""
_BIN = 2.0
"""Pixels high, the rows into which they fall."""
_LINE = 3.2
"""Length by height of what is long enough to be a line by itself."""
_PIECES = 4
"""Pieces that are enough for several lines,"""
_SEVERAL = 1.25
"""Width by height of a piece that may be several digits,"""
_LONG = 2.2
"""and of one that is more than two."""
_CLEAR = 1.2
"""if the best angle is so much better than the middle one."""


def skew(mask: Array) -> float:
    """Degrees by which the lines fall to the right; 0 where there are too few pieces to tell.

    Lines that are level put the ink into few rows. So of all angles the one is taken for which the sum of the
    squares of the rows' ink is largest (Postl 1986). It is told to about a degree from six digits, to a tenth
    from ruled lines.

    Args:
        mask: ``(height, width)`` bool: where ink is.
    """
    rows, columns = np.divmod(np.flatnonzero(mask), mask.shape[1])
    if len(rows) < 2:
        return 0.0
    step = ceil(len(rows) / _POINTS)
    y, x = rows[::step] - rows.mean(), columns[::step] - columns.mean()
    angles = np.arange(-_STEEPEST, _STEEPEST + 1)
    sharpness = _sharpness(x, y, angles)
    best = int(sharpness.argmax())
    _, pieces = label(mask[::4, ::4], np.ones((3, 3)))
    height = len(y) ** 2 / sharpness[best] * _BIN
    is_line = np.ptp(x) >= _LINE * height
    are_lines = pieces >= _PIECES and sharpness[best] >= _CLEAR * np.median(sharpness)
    if best in (0, len(angles) - 1) or not (is_line or are_lines):
        return 0.0
    finer = angles[best] + np.arange(-1, 1.01, 0.125)
    return float(finer[_sharpness(x, y, finer).argmax()])


def lean(mask: Array, labels: Array) -> float:
    """Degrees by which the strokes lean farther right than is usual; 0 where that may be by chance.

    Slanting moves a point by its height, x' = x + t y, and adds t · Σ y² to Σ x y, both taken about the
    middle of each piece. So −Σ x y / Σ y², over all pieces, is the slant that leaves none. Pieces of two
    digits are cut where they are thin, and better so once they lean less: hence three rounds. Longer ones say
    nothing: how they would have to be cut is not known well enough.

    Args:
        mask: ``(height, width)`` bool: where ink is.
        labels: ``(height, width)`` the number of the connected piece that each of its pixels belongs to.
    """
    inked = np.flatnonzero(mask)
    if not len(inked):
        return 0.0
    inked = inked[:: ceil(len(inked) / (2 * _POINTS))]
    rows, columns = np.divmod(inked, labels.shape[1])
    piece = labels[rows, columns]
    count = int(piece.max())
    counts = np.maximum(np.bincount(piece, minlength=count + 1), 1)
    x = columns - (np.bincount(piece, columns, count + 1) / counts)[piece]
    y = rows - (np.bincount(piece, rows, count + 1) / counts)[piece]
    short = ~_wide(x, y, piece, count, _LONG)[piece]
    if not short.any():
        return 0.0
    x, y, piece = x[short], y[short], piece[short]
    wide = _wide(x, y, piece, count, _SEVERAL)
    single = ~wide[piece]
    slant = 0.0
    for _ in range(3 if wide.any() else 1):
        part = np.where(single, piece, 0)
        slanted = x + slant * y
        for number in np.flatnonzero(wide).tolist():
            mine = piece == number
            part[mine] = part.max() + 1 + _parts(slanted[mine], y[mine])
        counts = np.maximum(np.bincount(part), 1)
        along = slanted - (np.bincount(part, slanted) / counts)[part]
        high = y - (np.bincount(part, y) / counts)[part]
        slant -= float(along @ high) / max(float(high @ high), 1e-9)
    further = degrees(np.arctan(slant)) - _USUAL_LEAN
    several = np.count_nonzero(counts >= _LEAST_PART * counts.max())
    return further if abs(further) > _BY_CHANCE / several**0.5 else 0.0


def turned(image: Array, angle: float) -> tuple[Array, Array]:
    """An image turned so that lines that fell by ``angle`` degrees are level; none of it is cut off.

    Args:
        image: ``(height, width)`` float32.
        angle: degrees.

    Returns:
        the image, as large as it must be, and the matrix that leads from its places to the given one's.
    """
    sine, cosine = sin(radians(angle)), cos(radians(angle))
    return _moved(image, np.array([[cosine, -sine], [sine, cosine]]))


def leaned(image: Array, angle: float) -> tuple[Array, Array]:
    """An image slanted so that strokes that leaned right by ``angle`` degrees are upright.

    Args:
        image: ``(height, width)`` float32.
        angle: degrees.

    Returns:
        as `turned` does.
    """
    return _moved(image, np.array([[1.0, -tan(radians(angle))], [0.0, 1.0]]))


def _moved(image: Array, linear: Array) -> tuple[Array, Array]:
    height, width = image.shape
    corners = np.array([(0, 0), (width, 0), (width, height), (0, height)]) @ np.linalg.inv(linear).T
    low, high = corners.min(axis=0), corners.max(axis=0)
    matrix = np.eye(3)
    matrix[:2, :2] = linear
    matrix[:2, 2] = linear @ low
    shape = (ceil(high[1] - low[1]), ceil(high[0] - low[0]))
    return warped(image, matrix, shape), matrix


def _sharpness(x: Array, y: Array, angles: Array) -> Array:
    """For each angle, the sum of the squares of how many points each row holds."""
    turns, span = np.radians(angles), np.full(len(angles), np.hypot(np.ptp(x), np.ptp(y)) + _BIN)
    weights = np.stack([np.cos(turns), -np.sin(turns), span], axis=1) / _BIN
    points = np.stack([y, x, np.ones_like(x)]).astype(np.float32)
    sums = []
    for each in weights.astype(np.float32):
        counts = np.bincount((each @ points).astype(np.intp))
        sums.append(int(counts @ counts))
    return np.array(sums, np.float64)


def _wide(x: Array, y: Array, piece: Array, count: int, share: float) -> Array:
    """Which pieces, by number, are wider than that share of their height: ``(count + 1,)`` bool."""
    width, height = np.zeros((2, count + 1))
    np.maximum.at(width, piece, np.abs(x))
    np.maximum.at(height, piece, np.abs(y))
    wider: Array = width >= share * np.maximum(height, 4)
    return wider


def _parts(x: Array, y: Array) -> Array:
    """The part of a wide piece that each of its points belongs to, as many as there is room for digits."""
    start = x.min()
    width, height = np.ptp(x) + 1, np.ptp(y) + 1
    count = max(1, round(width / (0.8 * height)))
    ink = np.convolve(np.bincount((x - start).astype(np.intp)), np.ones(3), "same")
    share = width / count
    cuts = []
    for number in range(1, count):
        low, high = int((number - 0.3) * share), int((number + 0.3) * share) + 1
        cuts.append(low + int(ink[low:high].argmin()))
    part: Array = np.searchsorted(cuts, x - start)
    return part
