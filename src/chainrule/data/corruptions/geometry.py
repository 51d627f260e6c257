"""Geometry: the same digit elsewhere, turned, slanted or smaller, by bilinear sampling."""

from __future__ import annotations

import numpy as np
from numpy.random import Generator

from chainrule.numerics.parameters import Array
from chainrule.numerics.sampling import MARGIN, SamplingRoom, sample_bilinear

__all__ = ["affine", "rotate", "scale", "shear", "translate"]


def shear(images: Array, slant: float, generator: Generator) -> Array:
    """Slanted about the middle, to the left or to the right: ``slant`` pixels sideways for one pixel up."""
    maps = _still(images)
    maps[:, 1, 0] = slant * _signs(images, generator)
    return _mapped(images, maps)


def scale(images: Array, factor: float, generator: Generator) -> Array:
    """Smaller about the middle: height and width times ``factor``."""
    return _mapped(images, _still(images) / factor)


def rotate(images: Array, degrees: float, generator: Generator) -> Array:
    """Turned about the middle by this angle, one way or the other."""
    return _mapped(images, _turns(np.deg2rad(degrees) * _signs(images, generator)))


def translate(images: Array, pixels: int, generator: Generator) -> Array:
    """Moved by so many pixels up or down, and by as many left or right; what leaves the field is lost."""
    return _moved(images, pixels * _signs(images, generator, int), pixels * _signs(images, generator, int))


def affine(images: Array, strength: float, generator: Generator) -> Array:
    """Turned, slanted, stretched and placed anywhere on the field, all drawn by chance at once.

    Drawn uniformly for each image, times ``strength``: a turn within ± 20°, a slant within ± 0.2,
    height and width each by a factor within 1 ± 0.2. Then the digit is moved by whole pixels, up to
    ``min(strength, 1)`` of the room that its ink has left to the edge on either side.
    """
    n = len(images)
    turn, slant = (strength * generator.uniform(-bound, bound, n) for bound in (np.deg2rad(20), 0.2))
    height, width = (1 + strength * generator.uniform(-0.2, 0.2, n) for _ in range(2))
    slants, sizes = _still(images), _still(images)
    slants[:, 1, 0] = slant
    sizes[:, 0, 0], sizes[:, 1, 1] = 1 / height, 1 / width
    placed = _mapped(images, sizes @ slants @ _turns(turn))
    down, right = (
        _within_room(np.any(placed > 0, axis=axis), min(strength, 1.0), generator) for axis in (2, 1)
    )
    return _moved(placed, down, right)


def _within_room(ink: Array, share: float, generator: Generator) -> Array:
    """A whole move for each image, uniform over those that keep its ink, ``(n, side)``, on the field."""
    before, after = ((share * each.argmax(axis=1)).astype(int) for each in (ink, ink[:, ::-1]))
    move: Array = (generator.random(len(ink)) * (before + after + 1)).astype(int) - before
    return move


def _signs(images: Array, generator: Generator, dtype: type = float) -> Array:
    return generator.choice(np.array([-1, 1], dtype), len(images))


def _still(images: Array) -> Array:
    """For each image the map that changes nothing, ``(n, 2, 2)``."""
    return np.tile(np.eye(2), (len(images), 1, 1))


def _turns(radians: Array) -> Array:
    """For each angle the map that turns by it, ``(n, 2, 2)``."""
    cosine, sine = np.cos(radians), np.sin(radians)
    return np.moveaxis(np.array([[cosine, -sine], [sine, cosine]]), 2, 0)


def _mapped(images: Array, maps: Array) -> Array:
    """Each image through its map: what stands at ``p`` from the middle is what stood at ``map @ p``.

    ``p`` is (row, column). Between four pixels their bilinear mean is taken; beyond the edge is black.
    """
    n, side = images.shape[:2]
    middle = (side - 1) / 2
    offsets = np.indices((side, side)).reshape(2, -1) - middle
    places = (maps @ offsets + (middle + MARGIN[0])).astype(np.float32).reshape(n, 2, side, side)
    framed = np.pad(images, ((0, 0), MARGIN, MARGIN))
    mapped = np.empty_like(images)
    sample_bilinear(framed, places[:, 0], places[:, 1], mapped, SamplingRoom(n, side, side))
    return np.clip(mapped, 0, 1, out=mapped)


def _moved(images: Array, down: Array, right: Array) -> Array:
    """Each image moved by its whole numbers of pixels; black comes in from beyond the edge."""
    n, side = images.shape[:2]
    own = np.arange(side)
    rows, columns = own - np.asarray(down)[:, None], own - np.asarray(right)[:, None]
    moved: Array = images[np.arange(n)[:, None, None], rows[:, :, None] % side, columns[:, None, :] % side]
    moved *= ((rows >= 0) & (rows < side))[:, :, None]
    moved *= ((columns >= 0) & (columns < side))[:, None, :]
    return moved
