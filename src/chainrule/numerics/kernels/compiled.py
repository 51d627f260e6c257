"""The functions of ``reference`` as plain loops, compiled by Numba and kept on disk."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeVar

from numba import njit

from chainrule.numerics.parameters import Array

__all__ = ["give_to_largest", "scatter_patches"]

Pair = tuple[int, int]
Function = TypeVar("Function", bound=Callable[..., Any])


def _compiled(function: Function) -> Function:
    """The function, compiled when it is first called; kept beside this file or in the user's cache."""
    made: Function
    try:
        made = njit(cache=True, nogil=True)(function)
    except RuntimeError:  # There is no folder to keep it in.
        made = njit(nogil=True)(function)
    return made


# The innermost loops go over lines of numbers cut out beforehand: so they become vector instructions.


@_compiled
def scatter_patches(patches: Array, images: Array, stride: Pair, room: Array) -> None:
    """Each pixel becomes the sum of the places that it was copied to."""
    n, rows, columns, height, width, channels = patches.shape
    down, right = stride
    run = width * channels
    lines = images.reshape(n, images.shape[1], images.shape[2] * channels)
    runs = patches.reshape(n, rows, columns, height, run)
    lines[:] = 0.0
    for image in range(n):
        for row in range(rows):
            for place in range(height):
                line = lines[image, row * down + place]
                for column in range(columns):
                    start = column * right * channels
                    target = line[start : start + run]
                    source = runs[image, row, column, place]
                    for number in range(run):
                        target[number] += source[number]


@_compiled
def give_to_largest(
    images: Array,
    largest: Array,
    given: Array,
    received: Array,
    window: Pair,
    stride: Pair,
    rest: Array,
    share: Array,
    winner: Array,
) -> None:
    """Of the pixels under a window, the first that is as large as the largest receives what is given."""
    n, rows, columns, channels = given.shape
    received[:] = 0.0
    rest[:] = given
    zero = given.dtype.type(0.0)
    for image in range(n):
        for row in range(rows):
            for column in range(columns):
                most = largest[image, row, column]
                left = rest[image, row, column]
                for down in range(row * stride[0], row * stride[0] + window[0]):
                    for right in range(column * stride[1], column * stride[1] + window[1]):
                        pixels = images[image, down, right]
                        target = received[image, down, right]
                        for channel in range(channels):
                            part = left[channel] if pixels[channel] == most[channel] else zero
                            target[channel] += part
                            left[channel] -= part
