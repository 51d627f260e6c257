"""Writing framed as MNIST's images are: its ink in a box of 20 pixels, its mass in the middle of 28 by 28."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from chainrule.numerics.parameters import Array
from chainrule.numerics.threads import one_blas_thread

__all__ = ["BOX", "SIDE", "area_averaged", "frame", "frame_all"]

BOX = 20
"""The longer side of the ink, in pixels of the framed image."""
SIDE = 28
"""Each side of the framed image, in pixels."""

_TIE = 1e-4
"""Masses this near to lying just between two pixels do: what is symmetric is not moved by rounding errors."""
_EDGE = 0.5
"""Where a soft stroke ends, as a share of the fullest ink: what is fainter is kept, but bounds no box."""
_ROOM = 1 << 20
"""Pixels of the pieces that are framed at once."""


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
    framed: NDArray[np.float32] = frame_all([ink])[0]
    return framed


def frame_all(pieces: Sequence[Array]) -> NDArray[np.float32]:
    """Several pieces framed, ``(n, 28, 28)``; see `frame`."""
    framed = np.zeros((len(pieces), SIDE, SIDE), np.float32)
    for some in _together(pieces):
        _frame(pieces[some], framed[some])
    return framed


def _together(pieces: Sequence[Array]) -> Iterator[slice]:
    """Pieces in a row that are framed at once: as many as fit, each as large as the largest."""
    first = height = width = 0
    for number, ink in enumerate(pieces):
        height, width = max(height, ink.shape[0]), max(width, ink.shape[1])
        if number > first and (number + 1 - first) * height * width > _ROOM:
            yield slice(first, number)
            first, (height, width) = number, ink.shape
    if len(pieces):
        yield slice(first, len(pieces))


def _frame(pieces: Sequence[Array], framed: Array) -> None:
    """Frame pieces all at once, each in the corner of as much paper as the largest needs."""
    sides = np.max([(1, 1), *(ink.shape for ink in pieces)], axis=0)
    inks = np.zeros((len(pieces), *sides), np.float32)
    for paper, ink in zip(inks, pieces, strict=True):
        paper[: ink.shape[0], : ink.shape[1]] = ink
    fullest = inks.max(axis=(1, 2), keepdims=True, initial=0)
    seen = inks > _EDGE * fullest
    starts, ends = zip(*(_ends(seen.any(axis=2 - axis)) for axis in (0, 1)), strict=True)
    befores = np.stack(ends) - np.stack(starts)
    afters = np.maximum(np.rint(befores * (BOX / befores.max(axis=0))).astype(np.intp), 1)
    rows, columns = (np.zeros((len(pieces), BOX, side), np.float32) for side in sides)
    for shares, *numbers in zip((rows, columns), starts, befores, afters, strict=True):
        for share, start, before, after in zip(shares, *(each.tolist() for each in numbers), strict=True):
            share[:after, start : start + before] = _shares(before, after)
    with one_blas_thread():
        small = rows @ inks @ columns.transpose(0, 2, 1)
    tops, lefts = (_start(small.sum(axis=2 - axis), after) for axis, after in enumerate(afters))
    for image, digit, height, width, top, left in zip(
        framed, small, *afters.tolist(), tops.tolist(), lefts.tolist(), strict=True
    ):
        image[top : top + height, left : left + width] = digit[:height, :width]


def _ends(inked: NDArray[np.bool_]) -> tuple[NDArray[np.intp], NDArray[np.intp]]:
    """Of each row, where the first place that holds ink begins and the last one ends; 0 and 1 without ink."""
    last = inked[:, ::-1].argmax(axis=1)
    return inked.argmax(axis=1), np.where(inked.any(axis=1), inked.shape[1] - last, 1)


@lru_cache(maxsize=512)
def _shares(before: int, after: int) -> NDArray[np.float32]:
    """``(after, before)``: what share of each new pixel each old one covers, along one side."""
    edges = np.arange(after + 1, dtype=np.float32) * (before / after)
    old = np.arange(before, dtype=np.float32)
    covered = np.minimum(edges[1:, None], old + 1) - np.maximum(edges[:-1, None], old)
    shares: NDArray[np.float32] = np.maximum(covered, 0) * np.float32(after / before)
    return shares


def _start(masses: Array, counts: NDArray[np.intp]) -> NDArray[np.intp]:
    """Where the first of so many pixels goes, for the centre of mass to fall into the middle pixel.

    Args:
        masses: ``(n, BOX)`` of pixels, as many as count and then zeros.
        counts: ``(n,)``.
    """
    centres = masses @ np.arange(BOX, dtype=np.float32) / np.maximum(masses.sum(axis=1), 1e-30)
    starts = np.ceil((SIDE - 1) / 2 - centres - _TIE).astype(np.intp)
    placed: NDArray[np.intp] = np.clip(starts, 0, SIDE - counts)
    return placed
