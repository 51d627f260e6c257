"""Writing framed as MNIST's images are: its ink in a box of 20 pixels, its mass in the middle of 28 by 28."""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache
from math import ceil

import numpy as np
from numpy.typing import NDArray

from chainrule.numerics.parameters import Array
from chainrule.numerics.threads import one_blas_thread

__all__ = ["BOX", "SIDE", "area_averaged", "frame", "frame_all", "ink_box"]

BOX = 20
"""The longer side of the ink, in pixels of the framed image."""
SIDE = 28
"""Each side of the framed image, in pixels."""

_TIE = 1e-4
"""Masses this near to lying just between two pixels do: what is symmetric is not moved by rounding errors."""
_EDGE = 0.5
"""Where a soft stroke ends, as a share of the fullest ink: what is fainter is kept, but bounds no box."""


def ink_box(ink: Array) -> tuple[slice, slice] | None:
    """Rows and columns of the smallest box with all ink half as full as the fullest; None without ink.

    Args:
        ink: ``(height, width)``, 0 paper to 1 full ink.
    """
    fullest = float(ink.max(initial=0))
    if fullest <= 0:
        return None
    seen = ink > _EDGE * fullest
    rows, columns = np.flatnonzero(seen.any(axis=1)), np.flatnonzero(seen.any(axis=0))
    return slice(int(rows[0]), int(rows[-1]) + 1), slice(int(columns[0]), int(columns[-1]) + 1)


def area_averaged(image: Array, height: int, width: int) -> NDArray[np.float32]:
    """An image at another size: each new pixel is the mean of the area that it covers.

    Args:
        image: ``(rows, columns)``.
        height: rows of the result, at least 1.
        width: columns of the result, at least 1.
    """
    rows, columns = image.shape
    # On a busy machine a second thread that has to wait for its turn makes this a hundred times as slow.
    with one_blas_thread():
        averaged: NDArray[np.float32] = _shares(rows, height) @ image @ _shares(columns, width).T
    return averaged


def frame(ink: Array) -> NDArray[np.float32]:
    """A piece of writing as an MNIST image, ``(28, 28)`` float32 from 0 to 1, white ink on black.

    As MNIST was made (LeCun et al. 1998, section III.A): the ink's box is brought to a longer side of
    20 pixels, its shape kept, each pixel the mean of the area under it; it is then laid into 28 by 28 pixels,
    moved by whole pixels so that its centre of mass is in the middle.

    Args:
        ink: ``(height, width)`` of any size, 0 paper to 1 full ink.

    Returns:
        The image; all 0 where there is no ink.
    """
    framed = np.zeros((SIDE, SIDE), np.float32)
    box = ink_box(ink)
    if box is None:
        return framed
    cut = ink[box].astype(np.float32, copy=False)
    scale = BOX / max(cut.shape)
    small = area_averaged(cut, *(max(1, round(side * scale)) for side in cut.shape))
    top, left = (_start(small.sum(axis=1 - axis)) for axis in (0, 1))
    framed[top : top + small.shape[0], left : left + small.shape[1]] = small
    return framed


def frame_all(pieces: Sequence[Array]) -> NDArray[np.float32]:
    """Several pieces framed, ``(n, 28, 28)``; see `frame`."""
    framed = np.zeros((len(pieces), SIDE, SIDE), np.float32)
    for place, ink in zip(framed, pieces, strict=True):
        place[...] = frame(ink)
    return framed


@lru_cache(maxsize=512)
def _shares(before: int, after: int) -> NDArray[np.float32]:
    """``(after, before)``: what share of each new pixel each old one covers, along one side."""
    edges = np.arange(after + 1, dtype=np.float32) * (before / after)
    old = np.arange(before, dtype=np.float32)
    covered = np.minimum(edges[1:, None], old + 1) - np.maximum(edges[:-1, None], old)
    shares: NDArray[np.float32] = np.maximum(covered, 0) * np.float32(after / before)
    return shares


def _start(masses: Array) -> int:
    """Where the first of these pixels goes, for their centre of mass to fall into the middle pixel."""
    centre = float(masses @ np.arange(len(masses))) / float(masses.sum())
    return min(max(ceil((SIDE - 1) / 2 - centre - _TIE), 0), SIDE - len(masses))
