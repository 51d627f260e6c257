"""Many drawings at once drawn finer, as with a pen, and brought into MNIST's frame."""

from __future__ import annotations

import numpy as np
from numpy.random import Generator

from chainrule.numerics.parameters import Array

__all__ = ["BOX", "SIDE", "framed", "ink_boxes", "redrawn"]

SIDE = 28
BOX = 20
FINENESS = 4
"""Drawings are made so many times larger before they are framed, as a picture shows them."""
THINNESS = 0.35, 0.55
"""How much ink a point of a coarse drawing has where a pen's stroke ends: little for a thick pen."""
_EDGE = 0.5


def ink_boxes(drawings: Array) -> tuple[Array, Array, Array, Array]:
    """First row, first column, height and width of each drawing's ink, each ``(n,)``; all 0 where none is.

    Only what is at least half as full as the fullest bounds the box.
    """
    least = _EDGE * drawings.max(axis=(1, 2), keepdims=True)[:, 0]
    edges = []
    for axis in (2, 1):
        lines = drawings.max(axis=axis) > least
        first = lines.argmax(axis=1)
        last = lines.shape[1] - lines[:, ::-1].argmax(axis=1)
        some = lines.any(axis=1)
        edges.append((first * some, (last - first) * some))
    (top, height), (left, width) = edges
    return top, left, height, width


def redrawn(drawings: Array, generator: Generator) -> Array:
    """Each drawing as if written large with a pen and framed from a picture, ``(n, 28, 28)`` float32.

    It is enlarged four times, its grey edges made as sharp as they were before, each drawing's strokes a
    little thinner or thicker, and then framed. Digits so drawn and whatever else is drawn so differ in what
    they show alone, not in how soft they are.

    Args:
        drawings: ``(n, height, width)`` float32 in [0, 1], 1 for full ink.
        generator: draws how thick.
    """
    large = drawings
    for axis in (1, 2):
        side = drawings.shape[axis]
        place = (np.arange(side * FINENESS) + 0.5) / FINENESS - 0.5
        weights = (1 - abs(place[:, None] - np.arange(side))).clip(0).astype(np.float32)
        large = weights @ large if axis == 1 else large @ weights.T
    thinness = generator.uniform(*THINNESS, (len(drawings), 1, 1)).astype(np.float32)
    return framed(((large - thinness) * FINENESS + np.float32(0.5)).clip(0, 1))


def framed(drawings: Array) -> Array:
    """Each drawing as MNIST would hold it, as ``chainrule.images.framing.frame`` does for a single one.

    The longer side of its ink becomes 20 pixels and the other keeps its share, each pixel the mean of what
    it covers; moved by whole pixels, its centre of mass then comes to the middle of the image, as the makers
    of MNIST describe it (LeCun et al. 1998, section III.A). A drawing without ink becomes a black image.

    Args:
        drawings: ``(n, height, width)`` float32 in [0, 1], 1 for full ink.

    Returns:
        ``(n, 28, 28)`` float32 in [0, 1].
    """
    top, left, tall, wide = ink_boxes(drawings)
    scale = BOX / np.maximum(1, np.maximum(tall, wide))
    down, across = (
        _weights(drawings.sum(axis=axis), first, long, scale)
        for axis, first, long in ((2, top, tall), (1, left, wide))
    )
    result: Array = down @ drawings @ across.transpose(0, 2, 1)
    return result


def _weights(masses: Array, first: Array, long: Array, scale: Array) -> Array:
    """How much each old pixel gives to each of 28 new ones along one axis, ``(n, 28, old)``.

    Args:
        masses: ``(n, old)`` ink of each row or column.
        first: ``(n,)`` where the box begins.
        long: ``(n,)`` pixels of the box.
        scale: ``(n,)`` new pixels for one old one.
    """
    old = np.arange(masses.shape[1])
    new = np.maximum(1, np.rint(long * scale))[:, None]
    step = np.maximum(1, long)[:, None] / new
    inside = masses * ((old >= first[:, None]) & (old < (first + long)[:, None]))
    middle = inside @ (old + 0.5) / np.maximum(1e-6, inside.sum(axis=1)) - first
    start = np.ceil(SIDE / 2 - middle[:, None] / step).clip(0, SIDE - new)
    place = np.arange(SIDE) - start
    edge = (first[:, None] + place * step)[:, :, None]
    covered = np.minimum(edge + step[:, :, None], old + 1) - np.maximum(edge, old)
    within = ((place >= 0) & (place < new) & (long > 0)[:, None])[:, :, None]
    return np.asarray(covered.clip(0) * within / step[:, :, None], np.float32)
