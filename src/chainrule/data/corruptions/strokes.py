"""Strokes: thicker, thinner, or their outlines alone."""

from __future__ import annotations

from itertools import product

import numpy as np
from numpy.random import Generator

from chainrule.data.corruptions.blur import smoothed
from chainrule.numerics.parameters import Array

__all__ = ["canny_edges", "thick", "thin"]

_LOW, _HIGH = 0.1, 0.2


def thick(images: Array, radius: float, generator: Generator) -> Array:
    """Written with a broad pen: strokes grow by about ``radius`` pixels on every side."""
    return _grown(images, radius)


def thin(images: Array, radius: float, generator: Generator) -> Array:
    """Written with a fine pen: strokes shrink by about ``radius`` pixels on every side.

    The background grows over the strokes; then the brightest pixel is made as bright as it was.
    """
    left = 1 - _grown(1 - images, radius)
    before, after = (each.max(axis=(1, 2), keepdims=True) for each in (images, left))
    left *= np.divide(before, after, out=np.ones_like(after), where=after > 0)
    return left.clip(0, 1, out=left)


def canny_edges(images: Array, deviation: float, generator: Generator) -> Array:
    """Nothing but outlines, white and one pixel wide, as Canny's detector finds them.

    The image is smoothed, and its slope taken by Sobel's differences. Where it is steepest across the
    edge there may be an outline; there is one if it is over 0.2, or if it is over 0.1 and touches one
    (Canny, "A computational approach to edge detection", 1986).
    """
    from scipy.ndimage import correlate1d, label

    soft = smoothed(images, deviation)
    down, right = (
        correlate1d(
            correlate1d(soft, [-1, 0, 1], axis, mode="constant"), [1, 2, 1], 3 - axis, mode="constant"
        )
        for axis in (1, 2)
    )
    slope = np.hypot(down, right)
    weak = _steepest_across(slope, down, right) & (slope > _LOW)
    touching = np.zeros((3, 3, 3), bool)
    touching[1] = True
    pieces, count = label(weak, touching)
    kept = np.zeros(count + 1, bool)
    kept[pieces[weak & (slope > _HIGH)]] = True
    outlines: Array = kept[pieces].astype(np.float32)
    return outlines


def _steepest_across(slope: Array, down: Array, right: Array) -> Array:
    """Where no neighbour has a greater slope, of the two that lie along the gradient; bool as ``slope``."""
    octant = np.round(np.arctan2(down, right) / (np.pi / 4)).astype(np.int8) % 4
    steepest = np.zeros(slope.shape, bool)
    for direction, step in enumerate(((0, 1), (1, 1), (1, 0), (1, -1))):
        ahead, behind = _shifted(slope, *step), _shifted(slope, -step[0], -step[1])
        steepest |= (octant == direction) & (slope >= ahead) & (slope > behind)
    return steepest


def _grown(images: Array, radius: float) -> Array:
    """The brightest of the pixels about each; those beyond ``radius`` count less, by how far they are."""
    reach = int(np.ceil(radius))
    grown = images.copy()
    for down, right in product(range(-reach, reach + 1), repeat=2):
        weight = min(1.0, radius + 1 - np.hypot(down, right))
        if (down, right) != (0, 0) and weight > 0:
            np.maximum(grown, images.dtype.type(weight) * _shifted(images, down, right), out=grown)
    return grown


def _shifted(images: Array, down: int, right: int) -> Array:
    """What stands so many pixels farther down and right; the edge is repeated beyond it."""
    side = images.shape[1]
    rows, columns = (np.arange(side) + step for step in (down, right))
    return images[:, rows.clip(0, side - 1)][:, :, columns.clip(0, side - 1)]
