"""Blur: every pixel becomes a mean of the pixels about it, or shows one of them instead."""

from __future__ import annotations

import numpy as np
from numpy.random import Generator

from chainrule.numerics.parameters import Array

__all__ = ["defocus_blur", "gaussian_blur", "glass_blur", "motion_blur", "smoothed"]

_FINENESS = 9
"""A pixel of a disc is measured at so many points in each direction."""


def smoothed(images: Array, deviation: float) -> Array:
    """Every image convolved with a normal distribution of this deviation in pixels; black beyond the edge."""
    from scipy.ndimage import gaussian_filter

    result: Array = gaussian_filter(images, (0, deviation, deviation), mode="constant")
    return result


def gaussian_blur(images: Array, deviation: float, generator: Generator) -> Array:
    """A soft picture: every pixel is a mean of those about it, weighted by a normal distribution."""
    return smoothed(images, deviation).clip(0, 1)


def defocus_blur(images: Array, radius: float, generator: Generator) -> Array:
    """A lens out of focus: every pixel is the mean over a disc."""
    reach = int(np.ceil(radius))
    line = (np.arange((2 * reach + 1) * _FINENESS) + 0.5) / _FINENESS - reach - 0.5
    inside = np.hypot(line[:, None], line) <= radius
    disc = inside.reshape(2 * reach + 1, _FINENESS, 2 * reach + 1, _FINENESS).sum(axis=(1, 3))
    return _convolved(images, (disc / disc.sum()).astype(images.dtype)[None])


def glass_blur(images: Array, level: tuple[float, int, int], generator: Generator) -> Array:
    """Seen through rough glass: each pixel shows a near one, drawn by chance, between two light blurs.

    ``level`` is the deviation of the two blurs in pixels, how far a pixel may look along either axis,
    and how many times it does. Beyond the edge it sees the pixel at the edge.
    """
    deviation, reach, times = level
    seen = smoothed(images, deviation)
    side = images.shape[1]
    own = np.arange(side)
    rows_and_columns = own[:, None], own
    for _ in range(times):
        rows, columns = (
            (axis + generator.integers(-reach, reach, images.shape, np.int8, endpoint=True)).clip(0, side - 1)
            for axis in rows_and_columns
        )
        seen = seen[np.arange(len(images))[:, None, None], rows, columns]
    return smoothed(seen, deviation).clip(0, 1)


def motion_blur(images: Array, length: float, generator: Generator) -> Array:
    """A shaken camera: every pixel is the mean along a line of this length, within 45° of level.

    The direction is drawn for each image, uniformly. Each point of the line is shared between the
    four pixels about it.
    """
    angles = generator.uniform(-np.pi / 4, np.pi / 4, (len(images), 1))
    points = int(np.ceil(4 * length))
    places = length * ((np.arange(points) + 0.5) / points - 0.5)
    rows, columns = places * np.sin(angles), places * np.cos(angles)
    reach = int(np.ceil(length / 2))
    kernels = np.zeros((len(images), 2 * reach + 1, 2 * reach + 1), images.dtype)
    above, left = np.floor(rows), np.floor(columns)
    which = np.arange(len(images))[:, None]
    for down in (0, 1):
        for right in (0, 1):
            weight = abs(1 - down - (rows - above)) * abs(1 - right - (columns - left))
            place = (above + down + reach).astype(int), (left + right + reach).astype(int)
            np.add.at(kernels, (which, *place), (weight / points).astype(images.dtype))
    return _convolved(images, kernels)


def _convolved(images: Array, kernels: Array) -> Array:
    """Each image convolved with its kernel, ``(n or 1, odd, odd)``; black beyond the edge."""
    from scipy.fft import irfft2, next_fast_len, rfft2

    side, reach = images.shape[1], kernels.shape[1] // 2
    room = (next_fast_len(side + 2 * reach, real=True),) * 2
    whole = irfft2(rfft2(images, room) * rfft2(kernels, room), room)
    result: Array = whole[:, reach : reach + side, reach : reach + side].clip(0, 1)
    return result
