"""The ways back through patches and through the largest pixel under a window, in NumPy."""

from __future__ import annotations

import numpy as np

from chainrule.numerics.parameters import Array
from chainrule.numerics.patches import pixels_under

__all__ = ["give_to_largest", "scatter_patches"]

Pair = tuple[int, int]


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
