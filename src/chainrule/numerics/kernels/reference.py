"""The ways back through patches and through the largest pixel under a window, in NumPy."""

from __future__ import annotations

from collections.abc import Callable
from typing import NamedTuple

import numpy as np

from chainrule.numerics.parameters import Array
from chainrule.numerics.patches import gather_patches, pixels_under

__all__ = ["convolve_back", "give_to_largest", "scatter_patches"]

Pair = tuple[int, int]
Scatter = Callable[[Array, Array, Pair, Array], None]


class ConvolutionRoom(NamedTuple):
    """What the way back through a convolution needs beside what comes in and goes out.

    Attributes:
        patches: ``(n, rows, columns, window height, window width, channels)``.
        matrix: the same as ``(positions, window · channels)``.
        pixels: ``(n, rows, columns, channels)``; empty where no derivative by the images is wanted.
        places: where something lies that is not multiplied by 0, ``places_needed`` of them, uint64.
        factors: as many numbers: what it is multiplied by.
    """

    patches: Array
    matrix: Array
    pixels: Array
    places: Array
    factors: Array


def places_needed(positions: int, filters: int) -> int:
    """Room for the positions of one filter or the filters of one position, and three more."""
    return max(positions, filters) + 3


def scatter_patches(patches: Array, images: Array, stride: Pair, room: Array) -> None:
    """The way back from patches: each pixel becomes the sum of the places that it was copied to.

    One place in the window after the other is added, for all its positions at once; laid close together
    first, because NumPy adds so faster.

    Args:
        patches: ``(n, rows, columns, window height, window width, channels)``.
        images: ``(n, height, width, channels)``, overwritten; a pixel under no window becomes 0.
        stride: how far the window moves down, and to the right.
        room: ``(n, rows, columns, channels)`` for intermediate results.
    """
    _, rows, columns, height, width, channels = patches.shape
    images.fill(0.0)
    places = patches.reshape(*patches.shape[:3], height * width, channels)
    for place, pixels in enumerate(pixels_under(images, (rows, columns), (height, width), stride)):
        np.copyto(room, places[:, :, :, place])
        np.add(pixels, room, out=pixels)


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
    """Of the pixels under a window, the first that is as large as the largest receives what is given.

    Args:
        images: ``(n, height, width, channels)``.
        largest: ``(n, rows, columns, channels)`` the largest pixel under each window.
        given: likewise, what there is for it.
        received: shaped as the images, overwritten; where windows overlap a pixel sums what it receives.
        window: height and width.
        stride: how far it moves down, and to the right.
        rest: room shaped as ``given``: what has not been received yet.
        share: room shaped as ``given``: what one place in the window receives.
        winner: such room for truth values.
    """
    received.fill(0.0)
    np.copyto(rest, given)
    places = given.shape[1], given.shape[2]
    for pixels, targets in zip(
        pixels_under(images, places, window, stride),
        pixels_under(received, places, window, stride),
        strict=True,
    ):
        np.equal(pixels, largest, out=winner)
        np.multiply(rest, winner, out=share)
        np.subtract(rest, share, out=rest)
        np.add(targets, share, out=targets)


def convolve_back(
    images: Array,
    given: Array,
    weights: Array,
    stride: Pair,
    weights_gradient: Array,
    images_gradient: Array,
    room: ConvolutionRoom,
    scatter: Scatter = scatter_patches,
) -> None:
    """The way back through a convolution: w' = gᵀ x̂ and x̂' = g w, x̂ being the patches of the images.

    Args:
        images: ``(n, height, width, channels)``.
        given: ``(n, rows, columns, filters)`` the derivative by what the filters gave.
        weights: ``(filters, window height, window width, channels)``.
        stride: how far the window moves, down and to the right.
        weights_gradient: shaped as the weights, overwritten.
        images_gradient: shaped as the images, overwritten; with no images, it is not wanted.
        room: for intermediate results.
        scatter: the way back from patches.
    """
    filters = len(weights)
    gather_patches(images, room.patches, stride)
    derivatives = given.reshape(-1, filters)
    np.dot(derivatives.T, room.matrix, out=weights_gradient.reshape(filters, -1))
    if len(images_gradient):
        np.dot(derivatives, weights.reshape(filters, -1), out=room.matrix)
        scatter(room.patches, images_gradient, stride, room.pixels)
