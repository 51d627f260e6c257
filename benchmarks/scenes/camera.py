"""What a camera, a scanner or a file format does to a picture."""

from __future__ import annotations

from io import BytesIO

import numpy as np
from numpy.random import Generator
from numpy.typing import NDArray
from PIL import Image

from benchmarks.scenes.papers import smooth_noise
from benchmarks.scenes.sheet import Sheet
from benchmarks.scenes.truth import Box, TrueDigit, Truth
from chainrule.handwriting.writing import SOLID, Floats

__all__ = ["blurred", "compressed", "inverted", "noisy", "photographed", "untouched"]

Taken = tuple[Floats, Truth]


def untouched(picture: Floats, sheet: Sheet, generator: Generator) -> Taken:
    """As it is."""
    return picture, sheet.truth()


def blurred(picture: Floats, sheet: Sheet, generator: Generator) -> Taken:
    """Out of focus: a normal distribution whose deviation is 0.02 to 0.06 of a digit's height."""
    from scipy.ndimage import gaussian_filter

    return gaussian_filter(picture, generator.uniform(0.02, 0.06) * sheet.size), sheet.truth()


def compressed(picture: Floats, sheet: Sheet, generator: Generator) -> Taken:
    """Kept as JPEG of quality 8 to 40."""
    return _through_jpeg(picture, int(generator.integers(8, 41))), sheet.truth()


def noisy(picture: Floats, sheet: Sheet, generator: Generator) -> Taken:
    """A dark room's picture: normal noise of deviation 0.04 to 0.12 on each pixel, contrast 0.6 to 1.

    In every third picture 0.1 % to 1 % of the pixels are black or white besides.
    """
    contrast = np.float32(generator.uniform(0.6, 1))
    noise = generator.standard_normal(picture.shape, np.float32)
    spoilt = 0.5 + contrast * (picture - 0.5) + np.float32(generator.uniform(0.04, 0.12)) * noise
    if generator.random() < 1 / 3:
        struck = generator.random(picture.shape, np.float32) < generator.uniform(0.001, 0.01)
        spoilt[struck] = generator.integers(0, 2, int(struck.sum()))
    return spoilt.clip(0, 1), sheet.truth()


def inverted(picture: Floats, sheet: Sheet, generator: Generator) -> Taken:
    """Chalk on a board, or a screen at night: black becomes 0.8 to 1, white 0 to 0.25."""
    ground, light = generator.uniform(0, 0.25), generator.uniform(0.8, 1)
    return np.asarray(light - (light - ground) * picture, np.float32), sheet.truth()


def photographed(picture: Floats, sheet: Sheet, generator: Generator) -> Taken:
    """A sheet on a table, photographed by hand.

    The sheet is turned by up to 6°, and each of its corners moved sideways by up to 10 % of its shorter side,
    up or down by up to 2 % of its longer, so that it is seen in perspective. The table around it, 4 % to 15 %
    of the sheet's sides, is 0.1 to 0.6 bright and clouded. Then a light blur (deviation 0.3 to 0.9 pixels),
    noise (0.01 to 0.03) and JPEG of quality 50 to 90. Boxes are those of the ink as the camera sees it.
    """
    from scipy.ndimage import gaussian_filter

    height, width = sheet.shape
    corners = np.array([[0, 0], [width, 0], [width, height], [0, height]], float)
    angle = np.deg2rad(generator.uniform(-6, 6))
    turned = np.array([[np.cos(angle), np.sin(angle)], [-np.sin(angle), np.cos(angle)]])
    seen = (corners - corners.mean(axis=0)) @ turned
    seen += generator.uniform(-1, 1, (4, 2)) * [0.1 * min(height, width), 0.02 * max(height, width)]
    table = generator.uniform(0.04, 0.15, 2) * (width, height)
    seen += table - seen.min(axis=0)
    taken_width, taken_height = (int(side) for side in np.ceil(seen.max(axis=0) + table))
    forward, backward = _homography(corners, seen), _homography(seen, corners)
    size = (taken_width, taken_height)
    coefficients = list(backward.ravel()[:8])
    here = Image.fromarray(np.full(sheet.shape, 1, np.float32))
    there = [
        np.asarray(
            image.transform(size, Image.Transform.PERSPECTIVE, coefficients, Image.Resampling.BILINEAR)
        )
        for image in (Image.fromarray(picture), here)
    ]
    shape = taken_height, taken_width
    ground = generator.uniform(0.1, 0.6) + 0.04 * smooth_noise(shape, generator.uniform(10, 60), generator)
    taken = there[0] + (1 - there[1]) * ground
    taken = gaussian_filter(taken, generator.uniform(0.3, 0.9))
    taken += np.float32(generator.uniform(0.01, 0.03)) * generator.standard_normal(shape, np.float32)
    taken = _through_jpeg(taken, int(generator.integers(50, 91)))
    lines = tuple(
        tuple(
            TrueDigit(piece.text, _seen_box(piece.ink, piece.left, piece.top, forward, shape))
            for piece in line
        )
        for line in sheet.lines
    )
    return taken, Truth(lines)


def _seen_box(ink: Floats, left: int, top: int, forward: NDArray[np.float64], shape: tuple[int, int]) -> Box:
    """The box about the ink's pixels where the camera sees them."""
    rows, columns = np.nonzero(ink > SOLID)
    points = np.stack([columns + left + 0.5, rows + top + 0.5, np.ones(len(rows))])
    x, y, w = forward @ points
    first = np.floor([(x / w).min(), (y / w).min()]).astype(int).clip(0)
    last = np.ceil([(x / w).max(), (y / w).max()]).astype(int).clip(None, shape[::-1])
    return int(first[0]), int(first[1]), int(last[0] - first[0]), int(last[1] - first[1])


def _homography(origin: NDArray[np.float64], goal: NDArray[np.float64]) -> NDArray[np.float64]:
    """The 3 × 3 matrix of the perspective map that leads four points (x, y) to four others."""
    rows, values = [], []
    for (x, y), (u, v) in zip(origin, goal, strict=True):
        rows += [[x, y, 1, 0, 0, 0, -u * x, -u * y], [0, 0, 0, x, y, 1, -v * x, -v * y]]
        values += [u, v]
    solved = np.linalg.solve(np.array(rows), np.array(values))
    return np.asarray(np.append(solved, 1).reshape(3, 3), np.float64)


def _through_jpeg(picture: Floats, quality: int) -> Floats:
    file = BytesIO()
    whole = (picture.clip(0, 1) * 255 + 0.5).astype(np.uint8)
    Image.fromarray(whole).save(file, "JPEG", quality=quality)
    return np.asarray(Image.open(file), np.float32) / np.float32(255)
