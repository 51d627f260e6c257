"""A sheet of paper in a photo: its corners, where they are plain to see, and the sheet seen from above."""

from __future__ import annotations

import numpy as np

from chainrule.images.light import best_in_squares, block_means
from chainrule.images.mapping import corners_to_corners, warped
from chainrule.numerics.parameters import Array

__all__ = ["find_sheet", "flattened"]

_BLOCKS = 320
"""Along the longer side, in which the sheet is looked for."""
_LEAST, _MOST = 0.2, 0.97
"""Shares of the picture that a sheet covers."""
_LOWER = (0.0, 0.25, 0.5, 0.75)
"""How far down from the middle of light and dark to the table's brightness thresholds are tried."""
_BRIGHTER = 0.12
"""Than what lies around it, as a share of white, at least."""
_FITS = 0.96
"""Share that a sheet and the four-sided figure through its corners have in common."""
_AT_EDGE = 0.12
"""Share of a sheet's outline that may lie at the picture's edge."""
_TRIMMED = 0.012
"""Share of the sheet's side that is left out all around: its edge is not ink."""


def find_sheet(grey: Array) -> Array | None:
    """The corners ``(4, 2)`` (x, y) of a bright sheet before something darker, from the upper left clockwise.

    None where no part of the picture is bright, large, four-sided, and within the picture's edges.

    Args:
        grey: ``(height, width)`` float32 in [0, 1], 1 = white.
    """
    block = max(1, round(max(grey.shape) / _BLOCKS))
    small = block_means(grey, block)
    if min(small.shape) < 16:
        return None
    edge = np.concatenate([small[0], small[-1], small[:, 0], small[:, -1]])
    table, middle = float(np.median(edge)), _between(small)
    best, fits = None, _FITS
    for threshold in middle - np.array(_LOWER) * (middle - table):
        if (edge > threshold).mean() > 2 * _AT_EDGE:
            break
        found = _sheet_above(small, float(threshold))
        if found is not None and found[1] > fits:
            best, fits = found
    return None if best is None else best * block


def _sheet_above(small: Array, threshold: float) -> tuple[Array, float] | None:
    """The corners of the largest part above a threshold, and how well it fits into them."""
    from scipy.ndimage import label

    bright = small > threshold
    if not _LEAST <= bright.mean() <= _MOST or small[bright].mean() - small[~bright].mean() < _BRIGHTER:
        return None
    opened = best_in_squares(best_in_squares(np.pad(bright, 2), 3, np.minimum), 3, np.maximum)
    labels, count = label(opened)
    if not count:
        return None
    largest = 1 + int(np.bincount(labels.ravel())[1:].argmax())
    around, _ = label(np.pad(labels != largest, 1, constant_values=True))
    region = around[1:-1, 1:-1] != around[0, 0]
    if not _LEAST <= region.mean() <= _MOST:
        return None
    rows, columns = np.nonzero(region)
    at_edge = sum(int(side.sum()) for side in (region[0], region[-1], region[:, 0], region[:, -1]))
    if at_edge > _AT_EDGE * 2 * (np.ptp(rows) + np.ptp(columns)):
        return None
    corners = _corners(region)
    return None if corners is None else (corners, _common(region, corners))


def flattened(grey: Array, corners: Array) -> tuple[Array, Array]:
    """The sheet as seen from above, without its edges.

    Args:
        grey: ``(height, width)`` float32, the picture.
        corners: ``(4, 2)`` of the sheet, as `find_sheet` gives them.

    Returns:
        the sheet, ``(height, width)`` float32, and the matrix that leads from its places to the picture's.
    """
    sides = np.linalg.norm(np.roll(corners, -1, axis=0) - corners, axis=1)
    width, height = max(2.0, (sides[0] + sides[2]) / 2), max(2.0, (sides[1] + sides[3]) / 2)
    whole = np.array([(0, 0), (width, 0), (width, height), (0, height)])
    margin = _TRIMMED * max(width, height)
    matrix = corners_to_corners(whole, corners)
    matrix = matrix @ np.array([[1, 0, margin], [0, 1, margin], [0, 0, 1.0]])
    shape = (max(1, int(height - 2 * margin)), max(1, int(width - 2 * margin)))
    return warped(grey, matrix, shape), matrix


def _between(values: Array) -> float:
    """The value that parts the light from the dark best (Otsu 1979): with most variance between the two."""
    counts = np.bincount(np.minimum(values * 64, 63).astype(np.intp).ravel(), minlength=64)
    middles = (np.arange(64) + 0.5) / 64
    below = np.cumsum(counts)[:-1]
    sums = np.cumsum(counts * middles)
    above, total = values.size - below, sums[-1]
    with np.errstate(divide="ignore", invalid="ignore"):
        means = sums[:-1] / below - (total - sums[:-1]) / above
    return (1 + int(np.nan_to_num(below * above * means**2, posinf=0).argmax())) / 64


def _corners(region: Array) -> Array | None:
    """Where straight lines along the four sides of a region meet; None where they do not."""
    rows, columns = np.nonzero(region)
    outer = np.array(
        [
            (columns[pick], rows[pick])
            for pick in (
                (columns + rows).argmin(),
                (columns - rows).argmax(),
                (columns + rows).argmax(),
                (columns - rows).argmin(),
            )
        ],
        np.float64,
    )
    height, width = region.shape
    level, upright = np.flatnonzero(region.any(axis=0)), np.flatnonzero(region.any(axis=1))
    top, bottom = region[:, level].argmax(axis=0), height - region[::-1, level].argmax(axis=0)
    left, right = region[upright].argmax(axis=1), width - region[upright, ::-1].argmax(axis=1)
    lines = [
        _line(level + 0.5, top, outer[[0, 1], 0]),
        _line(upright + 0.5, right, outer[[1, 2], 1]),
        _line(level + 0.5, bottom, outer[[3, 2], 0]),
        _line(upright + 0.5, left, outer[[0, 3], 1]),
    ]
    if any(line is None for line in lines):
        return None
    corners = []
    for across, down in ((0, 3), (0, 1), (2, 1), (2, 3)):
        (a, b), (c, d) = lines[across], lines[down]  # type: ignore[misc]
        y = (a * d + b) / (1 - a * c)  # y = a x + b and x = c y + d
        corners.append((c * y + d, y))
    return np.array(corners)


def _line(places: Array, values: Array, ends: Array) -> tuple[float, float] | None:
    """Slope and start of the line through what lies between two ends, the farthest quarter left out."""
    low, high = sorted(ends)
    inside = (places > low + 0.05 * (high - low)) & (places < high - 0.05 * (high - low))
    if np.count_nonzero(inside) < 8:
        return None
    x, y = places[inside], values[inside].astype(np.float64)
    for _ in range(3):
        slope, start = np.polyfit(x, y, 1)
        off = np.abs(y - slope * x - start)
        near = off <= max(0.5, float(np.sort(off)[int(0.75 * (len(off) - 1))]))
        x, y = x[near], y[near]
    return (float(slope), float(start)) if abs(slope) < 1 else None


def _common(region: Array, corners: Array) -> float:
    """What a region and a four-sided figure share, by what either of them covers."""
    from PIL import Image, ImageDraw

    figure = Image.new("L", region.shape[::-1])
    ImageDraw.Draw(figure).polygon([tuple(corner) for corner in corners - 0.5], fill=1)
    drawn = np.asarray(figure).astype(np.bool_)
    return float(np.count_nonzero(drawn & region) / np.count_nonzero(drawn | region))
