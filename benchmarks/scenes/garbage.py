"""Pictures of one thing: what is no digit, as scribbles, letters and blots; and, drawn alike, digits."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import numpy as np
from numpy.random import Generator
from numpy.typing import NDArray

from benchmarks.scenes import camera, letters, papers
from benchmarks.scenes.sheet import laid_out
from chainrule.handwriting import HALVES
from chainrule.handwriting.hands import SIZES
from chainrule.handwriting.spoilt_digits import KEPT, LEAST_RATIO, apart_enough, unlike
from chainrule.handwriting.writing import Floats, Placed, cropped, digit_ink

__all__ = ["GARBAGE", "garbage", "lone_digit"]

Images = NDArray[np.uint8]
Labels = NDArray[np.int64]

Shape = Callable[[Images, Labels, float, Generator], Floats]
"""Ink, ``(height, width)`` in [0, 1], of a shape about ``size`` pixels high."""

LIGHTS = (papers.plain_light, papers.plain_light, papers.falling_light, papers.shadow)
PAPERS = (papers.clean, papers.textured)
PRINTED = (*PAPERS, papers.ruled, papers.squared, papers.boxed)
TAKEN = (camera.untouched, camera.blurred, camera.compressed, camera.noisy, camera.inverted)


def _blank(images: Images, labels: Labels, size: float, generator: Generator) -> Floats:
    """No ink: an empty sheet, clean, rough, ruled, squared or with a form's empty boxes."""
    return np.zeros((round(size), round(size * generator.uniform(1, 6))), np.float32)


def _half(images: Images, labels: Labels, size: float, generator: Generator) -> Floats:
    """A digit cut through the middle, within a tenth of its side, by an upright or a level line.

    Only those halves in which no digit can be read (``HALVES`` in ``chainrule.handwriting``), that hold 35 %
    to 65 % of the ink and are not narrow as a 1; others are drawn again.
    """
    known = [(digit, side) for digit, sides in HALVES.items() for side in sides]
    while True:
        digit, side = known[generator.integers(0, len(known))]
        own = np.flatnonzero(labels == digit)
        ink = _written(images[own[generator.integers(0, len(own))]], size, generator)
        share = generator.uniform(0.4, 0.5)
        row, column = round(share * len(ink)), round(share * ink.shape[1])
        half = {"top": ink[:row], "bottom": ink[-row:], "left": ink[:, :column]}[side]
        kept = cropped(half)
        if KEPT[0] <= half.sum() / ink.sum() <= KEPT[1] and min(kept.shape) >= LEAST_RATIO * max(kept.shape):
            return kept


def _double(images: Images, labels: Labels, size: float, generator: Generator) -> Floats:
    """Two unlike digits in the same place, no 1 and no 0 with a 7; their middles within 0.12 of their height.

    Each has at least 40 % of its ink where the other has none within a twentieth of the height; others
    are drawn again.
    """
    from scipy.ndimage import zoom

    while True:
        chosen = generator.integers(0, len(labels), 2)
        if not unlike(*labels[chosen]):
            continue
        inks = [_written(image, size, generator) for image in images[chosen]]
        side = int(2 * size)
        both = np.zeros((2, side, side), np.float32)
        for sheet, ink in zip(both, inks, strict=True):
            corner = (np.array(sheet.shape) - ink.shape) / 2 + generator.uniform(-0.06, 0.06, 2) * size
            top, left = corner.astype(int)
            sheet[top : top + ink.shape[0], left : left + ink.shape[1]] = ink
        small = [zoom(sheet, 20 / size, order=1)[None] for sheet in both]
        if apart_enough(*small)[0]:
            return cropped(both.max(axis=0))


def _blot(images: Images, labels: Labels, size: float, generator: Generator) -> Floats:
    """A filled shape with a wavy edge, 0.3 to 1 of a digit's height wide, at most a quarter higher."""
    radius = generator.uniform(0.15, 0.5) * size
    line = np.arange(-1.6 * radius, 1.6 * radius + 1)
    across = line * generator.uniform(0.8, 1.25)
    far, angle = np.hypot(line[:, None], across), np.arctan2(line[:, None], across)
    edge = np.full(far.shape, radius)
    for order in range(2, 7):
        wave = generator.uniform(0, 0.5) / order
        edge += radius * wave * np.cos(order * angle + generator.uniform(0, 2 * np.pi))
    return cropped(np.asarray((edge - far + 0.5).clip(0, 1), np.float32))


def _drawn(
    shape: Callable[[float, Generator], Floats],
) -> Callable[[Images, Labels, float, Generator], Floats]:
    def draw(images: Images, labels: Labels, size: float, generator: Generator) -> Floats:
        return shape(size, generator)

    draw.__doc__ = shape.__doc__
    return draw


GARBAGE: dict[str, Shape] = {
    "blank": _blank,
    "scribble": _drawn(letters.scribble),
    "letter": _drawn(letters.letter),
    "half digit": _half,
    "two in one place": _double,
    "blot": _blot,
    "cross": _drawn(letters.cross),
    "arrow": _drawn(letters.arrow),
}
"""By name, in the order of tables."""


def garbage(kind: str, images: Images, labels: Labels, generator: Generator) -> NDArray[np.uint8]:
    """A picture of one shape that is no digit, 30 to 80 pixels high.

    The paper is clean or rough, for empty sheets also ruled, squared or with boxes. Light is even, or every
    second time falls to one side or has a shadow in it. One picture in five each is blurred, kept as JPEG,
    noisy, or light on dark, as in the conditions of those names.

    Args:
        kind: one of ``GARBAGE``.
        images: ``(n, 28, 28)`` or ``(n, 784)`` uint8, MNIST's images to choose from.
        labels: ``(n,)``, which digit each shows.
        generator: where all chance comes from; the same state gives the same picture.

    Returns:
        ``(height, width)`` uint8, 255 for white.

    Raises:
        KeyError: no such kind.
    """
    size = generator.uniform(*SIZES)
    ink = GARBAGE[kind](images.reshape(-1, 28, 28), labels, size, generator)
    return _pictured(ink, size, generator, empty=kind == "blank")


def lone_digit(images: Images, labels: Labels, generator: Generator) -> tuple[NDArray[np.uint8], str]:
    """A picture of one true digit, drawn just as garbage is, and which digit it is."""
    size, which = generator.uniform(*SIZES), int(generator.integers(0, len(labels)))
    ink = _written(images.reshape(-1, 28, 28)[which], size, generator)
    return _pictured(ink, size, generator), str(labels[which])


def _pictured(ink: Floats, size: float, generator: Generator, *, empty: bool = False) -> NDArray[np.uint8]:
    pitch = 1.3 * size if empty else 0
    sheet = laid_out([[Placed(ink, 0, -len(ink), "")]], size, generator, pitch=pitch)
    sheet = replace(sheet, lines=[[]])
    able = PRINTED if empty else PAPERS
    picture = able[generator.integers(0, len(able))](sheet, generator)
    picture = picture * (1 - np.float32(generator.uniform(0.45, 0.95)) * sheet.ink)
    picture = picture * LIGHTS[generator.integers(0, len(LIGHTS))](sheet.shape, generator)
    taken, _ = TAKEN[generator.integers(0, len(TAKEN))](picture, sheet, generator)
    return (taken.clip(0, 1) * 255 + 0.5).astype(np.uint8)


def _written(image: Images, size: float, generator: Generator) -> Floats:
    return digit_ink(image, size, slant=generator.uniform(-0.05, 0.05), thinness=generator.uniform(0.3, 0.55))
