"""Where each pixel of a changed image comes from: moved, turned, sized, slanted and bent, in one go."""

from __future__ import annotations

from math import ceil, pi, radians, sqrt

import numpy as np

from chainrule.data.augment import Augmentation
from chainrule.numerics.parameters import Array
from chainrule.numerics.sampling import MARGIN

__all__ = ["DRAWN", "Places"]

DRAWN = 6
"""Numbers from −1 to 1 that an image's place, angle, size and slant take."""


class Places:
    """Places of all pixels of ``count`` images, and the buffers to work them out in.

    Args:
        augmentation: what may happen.
        count: of images at most.
        height: of an image, in pixels.
        width: likewise.

    Attributes:
        places: ``(2, count, height, width)`` float32: the row and the column in the original, margin
            included, that each pixel shows.
    """

    def __init__(self, augmentation: Augmentation, count: int, height: int, width: int) -> None:
        self.augmentation = augmentation
        self.middle = ((height - 1) / 2, (width - 1) / 2)
        rows, columns = np.mgrid[:height, :width].reshape(2, -1)
        grid = (rows - self.middle[0], columns - self.middle[1], np.ones(height * width))
        self.grid = np.stack(grid).astype(np.float32)
        self.coefficients: Array = np.empty((2, count, 3), np.float32)
        self.places: Array = np.empty((2, count, height, width), np.float32)
        strength, smoothness = augmentation.elastic
        if strength:
            self.down = _smoothing(height, smoothness)
            self.across = _smoothing(width, smoothness)
            # What Simard's noise, of variance 1/3, is after smoothing: 1/√3 · 1/(2 √π σ).
            self.down *= np.float32(strength / (sqrt(12 * pi) * smoothness))
            self.noise: Array = np.empty((count, 2, self.down.shape[1], self.across.shape[1]), np.float32)
            self.smooth_rows: Array = np.empty((count, 2, self.down.shape[1], width), np.float32)
            self.bent: Array = np.empty((count, 2, height, width), np.float32)

    def draw(self, drawn: Array, generator: np.random.Generator) -> tuple[Array, Array]:
        """Work out the places for as many images as there are rows in ``drawn``.

        A place p = (down, right) from the middle goes to A p + s, where A turns what has been slanted and
        sized, and s is the shift. So the pixel at q shows the original at A⁻¹ (q − s), with::

            A⁻¹ = [1/h   0 ] [1  0] [ cos θ  −sin θ]
                  [ 0   1/w] [t  1] [ sin θ   cos θ]

        for an angle θ, factors h and w of height and width, and a slant t. The bending is added to that.

        Args:
            drawn: ``(n, DRAWN)`` numbers from −1 to 1.
            generator: of the noise that bends.

        Returns:
            rows and columns, ``(n, height, width)`` each, borrowed until the next call.
        """
        n, chosen, middle = len(drawn), self.augmentation, self.middle
        down, right, turn, high, wide, slant = drawn.T
        angle, tangent = turn * radians(chosen.rotation), np.tan(slant * radians(chosen.shear))
        sine, cosine = np.sin(angle), np.cos(angle)
        coefficients = self.coefficients[:, :n]
        rows, columns = coefficients
        rows[:, 0], rows[:, 1] = cosine, -sine
        columns[:, 0], columns[:, 1] = sine + tangent * cosine, cosine - tangent * sine
        for line, size, start in ((rows, high, middle[0]), (columns, wide, middle[1])):
            line[:, :2] /= (1 + chosen.scale * size)[:, None]
            line[:, 2] = start + MARGIN[0] - chosen.shift * (line[:, 0] * down + line[:, 1] * right)
        places = self.places[:, :n]
        for line, place in zip(coefficients, places, strict=True):
            np.matmul(line, self.grid, out=place.reshape(n, -1))
        if chosen.elastic[0]:
            noise, smooth_rows, bent = self.noise[:n], self.smooth_rows[:n], self.bent[:n]
            generator.standard_normal(out=noise, dtype=np.float32)
            np.matmul(noise, self.across.T, out=smooth_rows)
            np.matmul(self.down, smooth_rows, out=bent)
            np.add(places, bent.swapaxes(0, 1), out=places)
        return places[0], places[1]


def _smoothing(side: int, deviation: float) -> Array:
    """The matrix that spreads noise on a coarse lattice to each pixel of a side, ``(side, lattice)`` float32.

    Smoothed by a Gaussian, noise at every pixel looks like noise at every ``deviation`` pixels: the field's
    correlation differs by less than 1 part in 1,000. The lattice reaches three deviations beyond the image,
    so that its edge bends as its middle does. The squares of a row sum to 1: variance 1 in, variance 1 out.
    """
    points = (np.arange(ceil((side - 1) / deviation) + 7) - 3) * deviation
    matrix = np.exp(-(((np.arange(side)[:, None] - points) / deviation) ** 2) / 2)
    smoothing: Array = (matrix / np.sqrt((matrix**2).sum(axis=1, keepdims=True))).astype(np.float32)
    return smoothing
