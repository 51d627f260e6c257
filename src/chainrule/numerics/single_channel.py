"""A convolution of images with one channel, to answer only: everything in one product, and little to copy.

Patches of such images are short runs of numbers, slow to copy. So the matrix of patches lies turned, a row
for each place (u, v) in the window and a column for each position (r, s); and it is copied in two steps.
First each image is shifted by v, in all its rows; then the row (u, v) is what was shifted by v, from row u
on, in one run. A last row of ones takes the biases into the product: z = [x̂ 1] [w b]ᵀ.
"""

from __future__ import annotations

from math import prod
from typing import Any

import numpy as np

from chainrule.numerics.parameters import Array
from chainrule.numerics.patches import begin, overlapping, positions

__all__ = ["SingleChannel"]

Pair = tuple[int, int]

BLOCK_BYTES = 1 << 19
"""So much is worked on at once: it stays in the cache that a core has to itself."""


class SingleChannel:
    """Filters for images of one channel.

    Args:
        image: height and width, margins and all.
        window: height and width.
        stride: how far it moves down, and to the right.
        filters: how many there are.
        batch: images at once, at most.
        dtype: of every number.

    Attributes:
        room: how many numbers a thread needs room for.
    """

    def __init__(
        self, image: Pair, window: Pair, stride: Pair, filters: int, batch: int, dtype: np.dtype[Any]
    ) -> None:
        self.window, self.stride = window, stride
        self.places = positions(image[0], window[0], stride[0]), positions(image[1], window[1], stride[1])
        self.weights: Array = np.zeros((prod(window) + 1, filters), dtype)
        shifted = window[1] * image[0] * self.places[1]
        patches = len(self.weights) * prod(self.places)
        self.block = max(1, min(batch, BLOCK_BYTES // ((shifted + patches) * dtype.itemsize)))
        self.room = self.block * (shifted + patches)
        self.shifted = image[0], self.places[1]

    def take(self, weights: Array, biases: Array | None) -> None:
        """Use these from now on: ``(filters, window height, window width, 1)`` and ``(filters,)``."""
        np.copyto(self.weights[:-1], weights.reshape(len(weights), -1).T)
        if biases is not None:
            np.copyto(self.weights[-1], biases)

    def filter(self, images: Array, outputs: Array, room: Array) -> None:
        """Write what the filters answer at each place.

        Args:
            images: ``(n, height, width, 1)``.
            outputs: ``(n, rows, columns, filters)``, overwritten.
            room: ``self.room`` numbers, overwritten.
        """
        images = np.ascontiguousarray(images)
        for first in range(0, len(images), self.block):
            rows = slice(first, first + self.block)
            self._filter(images[rows], outputs[rows], room)

    def _filter(self, images: Array, outputs: Array, room: Array) -> None:
        n, (down, right) = len(images), self.stride
        image, row, pixel, _ = images.strides
        shifted, rest = begin(room, (self.window[1], n, *self.shifted))
        np.copyto(shifted, overlapping(images, shifted.shape, (pixel, image, row, right * pixel)))
        patches, _ = begin(rest, (len(self.weights), n * prod(self.places)))
        by_places = patches[:-1].reshape(*self.window, n, *self.places)
        shift, image, row, pixel = shifted.strides
        np.copyto(by_places, overlapping(shifted, by_places.shape, (row, shift, image, down * row, pixel)))
        patches[-1] = 1.0
        np.dot(patches.T, self.weights, out=outputs.reshape(-1, outputs.shape[-1]))
