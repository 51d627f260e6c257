"""Patches: the part of an image under a window, at every position the window takes."""

from __future__ import annotations

from collections.abc import Iterator
from math import prod

import numpy as np

from chainrule.numerics.parameters import Array

__all__ = ["begin", "gather_patches", "overlapping", "pixels_under", "positions", "same_margin"]

Pair = tuple[int, int]


def positions(side: int, window: int, stride: int) -> int:
    """How many places a window takes along a side; what is left over at the end is cut, as in PyTorch."""
    return (side - window) // stride + 1


def same_margin(side: int, window: int, stride: int) -> Pair:
    """Zeros before and after a side so that the window takes ⌈side / stride⌉ places; the odd one after."""
    missing = max((-(-side // stride) - 1) * stride + window - side, 0)
    return missing // 2, missing - missing // 2


def begin(room: Array, shape: tuple[int, ...]) -> tuple[Array, Array]:
    """An array of that shape at the beginning of the room, and what is left of it."""
    size = prod(shape)
    return room[:size].reshape(shape), room[size:]


def overlapping(array: Array, shape: tuple[int, ...], strides: tuple[int, ...], offset: int = 0) -> Array:
    """A view of a contiguous array in another shape, whose parts may overlap; NumPy's as_strided takes 17 µs.

    Args:
        array: the numbers.
        shape: of the view.
        strides: bytes from one number to the next along each axis, as NumPy counts them.
        offset: bytes before the first number.
    """
    return np.ndarray(shape, array.dtype, array, offset, strides)


def gather_patches(images: Array, patches: Array, stride: Pair) -> None:
    """Write the patch under each position of the window into ``patches``.

    Args:
        images: ``(n, height, width, channels)``.
        patches: ``(n, rows, columns, window height, window width, channels)``, overwritten.
        stride: how far the window moves down, and to the right.
    """
    images = np.ascontiguousarray(images)
    image, down, right, channel = images.strides
    strides = (image, down * stride[0], right * stride[1], down, right, channel)
    np.copyto(patches, overlapping(images, patches.shape, strides))


def pixels_under(images: Array, places: Pair, window: Pair, stride: Pair) -> Iterator[Array]:
    """For each place in the window, row by row, a view of the pixels that lie under it.

    Args:
        images: ``(n, height, width, channels)``.
        places: rows and columns of positions that the window takes.
        window: its height and width.
        stride: how far it moves down, and to the right.

    Yields:
        ``(n, rows, columns, channels)``.
    """
    (rows, columns), (down, right) = places, stride
    for row in range(window[0]):
        for column in range(window[1]):
            below, beyond = row + rows * down, column + columns * right
            yield images[:, row:below:down, column:beyond:right]
