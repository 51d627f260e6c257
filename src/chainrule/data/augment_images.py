"""Images changed at random, many at once and in buffers that are there already."""

from __future__ import annotations

from math import ceil, prod

import numpy as np
from numpy.typing import NDArray

from chainrule.data.augment import Augmentation
from chainrule.data.augment_places import DRAWN, Places
from chainrule.errors import SettingError
from chainrule.numerics.parameters import Array
from chainrule.numerics.sampling import MARGIN, SamplingRoom, sample_bilinear

__all__ = ["Augmenter", "augmented", "require_image_shape"]

_PIXELS_AT_ONCE = 50_000
"""As many as let a step's buffers stay in the processor's cache: 63 of MNIST's images."""

_MOST_PIXELS = 1 << 22
"""Of one image; with its margin that is at most 2²⁴, as far as ``sample_bilinear`` counts."""


def augmented(
    images: Array, augmentation: Augmentation, generator: np.random.Generator | int | None = None
) -> Array:
    """A changed copy of some images.

    Args:
        images: ``(n, height, width)`` or ``(n, height, width, channels)``, from 0 to 1.
        augmentation: what may happen to them.
        generator: what is drawn from, or a seed for one.

    Returns:
        float32 of the same shape, from 0 to 1.

    Raises:
        SettingError: arrays of another shape.
    """
    images = np.ascontiguousarray(images, np.float32)
    out = np.empty_like(images)
    Augmenter(augmentation, images.shape[1:]).apply(images, np.random.default_rng(generator), out)
    return out


def require_image_shape(shape: tuple[int, ...]) -> None:
    """Make sure that examples of this shape can be changed as images.

    Raises:
        SettingError: they cannot.
    """
    if len(shape) not in (2, 3) or not 1 <= prod(shape) <= _MOST_PIXELS:
        raise SettingError(
            "augmentation is for images, (height, width) or (height, width, channels), not for examples "
            f"of shape {tuple(shape)}. Train without it, or give the data the shape of their images."
        )


class Augmenter:
    """The buffers that changing images takes; ``apply`` allocates next to nothing.

    Args:
        augmentation: what may happen.
        input_shape: ``(height, width)`` or ``(height, width, channels)`` of one image.

    Raises:
        SettingError: examples of another shape, or images without pixels or with more than 2²².
    """

    def __init__(self, augmentation: Augmentation, input_shape: tuple[int, ...]) -> None:
        require_image_shape(input_shape)
        height, width = input_shape[:2]
        self.augmentation = augmentation
        self.shape = (height, width, prod(input_shape[2:]))
        self.count = count = max(1, _PIXELS_AT_ONCE // (height * width))
        before, after = MARGIN
        self.padded: Array = np.zeros((count, height + before + after, width + before + after), np.float32)
        self.drawn: Array = np.empty((count, 6 + DRAWN), np.float32)
        self.rest: Array = np.empty((count, height, width), np.float32)
        self.places = Places(augmentation, count, height, width)
        self.room = SamplingRoom(count, height, width)

    def apply(self, images: Array, generator: np.random.Generator, out: Array) -> None:
        """Write a changed copy of ``images`` to ``out``.

        What comes out depends on the images and on the generator's state, and on nothing else. The twelve
        numbers of an image are drawn whether they are needed or not, so that one kind more leaves what most
        others do; only noise, of bending and of pixels, is drawn where it is asked for.

        Args:
            images: ``(n, ...)`` float32, contiguous, from 0 to 1.
            generator: what is drawn from.
            out: likewise, overwritten; another array.
        """
        images, out = (array.reshape(len(array), *self.shape) for array in (images, out))
        for start in range(0, len(images), self.count):
            piece = slice(start, start + self.count)
            self._change(images[piece], generator, out[piece])

    def _change(self, images: Array, generator: np.random.Generator, out: Array) -> None:
        n, chosen = len(images), self.augmentation
        drawn = self.drawn[:n]
        generator.random(out=drawn, dtype=np.float32)
        lot, growth, box, moves = drawn[:, 0], 2 * drawn[:, 1] - 1, drawn[:, 2:6], 2 * drawn[:, 6:] - 1
        padded, rest = self.padded[:n], self.rest[:n]
        before = MARGIN[0]
        inside = padded[:, before : before + self.shape[0], before : before + self.shape[1]]
        if chosen.moves:
            rows, columns = self.places.draw(moves, generator)
        for channel in range(self.shape[2]):
            changed = out[..., channel]
            np.copyto(inside, images[..., channel])
            if chosen.thickness:
                _thicken(padded, inside, growth * chosen.thickness, rest)
            if chosen.moves:
                sample_bilinear(padded, rows, columns, changed, self.room)
            else:
                np.copyto(changed, inside)
            if chosen.noise:
                generator.standard_normal(out=rest, dtype=np.float32)
                np.multiply(rest, chosen.noise, out=rest)
                np.add(changed, rest, out=changed)
                np.clip(changed, 0, 1, out=changed)
        if chosen.erase:
            np.copyto(out, 0, where=_inside_box(box, chosen.erase, out.shape))
        if chosen.share < 1:
            np.copyto(out, images, where=(lot >= chosen.share)[:, None, None, None])


def _thicken(padded: Array, inside: Array, growth: Array, rest: Array) -> None:
    """Let strokes grow by ``growth`` pixels on each side, in place, or shrink where it is negative.

    One pixel of growth is a grey dilation: each pixel becomes the brightest of itself and its four
    neighbours. Parts of a pixel are a blend of before and after. Shrinking is growth of the background:
    the same on the negative.

    Args:
        padded: ``(n, height + 3, width + 3)`` with zeros in the margin.
        inside: the view of it without the margin.
        growth: ``(n,)``.
        rest: ``(n, height, width)`` for what comes between.
    """
    (_, height, width), before = inside.shape, MARGIN[0]
    sign = np.copysign(np.float32(1), growth)[:, None, None]
    np.multiply(padded, sign, out=padded)
    for step in range(ceil(np.abs(growth).max())):
        np.copyto(rest, inside)
        for down, right in ((-1, 0), (1, 0), (0, -1), (0, 1)):
            top, left = before + down, before + right
            np.maximum(rest, padded[:, top : top + height, left : left + width], out=rest)
        np.subtract(rest, inside, out=rest)
        np.multiply(rest, np.clip(np.abs(growth) - step, 0, 1)[:, None, None], out=rest)
        np.add(inside, rest, out=inside)
    np.abs(padded, out=padded)


def _inside_box(box: Array, share: float, shape: tuple[int, ...]) -> NDArray[np.bool_]:
    """Where a rectangle lies in each image, ``(n, height, width, 1)``: a middle anywhere, sides at random."""
    middles, sides = box[:, :2], box[:, 2:] * (share / 2)
    down, across = (
        np.abs((np.arange(length) + 0.5) / length - middles[:, axis, None]) < sides[:, axis, None]
        for axis, length in enumerate(shape[1:3])
    )
    return (down[:, :, None] & across[:, None, :])[..., None]
