"""Winograd's minimal filtering: a window that moves down an image with about half the multiplications.

A filter of r numbers w that moves along a line x in steps of one gives m answers out of n = m + r − 1
numbers,

    y[i] = Σ_u w[u] x[i + u],   i = 0 … m − 1,

with m r multiplications. n of them are enough (Winograd, Arithmetic Complexity of Computations, 1980; for
the layers of networks: Lavin and Gray 2015, arXiv 1509.09308). For it is what polynomials are multiplied by,
turned round: the product of one of degree r − 1 and one of degree m − 1 has degree n − 1, so its values at n
points say what it is, and its value at a point is that of the one times that of the other. With points a_j,

    G[j, u] = a_jᵘ    a polynomial's values there; at the last point, "infinity", its leading coefficient,
    A[i, j] = a_jⁱ    likewise for degree m − 1,
    B[j, l] = the coefficient of xˡ in Π_{k≠j} (x − a_k) / (a_j − a_k), for the last point in Π_k (x − a_k):
              Lagrange's way back from values to coefficients,

    Σ_j A[i, j] G[j, u] B[j, l] = 1 where l = i + u, else 0, so   y = A ((G w) ∘ (B x)).

In a convolution w[u] and x[l] are rows: of the window and of an image. Each product of numbers becomes a
sum over columns and channels, Σ_q (G w)[j, q] (B x)[j, q], and so a product of matrices for each point, of
patches that are one row high. Along the rows the window is left as it is: a second B there would make these
products too short for BLAS. The points are few and small, for rounding errors grow with their powers.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np

from chainrule.numerics.parameters import Array
from chainrule.numerics.patches import begin, overlapping

__all__ = ["Room", "Tiling", "Winograd", "transforms"]

POINTS = (0.0, 1.0, -1.0, 2.0, -2.0, 0.5, -0.5)
"""The finite ones, in the order in which they are taken."""
ONE = 1
"""Where 1 stands among them. Its powers are 1: what is added to its product is added to every answer."""
SHORT_PRODUCT = 4
"""A multiplication by A or B takes so many times as long as one of the long products between."""

MORE_CALLS = 1_000_000
"""So many multiplications take as long as the calls that there are more."""


def transforms(answers: int, window: int) -> tuple[Array, Array, Array]:
    """A ``(answers, n)``, G ``(n, window)`` and B ``(n, n)``, float64, n being ``answers + window - 1``."""
    points = np.array(POINTS[: answers + window - 2])
    last = len(points)
    by_powers = [np.vander(points, powers, increasing=True) for powers in (answers, window)]
    values, filters = (np.vstack([each, np.eye(each.shape[1])[-1]]) for each in by_powers)
    back = np.zeros((last + 1, last + 1))
    for place, point in enumerate(points):
        others = np.delete(points, place)
        back[place, :last] = np.atleast_1d(np.poly(others))[::-1] / np.prod(point - others)
    back[last] = np.poly(points)[::-1]
    return values.T, filters, back


@dataclass(frozen=True)
class Tiling:
    """How images are cut into tiles of some rows each, which overlap by the window's height less one.

    Attributes:
        image: height, width and channels, margins and all.
        window: height and width.
        right: how far the window moves to the right; it moves down by one.
        filters: how many there are.
    """

    image: tuple[int, int, int]
    window: tuple[int, int]
    right: int
    filters: int

    @cached_property
    def rows(self) -> int:
        """Places of the window down an image."""
        return self.image[0] - self.window[0] + 1

    @cached_property
    def columns(self) -> int:
        """Places of the window along a row."""
        return (self.image[1] - self.window[1]) // self.right + 1

    @cached_property
    def answers(self) -> int:
        """Rows of answers a tile, so that the fewest products are needed."""
        most = min(self.rows, len(POINTS) + 2 - self.window[0])
        return min(range(1, most + 1), key=lambda rows: -(-self.rows // rows) * self._points(rows), default=1)

    def _points(self, rows: int) -> int:
        return rows + self.window[0] - 1

    @cached_property
    def points(self) -> int:
        """Products a tile."""
        return self._points(self.answers)

    @cached_property
    def parts(self) -> list[tuple[slice, int]]:
        """Tiles, and the rows of answers of each; the last tile may have fewer than the others."""
        whole, rest = divmod(self.rows, self.answers)
        parts = [(slice(0, whole), self.answers), (slice(whole, whole + 1), rest)]
        return parts[: 1 + (rest > 0)]

    @cached_property
    def tiles(self) -> int:
        """Tiles an image."""
        return -(-self.rows // self.answers)

    @cached_property
    def patch(self) -> int:
        """Numbers in a row of the window."""
        return self.window[1] * self.image[2]

    @cached_property
    def sizes(self) -> tuple[int, int, int]:
        """Numbers an image: of the tiles, of their patches, and of what the long products give."""
        products = self.points * self.tiles
        line = self.image[1] * self.image[2]
        return products * line, products * self.columns * self.patch, products * self.columns * self.filters

    @property
    def room(self) -> int:
        """Numbers an image that there has to be room for: the products take the tiles' place."""
        lines, patches, products = self.sizes
        return patches + max(lines, products)

    def pays(self, images: int) -> bool:
        """Whether so many at once take less time than one product of all their patches and the filters."""
        lines, patches, products = self.sizes
        saved = (self.rows * self.columns * self.window[0] * self.patch - patches) * self.filters
        lost = SHORT_PRODUCT * (self.points * lines + self.answers * products)
        return images * (saved - lost) > MORE_CALLS


class Winograd:
    """Filters that answer tile by tile.

    Weights are transformed again only if they are others than the last time.

    Args:
        tiling: how images are cut.
        batch: images at once, at most.
        dtype: of every number.

    Attributes:
        room: how many numbers a thread needs room for.
    """

    def __init__(self, tiling: Tiling, batch: int, dtype: np.dtype[Any]) -> None:
        self.tiling, self.room = tiling, batch * tiling.room
        made = transforms(tiling.answers, tiling.window[0])
        self.to_answers, self.to_filters, self.to_points = (each.astype(dtype) for each in made)
        self.weights: Array = np.zeros((tiling.filters, tiling.window[0], tiling.patch), dtype)
        self.changed = np.zeros(self.weights.shape, np.bool_)
        self.biases: Array = np.zeros((tiling.columns, tiling.filters), dtype)
        self.shapes: dict[tuple[int, int], Room] = {}
        self.transformed: Array = np.zeros((tiling.points, tiling.patch, tiling.filters), dtype)

    def take(self, weights: Array, biases: Array | None) -> None:
        """Use these from now on: ``(filters, window height, window width, channels)`` and ``(filters,)``."""
        if biases is not None:
            np.copyto(self.biases, biases)
        weights = weights.reshape(self.weights.shape)
        np.not_equal(weights, self.weights, out=self.changed)
        if self.changed.any():
            np.copyto(self.weights, weights)
            np.matmul(self.to_filters, weights, out=self.transformed.transpose(2, 0, 1))

    def filter(self, images: Array, outputs: Array, numbers: Array) -> None:
        """Write what the filters answer at each place.

        Args:
            images: ``(n, height, width, channels)``.
            outputs: ``(n, rows, columns, filters)``, overwritten.
            numbers: room for ``self.room`` of them, overwritten.
        """
        cut, n = self.tiling, len(images)
        room = self._shaped(numbers, n)
        images = np.ascontiguousarray(images)
        image, down, _, number = images.strides
        for (some, answers), lines in zip(cut.parts, room.lines, strict=True):
            rows = answers + cut.window[0] - 1
            shape = n, some.stop - some.start, rows, down // number
            strides = image, cut.answers * down, down, number
            tiles = overlapping(images, shape, strides, some.start * cut.answers * down)
            np.matmul(self.to_points[:, :rows], tiles, out=lines)
        np.copyto(room.patches, room.seen)
        np.matmul(room.rows, self.transformed, out=room.products)
        np.add(room.of_one, self.biases.reshape(-1), out=room.of_one)
        outputs = outputs.reshape(n, cut.rows, -1)
        for (some, answers), products in zip(cut.parts, room.by_tile, strict=True):
            first, tiles = some.start * cut.answers, some.stop - some.start
            written = outputs[:, first : first + tiles * answers]
            np.matmul(self.to_answers[:answers], products, out=written.reshape(n, tiles, answers, -1))

    def _shaped(self, numbers: Array, images: int) -> Room:
        """The room of one thread for so many images; its shapes are found out once, for they take longer."""
        key = id(numbers), images
        if key not in self.shapes:
            self.shapes[key] = Room(self.tiling, images, numbers)
        return self.shapes[key]


class Room:
    """A thread's room for so many images, in the shapes that its parts are used in.

    Args:
        cut: how each image is.
        images: how many.
        room: as many numbers for each as ``cut.room`` says.

    Attributes:
        lines: of each part, its tiles multiplied by B, ``(images, tiles, points, width · channels)``.
        seen: what the window sees of them at each column, ``(points, images, tiles, columns, patch)``.
        patches: room to have this in a row.
        rows: the same as ``(points, rows, patch)``.
        products: of the patches and the filters, ``(points, rows, filters)``.
        by_tile: of each part, the same as ``(images, tiles, points, columns · filters)``.
        of_one: the same at the point 1, ``(images, tiles, columns · filters)``.
    """

    def __init__(self, cut: Tiling, images: int, room: Array) -> None:
        tiles = cut.points, images, cut.tiles
        shape = *tiles, cut.columns, cut.patch
        self.patches, rest = begin(room, shape)
        lines, _ = begin(rest, (*tiles, cut.image[1] * cut.image[2]))
        products, _ = begin(rest, (*tiles, cut.columns * cut.filters))
        number = lines.strides[-1]
        strides = *lines.strides[:3], number * cut.right * cut.image[2], number
        self.seen = overlapping(lines, shape, strides)
        self.rows = self.patches.reshape(cut.points, -1, cut.patch)
        self.products = products.reshape(cut.points, -1, cut.filters)
        self.lines, self.by_tile = (
            [each[:, :, some].transpose(1, 2, 0, 3) for some, _ in cut.parts] for each in (lines, products)
        )
        self.of_one = products[ONE]
