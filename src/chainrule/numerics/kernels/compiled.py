"""The functions of ``reference`` as plain loops, compiled by Numba and kept on disk."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeVar

import numpy as np
from numba import njit

from chainrule.numerics.kernels import reference
from chainrule.numerics.kernels.reference import ConvolutionRoom
from chainrule.numerics.parameters import Array

__all__ = ["convolve_back", "give_to_largest", "scatter_patches"]

FEW = 4
"""Fewer than one derivative in so many must not be 0, for the loop over these to be the faster way."""
SHORTEST_RUN = 32
"""So many numbers must lie together in a window, for vector instructions to be worth it."""
_INDEX = np.uint64
"""Of places that are never negative: the compiler need not think of counting from the end."""

Pair = tuple[int, int]
_FUSED = {"contract"}
"""Multiplying and adding may be one instruction, which rounds once."""
Function = TypeVar("Function", bound=Callable[..., Any])


def _compiled(function: Function) -> Function:
    """The function, compiled when it is first called; kept beside this file or in the user's cache."""
    made: Function
    try:
        made = njit(cache=True, nogil=True, fastmath=_FUSED)(function)
    except RuntimeError:  # There is no folder to keep it in.
        made = njit(nogil=True, fastmath=_FUSED)(function)
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


def convolve_back(
    images: Array,
    given: Array,
    weights: Array,
    stride: Pair,
    weights_gradient: Array,
    images_gradient: Array,
    room: ConvolutionRoom,
) -> None:
    """The way back through a convolution; behind a pool few derivatives are not 0: no patches then."""
    arrays = images, given, weights, stride, weights_gradient, images_gradient
    if (
        weights.shape[2] * weights.shape[3] >= SHORTEST_RUN
        and FEW * np.count_nonzero(given) < given.size
        and images.flags.c_contiguous
    ):
        _straight_back(*arrays, room.places, room.factors)
    else:
        reference.convolve_back(*arrays, room, scatter_patches)


@_compiled
def _straight_back(
    images: Array,
    given: Array,
    weights: Array,
    stride: Pair,
    weights_gradient: Array,
    images_gradient: Array,
    places: Array,
    factors: Array,
) -> None:
    """Each g that is not 0 adds g times its window of x to ∂C/∂w, and g times w to that window of ∂C/∂x.

    First filter by filter, whose ∂C/∂w then stays at hand, then window by window.
    """
    n, rows, columns, filters = given.shape
    _, height, width, channels = weights.shape
    line = images.shape[2] * channels
    run, down, right = width * channels, stride[0] * line, stride[1] * channels
    pixels, weight_line = images.reshape(-1), weights.reshape(-1)
    pixels_back, weights_back = images_gradient.reshape(-1), weights_gradient.reshape(-1)
    pixels_back[:] = 0.0
    weights_back[:] = 0.0
    for image in range(n):
        start = image * images.shape[1] * line
        for number in range(filters):
            count = 0
            for row in range(rows):
                for column in range(columns):
                    places[count] = _INDEX(start + row * down + column * right)
                    factors[count] = given[image, row, column, number]
                    count += factors[count] != 0.0
            target = number * height * run
            _add_windows(weights_back, target, run, pixels, line, places, factors, count, height, run)
        if not pixels_back.size:
            continue
        for row in range(rows):
            for column in range(columns):
                count = 0
                for number in range(filters):
                    places[count] = _INDEX(number * height * run)
                    factors[count] = given[image, row, column, number]
                    count += factors[count] != 0.0
                target = start + row * down + column * right
                _add_windows(pixels_back, target, line, weight_line, run, places, factors, count, height, run)


@_compiled
def _add_windows(
    target: Array,
    start: int,
    target_line: int,
    source: Array,
    source_line: int,
    places: Array,
    factors: Array,
    count: int,
    height: int,
    run: int,
) -> None:
    """To the window at ``start`` add so many times those at ``places``, four at once.

    A window is ``height`` runs of numbers that lie a line apart. The next three places are overwritten.
    """
    for extra in range(count, count + 3):
        places[extra], factors[extra] = places[0], 0.0
    for first in range(0, count, 4):
        a, b, c, d = factors[first], factors[first + 1], factors[first + 2], factors[first + 3]
        for row in range(height):
            t, below = _INDEX(start + row * target_line), _INDEX(row * source_line)
            p, q = places[first] + below, places[first + 1] + below
            r, s = places[first + 2] + below, places[first + 3] + below
            for i in range(_INDEX(run)):
                target[t + i] += a * source[p + i] + b * source[q + i] + c * source[r + i] + d * source[s + i]
