"""Many drawings at once drawn finer, as with a pen, and brought into MNIST's frame."""

from __future__ import annotations

import numpy as np
from numpy.random import Generator

from chainrule.images.framing import frame_all
from chainrule.numerics.parameters import Array

__all__ = ["redrawn"]

FINENESS = 4
"""Drawings are made so many times larger before they are framed, as a picture shows them."""
THINNESS = 0.35, 0.55
"""How much ink a point of a coarse drawing has where a pen's stroke ends: little for a thick pen."""


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
    return frame_all(list(((large - thinness) * FINENESS + np.float32(0.5)).clip(0, 1)))
